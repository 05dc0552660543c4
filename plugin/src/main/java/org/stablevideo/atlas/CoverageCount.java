package org.stablevideo.atlas;

import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;

/**
 * Which texels of a layer were seen, and in how many frames.
 *
 * @param plane 0 never seen, 128 in one frame, 255 in several
 * @param share share of the layer's pixels, over all frames, whose texel several frames saw, in [0, 1]
 */
record CoverageCount(Plane plane, double share) {

    static CoverageCount of(LayerSolve solve) {
        FrameSize size = solve.textureSize();
        byte[] seen = new byte[size.area()];
        short[] last = new short[size.area()];
        java.util.Arrays.fill(last, (short) -1);
        for (int t = 0; t < solve.frames(); t++) {
            mark(solve, t, seen, last);
        }
        long pixels = 0;
        long several = 0;
        for (int t = 0; t < solve.frames(); t++) {
            FrameLevel frame = solve.frame(t);
            FieldRows rows = new FieldRows(solve.lattice(), solve.field(t), frame.width(), frame.height(), frame::toSolve);
            for (int y = frame.top(); y < frame.bottom(); y++) {
                rows.read(y, frame.left(), frame.right());
                for (int x = frame.left(); x < frame.right(); x++) {
                    if (frame.weight()[y * frame.width() + x] > 0.5f) {
                        pixels++;
                        int u = Math.round(rows.u[x]);
                        int v = Math.round(rows.v[x]);
                        boolean inside = u >= 0 && v >= 0 && u < size.width() && v < size.height();
                        several += inside && seen[v * size.width() + u] > 1 ? 1 : 0;
                    }
                }
            }
        }
        byte[] plane = new byte[seen.length];
        for (int i = 0; i < plane.length; i++) {
            plane[i] = (byte) (seen[i] == 0 ? 0 : seen[i] == 1 ? 128 : 255);
        }
        return new CoverageCount(new Plane(size, plane), pixels == 0 ? 0 : (double) several / pixels);
    }

    /** Marks the texels under each pixel and between neighbouring pixels, as far as a pixel reaches. */
    private static void mark(LayerSolve solve, int t, byte[] seen, short[] last) {
        FrameSize size = solve.textureSize();
        FrameLevel frame = solve.frame(t);
        FieldRows rows = new FieldRows(solve.lattice(), solve.field(t), frame.width(), frame.height(), frame::toSolve);
        double reach = Math.min(4, Math.max(0.6, 0.75 * solve.stretch(t)));
        for (int y = frame.top(); y < frame.bottom(); y++) {
            rows.read(y, frame.left(), frame.right());
            for (int x = frame.left(); x < frame.right(); x++) {
                if (frame.weight()[y * frame.width() + x] <= 0.5f) {
                    continue;
                }
                int right = (int) Math.floor(Math.min(size.width() - 1, rows.u[x] + reach));
                int bottom = (int) Math.floor(Math.min(size.height() - 1, rows.v[x] + reach));
                for (int v = (int) Math.ceil(Math.max(0, rows.v[x] - reach)); v <= bottom; v++) {
                    for (int u = (int) Math.ceil(Math.max(0, rows.u[x] - reach)); u <= right; u++) {
                        int i = v * size.width() + u;
                        if (last[i] != t) {
                            last[i] = (short) t;
                            seen[i] = (byte) Math.min(2, seen[i] + 1);
                        }
                    }
                }
            }
        }
    }
}
