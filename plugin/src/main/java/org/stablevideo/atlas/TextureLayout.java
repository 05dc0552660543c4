package org.stablevideo.atlas;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;

/**
 * Where a layer's positions lie in its texture: texel = (position − origin)·scale.
 *
 * @param size size of the texture in texels
 * @param originU position of texel column 0
 * @param originV position of texel row 0
 * @param scale texels a unit of position
 */
record TextureLayout(FrameSize size, double originU, double originV, double scale) {

    private static final int STRIDE = 4;
    private static final double TAIL = 0.0005;
    private static final int MARGIN = 2;

    /**
     * The layout that holds all but the stray positions of a layer.
     *
     * @param texelsPerPixel density wanted in the best-seen frames, along one axis
     * @param maxSide longest side of the texture, in texels
     */
    static TextureLayout of(Lattice lattice, float[][] fields, List<Plane> weights, double texelsPerPixel, int maxSide) {
        int w = lattice.solve().width();
        int h = lattice.solve().height();
        float[] us = new float[fields.length * (w / STRIDE + 1) * (h / STRIDE + 1)];
        float[] vs = new float[us.length];
        int n = 0;
        double[] at = new double[2];
        for (int t = 0; t < fields.length; t++) {
            byte[] weight = weights.get(t).values();
            for (int y = 0; y < h; y += STRIDE) {
                for (int x = 0; x < w; x += STRIDE) {
                    if ((weight[y * w + x] & 0xff) > 127) {
                        lattice.read(fields[t], x, y, at);
                        us[n] = (float) at[0];
                        vs[n++] = (float) at[1];
                    }
                }
            }
        }
        double[] u = range(us, n, w);
        double[] v = range(vs, n, h);
        double scale = texelsPerPixel / bestStretch(lattice, fields, weights);
        scale = Math.min(scale, (maxSide - 2 * MARGIN - 1) / Math.max(u[1] - u[0], v[1] - v[0]));
        FrameSize size = new FrameSize(
                (int) Math.ceil((u[1] - u[0]) * scale) + 2 * MARGIN + 1, (int) Math.ceil((v[1] - v[0]) * scale) + 2 * MARGIN + 1);
        return new TextureLayout(size, u[0] - MARGIN / scale, v[0] - MARGIN / scale, scale);
    }

    private static double[] range(float[] values, int n, int otherwise) {
        if (n == 0) {
            return new double[] {0, otherwise};
        }
        Arrays.sort(values, 0, n);
        int tail = (int) (TAIL * n);
        double low = values[tail];
        double high = values[n - 1 - tail];
        double slack = 0.5 * STRIDE + 0.01 * (high - low);
        return new double[] {low - slack, high + slack};
    }

    /** The tenth percentile of the frames' median stretches: the views that are seen largest. */
    private static double bestStretch(Lattice lattice, float[][] fields, List<Plane> weights) {
        double[] seen = new double[fields.length];
        int n = 0;
        for (int t = 0; t < fields.length; t++) {
            OptionalDouble stretch = stretch(lattice, fields[t], weights.get(t));
            if (stretch.isPresent()) {
                seen[n++] = stretch.getAsDouble();
            }
        }
        if (n == 0) {
            return 1;
        }
        Arrays.sort(seen, 0, n);
        return Math.max(1e-3, seen[n / 10]);
    }

    /** Positions a pixel along one axis, the median over the cells whose middle belongs to the layer. */
    static OptionalDouble stretch(Lattice lattice, float[] uv, Plane weight) {
        double[] roots = new double[(lattice.columns() - 1) * (lattice.rows() - 1)];
        int n = 0;
        for (int r = 0; r + 1 < lattice.rows(); r++) {
            for (int c = 0; c + 1 < lattice.columns(); c++) {
                if ((weight.values()[lattice.middle(c, r)] & 0xff) > 127) {
                    roots[n++] = Math.sqrt(Math.abs(lattice.area(uv, c, r)));
                }
            }
        }
        if (n == 0) {
            return OptionalDouble.empty();
        }
        Arrays.sort(roots, 0, n);
        return OptionalDouble.of(Math.max(1e-3, roots[n / 2]));
    }

    /** Carries a field to texels, in place. */
    void apply(float[] uv) {
        for (int i = 0; i < uv.length; i += 2) {
            uv[i] = (float) ((uv[i] - originU) * scale);
            uv[i + 1] = (float) ((uv[i + 1] - originV) * scale);
        }
    }
}
