package org.stablevideo.edit;

import java.util.ArrayList;
import java.util.List;
import org.stablevideo.atlas.Layer;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.render.Box;

/**
 * The part of each frame that is painted when an object is painted frame by frame: around the object, of one shape for the whole clip, moving
 * smoothly, so that the object stands nearly still in it and frames can be compared with each other.
 */
final class Crop {

    private static final int LEAST = 64;
    private static final double MARGIN = 1.18;
    private static final int RADIUS = 4;
    private static final double SIGMA = 2;

    private Crop() {}

    /** A part of a canvas. */
    static Canvas of(Canvas from, Box box) {
        float[][] colour = new float[3][];
        for (int k = 0; k < 3; k++) {
            colour[k] = cut(from.colour()[k], from.size(), box);
        }
        return new Canvas(box.size(), colour, cut(from.weight(), from.size(), box));
    }

    static float[] cut(float[] plane, FrameSize size, Box box) {
        float[] out = new float[box.width() * box.height()];
        for (int y = 0; y < box.height(); y++) {
            System.arraycopy(plane, (box.top() + y) * size.width() + box.left(), out, y * box.width(), box.width());
        }
        return out;
    }

    /** The whole frame, for every frame. */
    static List<Box> whole(FrameSize clip, int count) {
        return java.util.Collections.nCopies(count, new Box(0, 0, clip.width(), clip.height()));
    }

    /**
     * Boxes around an object.
     *
     * @param layer its mattes; it shows in at least one frame
     * @param clip size of the frames
     * @return one a frame, all of nearly the same aspect; where the object does not show, as where it was seen last or next
     */
    static List<Box> around(Layer layer, FrameSize clip) {
        int count = layer.opacity().size();
        double[][] seen = new double[count][];
        double aspect = 0;
        int shown = 0;
        for (int t = 0; t < count; t++) {
            Plane matte = layer.opacity().get(t);
            Box box = Box.of(matte, 128);
            if (!box.isEmpty()) {
                double sx = (double) clip.width() / matte.size().width();
                double sy = (double) clip.height() / matte.size().height();
                seen[t] = new double[] {sx * (box.left() + box.right()) / 2, sy * (box.top() + box.bottom()) / 2, sx * box.width(), sy * box.height()};
                aspect += Math.log(seen[t][2] / seen[t][3]);
                shown++;
            }
        }
        if (shown == 0) {
            throw new IllegalArgumentException("the object shows nowhere");
        }
        double shape = Math.max(0.5, Math.min(2, Math.exp(aspect / shown)));
        fill(seen);
        List<Box> boxes = new ArrayList<>();
        for (int t = 0; t < count; t++) {
            boxes.add(box(seen, t, shape, clip));
        }
        return boxes;
    }

    private static void fill(double[]... seen) {
        for (int t = 1; t < seen.length; t++) {
            seen[t] = seen[t] == null ? seen[t - 1] : seen[t];
        }
        for (int t = seen.length - 2; t >= 0; t--) {
            seen[t] = seen[t] == null ? seen[t + 1] : seen[t];
        }
    }

    /** Centre and size averaged over a few frames, then made to hold the object of this one. */
    private static Box box(double[][] seen, int t, double shape, FrameSize clip) {
        double[] mean = new double[4];
        double total = 0;
        for (int s = Math.max(0, t - RADIUS); s <= Math.min(seen.length - 1, t + RADIUS); s++) {
            double weight = Math.exp(-(s - t) * (s - t) / (2 * SIGMA * SIGMA));
            total += weight;
            for (int k = 0; k < 4; k++) {
                mean[k] += weight * seen[s][k];
            }
        }
        double x = mean[0] / total;
        double y = mean[1] / total;
        double width = MARGIN * Math.max(mean[2] / total, 2 * Math.abs(seen[t][0] - x) + seen[t][2]);
        double height = MARGIN * Math.max(mean[3] / total, 2 * Math.abs(seen[t][1] - y) + seen[t][3]);
        height = Math.max(height, Math.max(width / shape, LEAST / Math.min(1, shape)));
        width = height * shape;
        double fit = Math.min(1, Math.min(clip.width() / width, clip.height() / height));
        int w = (int) Math.max(1, Math.min(clip.width(), Math.round(width * fit)));
        int h = (int) Math.max(1, Math.min(clip.height(), Math.round(height * fit)));
        int left = (int) Math.max(0, Math.min(clip.width() - w, Math.round(x - w / 2.0)));
        int top = (int) Math.max(0, Math.min(clip.height() - h, Math.round(y - h / 2.0)));
        return new Box(left, top, left + w, top + h);
    }
}
