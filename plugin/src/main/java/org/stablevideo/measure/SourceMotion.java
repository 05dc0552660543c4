package org.stablevideo.measure;

import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.DenseFlow;

/**
 * How the source moves from one frame to the next, and what an edit of these two frames makes of it. All distances are taken along the
 * <em>source's</em> motion, so that a flickering edit cannot hide behind flow of its own.
 */
final class SourceMotion {

    private final FrameSize size;
    private final DenseFlow farneback;
    private final DenseFlow forward;
    private final DenseFlow backward;
    private final boolean[] visible;
    private final boolean[] objectHere;
    private final boolean[] objectNext;

    /**
     * Finds the motion.
     *
     * @param here grey levels of frame t
     * @param next grey levels of frame t + 1
     * @param objectHere matte of the object in frame t
     * @param objectNext matte of the object in frame t + 1
     */
    SourceMotion(Plane here, Plane next, Plane objectHere, Plane objectNext) {
        size = here.size();
        farneback = DenseFlow.farneback(here, next);
        forward = DenseFlow.dis(here, next);
        backward = DenseFlow.dis(next, here);
        visible = visible(forward, backward);
        this.objectHere = inside(objectHere);
        this.objectNext = inside(objectNext);
    }

    /** Share of frame t's pixels that are seen in frame t + 1 too. */
    double visibleShare() {
        int count = 0;
        for (boolean one : visible) {
            count += one ? 1 : 0;
        }
        return (double) count / visible.length;
    }

    /**
     * Flow consistency (StableVideo, table 1 and appendix A): the mean over pixels of the Euclidean distance between Farnebäck's flow of the edit
     * and of the source, frame t to t + 1, in pixels. The object is that of frame t.
     */
    Regions flowConsistency(Plane editedHere, Plane editedNext) {
        float[] edited = DenseFlow.farneback(editedHere, editedNext).vectors();
        float[] source = farneback.vectors();
        Tally tally = new Tally();
        for (int i = 0; i < size.area(); i++) {
            tally.add(Math.hypot(edited[2 * i] - source[2 * i], edited[2 * i + 1] - source[2 * i + 1]), objectHere[i]);
        }
        return tally.mean();
    }

    /**
     * Warp error (Lai et al., “Learning Blind Video Temporal Consistency”, 2018, equation 9): frame t + 1 is brought to frame t by the source's
     * flow, E = Σ M·‖V(t) − V̂(t+1)‖² / Σ M over the visible pixels M; here the mean over channels in [0, 1]. The object is that of frame t.
     */
    Regions warpError(Picture here, Picture next) {
        return compare(here, next, forward, visible, objectHere, 1 / (255.0 * 255.0));
    }

    /**
     * Pixel-MSE (Pix2Video, section 4): frame t is brought to frame t + 1 by the source's flow and compared with it, occluded pixels too; mean
     * over channels in [0, 255]. Pixels that come from outside the frame are left out. The object is that of frame t + 1.
     */
    Regions pixelMse(Picture here, Picture next) {
        return compare(next, here, backward, null, objectNext, 1);
    }

    private Regions compare(Picture at, Picture from, DenseFlow flow, boolean[] where, boolean[] object, double unit) {
        int w = size.width();
        int h = size.height();
        Tally tally = new Tally();
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int i = y * w + x;
                float px = x + flow.vectors()[2 * i];
                float py = y + flow.vectors()[2 * i + 1];
                if (px >= 0 && py >= 0 && px <= w - 1 && py <= h - 1 && (where == null || where[i])) {
                    tally.add(unit * distance(at, i, from, px, py), object[i]);
                }
            }
        }
        return tally.mean();
    }

    /** Mean over channels of the squared difference between a pixel and a place between four others. */
    private static double distance(Picture at, int i, Picture from, float px, float py) {
        int w = from.width();
        int x0 = Math.min((int) px, Math.max(0, w - 2));
        int y0 = Math.min((int) py, Math.max(0, from.height() - 2));
        float fx = px - x0;
        float fy = py - y0;
        int right = w > 1 ? 3 : 0;
        int down = from.height() > 1 ? 3 * w : 0;
        byte[] p = from.rgb();
        double sum = 0;
        for (int k = 0; k < 3; k++) {
            int j = 3 * (y0 * w + x0) + k;
            float top = (p[j] & 255) * (1 - fx) + (p[j + right] & 255) * fx;
            float bottom = (p[j + down] & 255) * (1 - fx) + (p[j + down + right] & 255) * fx;
            double d = (at.rgb()[3 * i + k] & 255) - (top * (1 - fy) + bottom * fy);
            sum += d * d;
        }
        return sum / 3;
    }

    /**
     * Which pixels of the first frame are seen in the second: forward and backward flow agree, |f(x) + b(x + f(x))|² ≤ 0.01·(|f(x)|² +
     * |b(x + f(x))|²) + 0.5 (Sundaram et al. 2010; Ruder et al. 2016, equation 5), and the place is inside.
     */
    static boolean[] visible(DenseFlow forward, DenseFlow backward) {
        int w = forward.size().width();
        int h = forward.size().height();
        boolean[] seen = new boolean[w * h];
        for (int i = 0; i < seen.length; i++) {
            float fx = forward.vectors()[2 * i];
            float fy = forward.vectors()[2 * i + 1];
            float px = i % w + fx;
            float py = i / w + fy;
            if (px >= 0 && py >= 0 && px <= w - 1 && py <= h - 1) {
                double bx = sample(backward, 0, px, py);
                double by = sample(backward, 1, px, py);
                double apart = (fx + bx) * (fx + bx) + (fy + by) * (fy + by);
                seen[i] = apart <= 0.01 * (fx * fx + fy * fy + bx * bx + by * by) + 0.5;
            }
        }
        return seen;
    }

    private static double sample(DenseFlow flow, int component, float px, float py) {
        int w = flow.size().width();
        int h = flow.size().height();
        int x0 = Math.min((int) px, Math.max(0, w - 2));
        int y0 = Math.min((int) py, Math.max(0, h - 2));
        float fx = px - x0;
        float fy = py - y0;
        int right = w > 1 ? 2 : 0;
        int down = h > 1 ? 2 * w : 0;
        int i = 2 * (y0 * w + x0) + component;
        float[] v = flow.vectors();
        return (v[i] * (1 - fx) + v[i + right] * fx) * (1 - fy) + (v[i + down] * (1 - fx) + v[i + down + right] * fx) * fy;
    }

    private static boolean[] inside(Plane matte) {
        boolean[] inside = new boolean[matte.values().length];
        for (int i = 0; i < inside.length; i++) {
            inside[i] = (matte.values()[i] & 255) >= 128;
        }
        return inside;
    }

    private static final class Tally {
        private double whole;
        private double object;
        private int wholeCount;
        private int objectCount;

        void add(double value, boolean ofObject) {
            whole += value;
            wholeCount++;
            if (ofObject) {
                object += value;
                objectCount++;
            }
        }

        Regions mean() {
            return new Regions(wholeCount == 0 ? Double.NaN : whole / wholeCount, objectCount == 0 ? Double.NaN : object / objectCount);
        }
    }
}
