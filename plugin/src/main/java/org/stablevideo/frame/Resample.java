package org.stablevideo.frame;

/**
 * Resizes planes of floats: each side by area where it shrinks, linearly where it grows. Whole numbers are pixel centres, both sizes show the same
 * extent.
 */
public final class Resample {

    private Resample() {}

    /** A plane of {@code from.area()} values, row-major, at another size; a copy when the sizes are equal. */
    public static float[] resize(float[] plane, FrameSize from, FrameSize to) {
        if (from.equals(to)) {
            return plane.clone();
        }
        Axis across = Axis.of(from.width(), to.width());
        Axis down = Axis.of(from.height(), to.height());
        float[] wide = new float[to.width() * from.height()];
        for (int y = 0; y < from.height(); y++) {
            for (int x = 0; x < to.width(); x++) {
                float sum = 0;
                float[] weights = across.weights[x];
                int at = y * from.width() + across.first[x];
                for (int k = 0; k < weights.length; k++) {
                    sum += weights[k] * plane[at + k];
                }
                wide[y * to.width() + x] = sum;
            }
        }
        float[] out = new float[to.area()];
        for (int y = 0; y < to.height(); y++) {
            float[] weights = down.weights[y];
            for (int k = 0; k < weights.length; k++) {
                int at = (down.first[y] + k) * to.width();
                for (int x = 0; x < to.width(); x++) {
                    out[y * to.width() + x] += weights[k] * wide[at + x];
                }
            }
        }
        return out;
    }

    private record Axis(int[] first, float[][] weights) {

        static Axis of(int from, int to) {
            int[] first = new int[to];
            float[][] weights = new float[to][];
            double step = (double) from / to;
            for (int i = 0; i < to; i++) {
                if (step > 1) {
                    double start = i * step;
                    double end = Math.min(from, start + step);
                    first[i] = Math.min(from - 1, (int) start);
                    int last = Math.min(from - 1, (int) Math.ceil(end - 1e-9) - 1);
                    float[] w = new float[last - first[i] + 1];
                    for (int k = 0; k < w.length; k++) {
                        int pixel = first[i] + k;
                        w[k] = (float) ((Math.min(end, pixel + 1.0) - Math.max(start, pixel)) / (end - start));
                    }
                    weights[i] = w;
                } else {
                    double at = Math.min(from - 1.0, Math.max(0, (i + 0.5) * step - 0.5));
                    first[i] = Math.max(0, Math.min((int) at, from - 2));
                    float f = (float) (at - first[i]);
                    weights[i] = from == 1 ? new float[] {1} : new float[] {1 - f, f};
                }
            }
            return new Axis(first, weights);
        }
    }
}
