package org.stablevideo.render;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
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

    private static final int BANDS = Math.min(8, 2 * Runtime.getRuntime().availableProcessors());

    private final Atlas atlas;
    private final Map<Integer, TexturePyramid> edits = new HashMap<>();
    private final Map<Integer, TexturePyramid> sources = new HashMap<>();
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
        }
        for (int i = 0; i < atlas.layers().size(); i++) {
            if (!edits.isEmpty() && !edits.containsKey(i)) {
                sources.put(i, new TexturePyramid(atlas.layers().get(i).texture().colour(), null));
            }
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
            edits.keySet().forEach(i -> scratch.detail[i].measure(scratch.rgb, scratch.mattes.share(i)));
        }
        inBands(pass(index, frame.size(), settings, scratch, mix), frame.size().height());
        frame.pixels().put(0, scratch.rgb);
        if (spare.size() < SPARE) {
            spare.add(scratch);
        }
    }

    private static void inBands(FramePass pass, int rows) {
        int bands = Math.max(1, Math.min(BANDS, rows / FEWEST_ROWS));
        IntStream.range(0, bands).parallel().forEach(i -> pass.another().run(i * rows / bands, (i + 1) * rows / bands));
    }

    private FramePass pass(int index, FrameSize size, RenderSettings settings, Scratch scratch, int mix) {
        int count = atlas.layers().size();
        LayerView[] views = new LayerView[count];
        LayerView[] kept = new LayerView[count];
        for (int i = 0; i < count; i++) {
            Layer layer = atlas.layers().get(i);
            FrameSize own = layer.texture().size();
            if (edits.containsKey(i)) {
                views[i] = new LayerView(layer, index, own, edits.get(i), atlas.solveSize(), size, settings.light());
            } else {
                kept[i] = new LayerView(layer, index, own, sources.get(i), atlas.solveSize(), size, 1);
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
