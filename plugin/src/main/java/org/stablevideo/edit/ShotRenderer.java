package org.stablevideo.edit;

import java.util.List;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.frame.Resample;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.render.Box;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.RenderSettings;

/**
 * Lays shots that were painted frame by frame over the frames of their clip: each small picture is enlarged under the guidance of the frame, gets
 * the shot's shading, and shows where its layer is. The guidance brings the shot's light and detail, so these settings change nothing here.
 */
public final class ShotRenderer implements FrameRenderer {

    /** As for backgrounds painted in their atlas: tone is wider than a seventh of the picture. */
    private static final int TONE = 14;

    private final Atlas atlas;
    private final List<PaintedShot> shots;

    /**
     * A renderer.
     *
     * @param atlas whose mattes are used
     * @param shots each of another layer
     */
    public ShotRenderer(Atlas atlas, List<PaintedShot> shots) {
        this.atlas = atlas;
        this.shots = List.copyOf(shots);
        for (PaintedShot shot : shots) {
            if (shot.layer() < 0 || shot.layer() >= atlas.layers().size() || shot.pictures().size() != atlas.frameCount()) {
                throw new IllegalArgumentException("a shot of layer " + shot.layer() + " with " + shot.pictures().size() + " frames does not fit");
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
        if (settings.mix() == 0 || shots.isEmpty()) {
            return;
        }
        Canvas source = Canvas.of(frame.copy());
        float[][] sum = {source.colour()[0].clone(), source.colour()[1].clone(), source.colour()[2].clone()};
        boolean[] touched = new boolean[frame.size().area()];
        for (PaintedShot shot : shots) {
            lay(shot, index, source, sum, touched, (float) settings.mix());
        }
        for (int i = 0; i < touched.length; i++) {
            for (int k = 0; k < 3 && touched[i]; k++) {
                frame.pixels().put(3 * i + k, (byte) Math.round(255 * Math.min(1f, Math.max(0f, sum[k][i]))));
            }
        }
    }

    private void lay(PaintedShot shot, int index, Canvas source, float[][] sum, boolean[] touched, float mix) {
        FrameSize size = source.size();
        Box box = scaled(shot.boxes().get(index), shot.extent(), size);
        float[] share = share(atlas, shot.layer(), index, size);
        Canvas guide = Crop.of(source.weighted(share), box);
        boolean object = shot.layer() < atlas.layers().size() - 1;
        float[] known = Resample.resize(guide.weight(), box.size(), shot.size());
        Canvas painted = Canvas.of(shot.pictures().get(index)).weighted(object ? ForegroundEdit.inside(known, shot.size()) : known);
        Canvas large = GuidedUpsampling.apply(painted, guide);
        double relief = Painter.relief(shot.size());
        int window = object ? box.size().longSide() : 1 + box.size().longSide() / TONE;
        Canvas shaded = Relief.apply(large, guide, window, object ? relief : 0, relief);
        for (int y = 0; y < box.height(); y++) {
            for (int x = 0; x < box.width(); x++) {
                int from = y * box.width() + x;
                int to = (box.top() + y) * size.width() + box.left() + x;
                float weight = mix * guide.weight()[from];
                if (weight > 0) {
                    touched[to] = true;
                    for (int k = 0; k < 3; k++) {
                        sum[k][to] += weight * (shaded.colour()[k][from] - source.colour()[k][to]);
                    }
                }
            }
        }
    }

    /** How much of every pixel of a frame belongs to a layer, in [0, 1]: its matte, or all for the background, of what those before it leave. */
    static float[] share(Atlas atlas, int layer, int index, FrameSize size) {
        int last = atlas.layers().size() - 1;
        float[] rest = layer < last ? matte(atlas.layers().get(layer).opacity().get(index), size) : new float[size.area()];
        if (layer == last) {
            java.util.Arrays.fill(rest, 1);
        }
        for (int i = 0; i < layer; i++) {
            float[] front = matte(atlas.layers().get(i).opacity().get(index), size);
            for (int j = 0; j < rest.length; j++) {
                rest[j] *= 1 - front[j];
            }
        }
        return rest;
    }

    private static float[] matte(Plane plane, FrameSize size) {
        return Resample.resize(plane.shares(), plane.size(), size);
    }

    private static Box scaled(Box box, FrameSize from, FrameSize to) {
        if (from.equals(to)) {
            return box;
        }
        double sx = (double) to.width() / from.width();
        double sy = (double) to.height() / from.height();
        int left = (int) Math.min(to.width() - 1.0, Math.round(box.left() * sx));
        int top = (int) Math.min(to.height() - 1.0, Math.round(box.top() * sy));
        int right = (int) Math.max(left + 1.0, Math.min(to.width(), Math.round(box.right() * sx)));
        int bottom = (int) Math.max(top + 1.0, Math.min(to.height(), Math.round(box.bottom() * sy)));
        return new Box(left, top, right, bottom);
    }

    @Override
    public void close() {
        // pictures are plain memory
    }
}
