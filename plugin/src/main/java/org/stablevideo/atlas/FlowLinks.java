package org.stablevideo.atlas;

import java.util.List;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.FlowField;

/**
 * Ties a frame's mapping to its neighbours' by the optical flow: minimises Σ w·|U_t(x) − U_s(x + flow(x))|² over pixels that both frames show,
 * robustly (Cauchy weights). Where a surface has no drawing of its own, colours alone let texels slip from frame to frame; the paper's flow loss
 * (Kasten et al. 2021, section 3.2) holds them in the same way.
 *
 * @param flow motion from a frame to its neighbour
 * @param weights how much each pixel of every frame belongs to the layer
 */
record FlowLinks(Steps flow, List<Plane> weights) {

    /** Motion from a frame to its neighbour, as {@link org.stablevideo.motion.ClipFlow#step}. */
    interface Steps {
        FlowField step(int from, int to);
    }

    /**
     * Weight of a sure pixel, where one whose colour changes by {@link PhotometricFit#NOISE} a texel counts 1. On real clips 0.1 takes a quarter of
     * the slip away for 0.1 dB of the reconstruction, 0.3 two fifths for 0.3 dB.
     */
    private static final float STRENGTH = 0.1f;

    private static final int STRIDE = 2;

    /** Disagreement in texels from which a pixel is doubted. */
    private static final float DOUBT = 0.75f;

    private static final float LEAST = 0.05f;

    /**
     * Adds the ties of one frame.
     *
     * @param fields mappings of all frames, which do not change meanwhile
     * @param now the frame's mapping that is corrected
     */
    void add(FieldSystem system, Lattice lattice, float[][] fields, int t, float[] now) {
        for (int way = -1; way <= 1; way += 2) {
            int s = t + way;
            if (s >= 0 && s < fields.length) {
                add(system, lattice, fields[s], flow.step(t, s), now, weights.get(t), weights.get(s));
            }
        }
    }

    private static void add(
            FieldSystem system, Lattice lattice, float[] known, FlowField step, float[] now, Plane weight, Plane knownWeight) {
        FrameSize size = lattice.solve();
        double[] target = new double[2];
        double[] own = new double[2];
        for (int y = 1; y < size.height(); y += STRIDE) {
            for (int x = 1; x < size.width(); x += STRIDE) {
                float here = MotionChain.weight(weight, x, y) * step.confidence(x, y);
                if (here < LEAST) {
                    continue;
                }
                float dx = step.dx(x, y);
                float dy = step.dy(x, y);
                float both = here * MotionChain.weight(knownWeight, Math.round(x + dx), Math.round(y + dy));
                if (both < LEAST) {
                    continue;
                }
                lattice.read(known, x + dx, y + dy, target);
                lattice.read(now, x, y, own);
                float du = (float) (target[0] - own[0]);
                float dv = (float) (target[1] - own[1]);
                float trust = STRIDE * STRIDE * STRENGTH * both / (1 + (du * du + dv * dv) / (DOUBT * DOUBT));
                system.pull(x, y, trust, du, dv);
            }
        }
    }
}
