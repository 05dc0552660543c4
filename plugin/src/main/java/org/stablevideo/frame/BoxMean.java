package org.stablevideo.frame;

/** Means over square windows, cut at the picture's border, in time that does not depend on the window. */
public final class BoxMean {

    private BoxMean() {}

    /** Mean of each pixel's window of (2·radius + 1)² pixels. */
    public static float[] of(float[] plane, FrameSize size, int radius) {
        int width = size.width();
        int height = size.height();
        float[] wide = new float[plane.length];
        for (int y = 0; y < height; y++) {
            double sum = 0;
            int at = y * width;
            for (int x = 0; x < Math.min(radius, width); x++) {
                sum += plane[at + x];
            }
            for (int x = 0; x < width; x++) {
                if (x + radius < width) {
                    sum += plane[at + x + radius];
                }
                if (x - radius - 1 >= 0) {
                    sum -= plane[at + x - radius - 1];
                }
                int count = Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1;
                wide[at + x] = (float) (sum / count);
            }
        }
        float[] out = new float[plane.length];
        double[] sums = new double[width];
        for (int y = 0; y < Math.min(radius, height); y++) {
            add(sums, wide, y * width, 1);
        }
        for (int y = 0; y < height; y++) {
            if (y + radius < height) {
                add(sums, wide, (y + radius) * width, 1);
            }
            if (y - radius - 1 >= 0) {
                add(sums, wide, (y - radius - 1) * width, -1);
            }
            int count = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
            for (int x = 0; x < width; x++) {
                out[y * width + x] = (float) (sums[x] / count);
            }
        }
        return out;
    }

    private static void add(double[] sums, float[] plane, int at, int sign) {
        for (int x = 0; x < sums.length; x++) {
            sums[x] += sign * plane[at + x];
        }
    }

    /** Mean over the window where only pixels with weight count; 0 where none has any. */
    public static float[] of(float[] plane, float[] weight, FrameSize size, int radius) {
        float[] product = new float[plane.length];
        for (int i = 0; i < product.length; i++) {
            product[i] = plane[i] * weight[i];
        }
        float[] sum = of(product, size, radius);
        float[] total = of(weight, size, radius);
        for (int i = 0; i < sum.length; i++) {
            sum[i] = total[i] > 1e-6f ? sum[i] / total[i] : 0;
        }
        return sum;
    }

    /** Mean of the products of two planes over the window where only pixels with weight count. */
    public static float[] ofProduct(float[] a, float[] b, float[] weight, FrameSize size, int radius) {
        float[] product = new float[a.length];
        for (int i = 0; i < product.length; i++) {
            product[i] = a[i] * b[i];
        }
        return of(product, weight, size, radius);
    }
}
