package org.stablevideo.render;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.Layer;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.RgbFrame;

/**
 * Lays edited textures over the frames of a clip: equation 3 of the paper over the original pixels (see {@link FramePass} for what is done at a
 * pixel). The rows of a frame are shared out among the machine's cores, as a preview asks for one frame after the other; several frames may come at
 * once.
 */
public final class Compositor implements FrameRenderer {

    private static final int SPARE = 8;

    /** Rows that a core takes at a time; many, as it has to set itself up for them. */
    private static final int FEWEST_ROWS = 60;

    private final Atlas atlas;
    private final Map<Integer, TexturePyramid> edits = new HashMap<>();
    private final Map<Integer, TexturePyramid> sources = new HashMap<>();
    private final Map<Integer, ColourTransfer> transfers = new HashMap<>();
    private final ConcurrentLinkedQueue<Scratch> spare = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /**
     * Prepares the textures.
     *
     * @param changed the layers that were edited, each at most once; an empty list renders the source
     */
    public Compositor(Atlas atlas, List<LayerEdit> changed) {
        this.atlas = atlas;
        for (LayerEdit edit : changed) {
            if (edit.layer() < 0 || edit.layer() >= atlas.layers().size()) {
                throw new IllegalArgumentException("edit of layer " + edit.layer() + " of " + atlas.layers().size());
            }
            if (edits.put(edit.layer(), new TexturePyramid(edit.colour(), edit.opacity())) != null) {
                throw new IllegalArgumentException("layer " + edit.layer() + " is edited twice");
            }
            transfers.put(edit.layer(), ColourTransfer.of(atlas.layers().get(edit.layer()).texture(), edit.colour()));
        }
        for (int i = 0; i < atlas.layers().size() && !edits.isEmpty(); i++) {
            sources.put(i, new TexturePyramid(atlas.layers().get(i).texture().colour(), null));
        }
    }

    @Override
    public int frameCount() {
        return atlas.frameCount();
    }

    @Override
    public void render(int index, RgbFrame frame, RenderSettings settings) {
        if (index < 0 || index >= frameCount()) {
            throw new IllegalArgumentException("frame " + index + " of " + frameCount());
        }
        if (closed) {
            throw new IllegalStateException("the renderer is closed");
        }
        int mix = (int) Math.round(settings.mix() * 256);
        if (mix == 0 || edits.isEmpty()) {
            return;
        }
        Scratch scratch = take(frame.size());
        scratch.mattes.fill(atlas.layers(), index);
        frame.pixels().get(0, scratch.rgb);
        if (settings.detail() > 0) {
            edits.keySet().forEach(i -> measure(index, i, scratch));
        }
        FramePass pass = pass(index, frame.size(), settings, scratch, mix);
        Bands.run(frame.size().height(), FEWEST_ROWS, (top, bottom) -> pass.another().run(top, bottom));
        frame.pixels().put(0, scratch.rgb);
        if (spare.size() < SPARE) {
            spare.add(scratch);
        }
    }

    private void measure(int frame, int layer, Scratch scratch) {
        scratch.detail[layer].measure(scratch.rgb, scratch.mattes.share(layer));
        LayerView texture = view(layer, frame, sources.get(layer), scratch.size, 1, 1);
        scratch.mismatch[layer].measure(scratch.rgb, scratch.mattes, layer, layer == atlas.layers().size() - 1, texture);
    }

    private LayerView view(int layer, int frame, TexturePyramid texture, FrameSize size, double light, float fade) {
        Layer shown = atlas.layers().get(layer);
        return new LayerView(shown, frame, shown.texture().size(), texture, atlas.solveSize(), size, light, fade);
    }

    /** Gain of a frame that fades to black; as little as of other light is followed. */
    private float fade(int frame, Scratch scratch, double light) {
        if (light == 0) {
            return 1;
        }
        LayerView[] shown = new LayerView[atlas.layers().size()];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = view(i, frame, sources.get(i), scratch.size, light, 1);
        }
        return FadeToBlack.of(scratch.rgb, scratch.mattes, shown);
    }

    private FramePass pass(int index, FrameSize size, RenderSettings settings, Scratch scratch, int mix) {
        int count = atlas.layers().size();
        EditedView[] views = new EditedView[count];
        LayerView[] kept = new LayerView[count];
        float fade = fade(index, scratch, settings.light());
        for (int i = 0; i < count; i++) {
            if (edits.containsKey(i)) {
                LayerView paint = view(i, index, edits.get(i), size, settings.light(), fade);
                boolean followed = settings.detail() > 0 && scratch.mismatch[i].any();
                views[i] = followed ? new EditedView(paint, transfers.get(i), view(i, index, transfers.get(i).centre(), size, 0, 1)) : new EditedView(paint);
            } else {
                kept[i] = view(i, index, sources.get(i), size, 1, fade);
            }
        }
        return new FramePass(scratch, views, kept, (int) Math.round(settings.detail() * 256), mix);
    }

    private Scratch take(FrameSize size) {
        for (Scratch scratch = spare.poll(); scratch != null; scratch = spare.poll()) {
            if (scratch.size.equals(size)) {
                return scratch;
            }
        }
        return new Scratch(size, atlas.layers().size());
    }

    @Override
    public void close() {
        closed = true;
        spare.clear();
    }
}
