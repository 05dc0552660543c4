package org.stablevideo.atlas;

import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.FlowField;
import org.stablevideo.motion.FlowPair;

/**
 * First mappings of a layer: the reference frame maps to itself, and each further frame is laid over its neighbour by the flow between them,
 * U_t(x) = U_s(x + flow(x)), smoothly and robustly.
 */
final class MotionChain {

    private static final int STRIDE = 4;
    private static final int ROUNDS = 3;
    private static final int ITERATIONS = 60;
    private static final Smoothness SMOOTH = new Smoothness(1.0f, 0.15f, 0.05f, 1e-3f);

    private final Lattice lattice;
    private final boolean wide;

    /**
     * A chain.
     *
     * @param wide whether the layer goes on outside the frame, as a background does: what comes into view next is then laid beside it by the mapping's usual slope
     */
    MotionChain(Lattice lattice, boolean wide) {
        this.lattice = lattice;
        this.wide = wide;
    }

    /**
     * The mapping of a frame from that of its neighbour.
     *
     * @param known mapping of the neighbour
     * @param there flow from the frame to the neighbour and back
     * @param weight how much each pixel of the frame belongs to the layer
     * @param knownWeight the same for the neighbour
     */
    float[] next(float[] known, FlowPair there, Plane weight, Plane knownWeight) {
        double[] affine = affine(there.forward(), weight, knownWeight);
        double[] usual = wide ? lattice.jacobian(known) : new double[4];
        float[] start = new float[2 * lattice.nodes()];
        double[] at = new double[2];
        for (int r = 0; r < lattice.rows(); r++) {
            for (int c = 0; c < lattice.columns(); c++) {
                double x = c * lattice.spacing();
                double y = r * lattice.spacing();
                double px = x + affine[0] + affine[1] * x + affine[2] * y;
                double py = y + affine[3] + affine[4] * x + affine[5] * y;
                if (wide) {
                    lattice.readOver(known, usual, px, py, at);
                } else {
                    lattice.read(known, px, py, at);
                }
                start[2 * (r * lattice.columns() + c)] = (float) at[0];
                start[2 * (r * lattice.columns() + c) + 1] = (float) at[1];
            }
        }
        float[] uv = start;
        for (int round = 0; round < 2; round++) {
            uv = fit(start, uv, round > 0, known, there, weight, knownWeight);
        }
        return uv;
    }

    /** Robust affine displacement of the layer's pixels. */
    private double[] affine(FlowField flow, Plane weight, Plane knownWeight) {
        FrameSize size = lattice.solve();
        double[] fit = new double[6];
        for (int round = 0; round < ROUNDS; round++) {
            AffineFit sums = new AffineFit();
            for (int y = 1; y < size.height(); y += STRIDE) {
                for (int x = 1; x < size.width(); x += STRIDE) {
                    float dx = flow.dx(x, y);
                    float dy = flow.dy(x, y);
                    double w = weight(weight, x, y) * flow.confidence(x, y) * weight(knownWeight, Math.round(x + dx), Math.round(y + dy));
                    if (w > 0.05) {
                        if (round > 0) {
                            double ex = dx - fit[0] - fit[1] * x - fit[2] * y;
                            double ey = dy - fit[3] - fit[4] * x - fit[5] * y;
                            w /= 1 + (ex * ex + ey * ey);
                        }
                        sums.add(x, y, dx, dy, w);
                    }
                }
            }
            fit = sums.displacement();
        }
        return fit;
    }

    private float[] fit(
            float[] start, float[] now, boolean robust, float[] known, FlowPair there, Plane weight, Plane knownWeight) {
        FieldSystem system = new FieldSystem(lattice, SMOOTH);
        FrameSize size = lattice.solve();
        double[] target = new double[2];
        double[] own = new double[2];
        for (int y = 1; y < size.height(); y += STRIDE) {
            for (int x = 1; x < size.width(); x += STRIDE) {
                float dx = there.forward().dx(x, y);
                float dy = there.forward().dy(x, y);
                float w = weight(weight, x, y) * there.forward().confidence(x, y)
                        * weight(knownWeight, Math.round(x + dx), Math.round(y + dy));
                if (w > 0.05f) {
                    lattice.read(known, x + dx, y + dy, target);
                    add(system, start, now, robust, x, y, w, target, own);
                }
                dx = there.backward().dx(x, y);
                dy = there.backward().dy(x, y);
                w = weight(knownWeight, x, y) * there.backward().confidence(x, y)
                        * weight(weight, Math.round(x + dx), Math.round(y + dy));
                if (w > 0.05f) {
                    lattice.read(known, x, y, target);
                    add(system, start, now, robust, x + dx, y + dy, w, target, own);
                }
            }
        }
        return system.solve(start, ITERATIONS);
    }

    private void add(
            FieldSystem system, float[] start, float[] now, boolean robust, float x, float y, float w, double[] target, double[] own) {
        float trust = w;
        if (robust) {
            lattice.read(now, x, y, own);
            double ex = target[0] - own[0];
            double ey = target[1] - own[1];
            trust /= (float) (1 + ex * ex + ey * ey);
        }
        lattice.read(start, x, y, own);
        system.pull(x, y, trust, (float) (target[0] - own[0]), (float) (target[1] - own[1]));
    }

    /** A plane's value in [0, 1], 0 outside. */
    static float weight(Plane plane, int x, int y) {
        FrameSize size = plane.size();
        if (x < 0 || y < 0 || x >= size.width() || y >= size.height()) {
            return 0;
        }
        return (plane.values()[y * size.width() + x] & 0xff) / 255f;
    }
}
