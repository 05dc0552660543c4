package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.stablevideo.progress.Progress;

/** How things move against the camera, and which of them move alike. */
final class ThingMotion {

    /** Difference of two motions, as a share of the faster one, below which they are alike. */
    private static final double ALIKE = 0.35;

    private static final double LEAST_WEIGHT = 12;

    private final float[][] residual;

    ThingMotion(CoarseClip clip) {
        residual = new float[clip.count() - 1][];
        FrameWorkers.each(residual.length, "telling objects apart", Progress.NONE,
                t -> residual[t] = CameraMotion.of(clip.forward()[t], null).residual(clip.forward()[t]));
    }

    /**
     * Joins things that move alike, and then those that do so most until no more are left than wanted.
     *
     * @return the largest first
     */
    List<float[][]> joined(List<float[][]> things, int most) {
        List<float[][]> left = new ArrayList<>(things);
        while (left.size() > 1) {
            int[] pair = {0, 1};
            double least = Double.POSITIVE_INFINITY;
            for (int a = 0; a < left.size(); a++) {
                for (int b = a + 1; b < left.size(); b++) {
                    double apart = apart(left.get(a), left.get(b));
                    if (apart < least) {
                        least = apart;
                        pair = new int[] {a, b};
                    }
                }
            }
            if (least >= ALIKE && left.size() <= most) {
                break;
            }
            float[][] sum = sum(left.get(pair[0]), left.get(pair[1]));
            left.remove(pair[1]);
            left.set(pair[0], sum);
        }
        left.sort(Comparator.comparingLong(thing -> -ObjectSplit.area(thing)));
        return left;
    }

    /** Mean difference of two things' motions while both are seen, as a share of the faster one's; 0 where they are never seen together. */
    private double apart(float[][] a, float[][] b) {
        double difference = 0;
        double first = 0;
        double second = 0;
        for (int t = 0; t < residual.length; t++) {
            double[] one = mean(a[t], residual[t]);
            double[] other = mean(b[t], residual[t]);
            if (one.length > 0 && other.length > 0) {
                difference += Math.hypot(one[0] - other[0], one[1] - other[1]);
                first += Math.hypot(one[0], one[1]);
                second += Math.hypot(other[0], other[1]);
            }
        }
        return difference == 0 ? 0 : difference / Math.max(first, second);
    }

    /** Mean motion of a thing in a frame; nothing where it is not seen. */
    private static double[] mean(float[] thing, float... motion) {
        double x = 0;
        double y = 0;
        double weight = 0;
        for (int i = 0; i < thing.length; i++) {
            if (thing[i] > 0.5f) {
                x += thing[i] * motion[2 * i];
                y += thing[i] * motion[2 * i + 1];
                weight += thing[i];
            }
        }
        return weight < LEAST_WEIGHT ? new double[0] : new double[] {x / weight, y / weight};
    }

    private static float[][] sum(float[][] a, float[][] b) {
        float[][] out = new float[a.length][];
        for (int t = 0; t < out.length; t++) {
            out[t] = a[t].clone();
            for (int i = 0; i < out[t].length; i++) {
                out[t][i] += b[t][i];
            }
        }
        return out;
    }
}
