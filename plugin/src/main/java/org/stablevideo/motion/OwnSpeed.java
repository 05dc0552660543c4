package org.stablevideo.motion;

import java.util.Arrays;
import org.stablevideo.progress.Progress;

/**
 * The speed at which the fastest thing of a frame moves on its own, by which seeds are divided: an object far away moves few pixels a frame
 * and as many object lengths as later, near the camera.
 *
 * @param perFrame coarse pixels a frame, one a frame, smoothed over a few frames
 */
record OwnSpeed(float[] perFrame) {

    /** Share of a frame's pixels that is thought to be the object's at first. */
    private static final double FASTEST = 0.01;

    private static final int ROUNDS = 8;
    private static final int FEWEST = 20;

    static OwnSpeed of(float[][] speeds) {
        float[] level = new float[speeds.length];
        Ranking[] rankings = new Ranking[speeds.length];
        FrameWorkers.each(speeds.length, "finding the object", Progress.NONE, t -> {
            rankings[t] = new Ranking(speeds[t]);
            level[t] = rankings[t].fromTop((int) Math.ceil((speeds[t].length - 1) * FASTEST));
        });
        float[] now = level;
        for (int round = 0; round < ROUNDS; round++) {
            float[] next = new float[now.length];
            for (int t = 0; t < now.length; t++) {
                int above = rankings[t].above(now[t] / 2);
                next[t] = above > FEWEST ? rankings[t].fromTop(above - 1 - above / 2) : now[t];
            }
            now = median(next);
        }
        return new OwnSpeed(mean(now));
    }

    /**
     * The speed of a thing: the median inside it, in frames that hardly show it that of the nearest which do.
     *
     * @param maps the thing, one map a frame, above one half inside
     */
    static OwnSpeed inside(float[][] speeds, float[][] maps) {
        float[] level = new float[speeds.length];
        FrameWorkers.each(speeds.length, "finding the object", Progress.NONE, t -> {
            float[] own = new float[speeds[t].length];
            int n = 0;
            for (int i = 0; i < own.length; i++) {
                if (maps[t][i] > 0.5f) {
                    own[n++] = speeds[t][i];
                }
            }
            Arrays.sort(own, 0, n);
            level[t] = n > FEWEST ? own[n / 2] : -1;
        });
        return new OwnSpeed(mean(median(continued(level))));
    }

    /** What is unknown (negative) becomes what is known nearest. */
    private static float[] continued(float... level) {
        float[] out = level.clone();
        for (int t = 0; t < out.length; t++) {
            for (int away = 1; away < out.length && out[t] < 0; away++) {
                float before = t - away >= 0 ? level[t - away] : -1;
                out[t] = before >= 0 || t + away >= level.length ? before : level[t + away];
            }
        }
        return out;
    }

    /** The same speed for all frames: the one that a fifth of them exceeds. */
    OwnSpeed steady() {
        float[] sorted = perFrame.clone();
        Arrays.sort(sorted);
        float[] same = new float[perFrame.length];
        Arrays.fill(same, sorted[(int) ((sorted.length - 1) * 0.8)]);
        return new OwnSpeed(same);
    }

    /** Speeds as a share of this one, one map a frame, at most 1.5; speeds below {@code least} coarse pixels a frame are noise. */
    float[][] shares(float[][] speeds, float least) {
        float[][] shares = new float[speeds.length][];
        for (int t = 0; t < speeds.length; t++) {
            float scale = 1 / Math.max(least, perFrame[t]);
            shares[t] = new float[speeds[t].length];
            for (int i = 0; i < shares[t].length; i++) {
                shares[t][i] = Math.min(1.5f, speeds[t][i] * scale);
            }
        }
        return shares;
    }

    /** The speeds of a frame by size. Those above their mean are sorted first, and mostly suffice: most of a frame is slow. */
    private static final class Ranking {
        private final float[] speeds;
        private float[] sorted;

        Ranking(float... speeds) {
            this.speeds = speeds;
            double sum = 0;
            for (float speed : speeds) {
                sum += speed;
            }
            sort((float) (sum / speeds.length));
        }

        private void sort(float least) {
            sorted = new float[speeds.length];
            int n = 0;
            for (float speed : speeds) {
                if (speed >= least) {
                    sorted[n++] = speed;
                }
            }
            sorted = Arrays.copyOf(sorted, n);
            Arrays.sort(sorted);
        }

        /** The speed that so many exceed or equal, not counting itself. */
        float fromTop(int rank) {
            if (rank >= sorted.length) {
                sort(0);
            }
            return sorted[sorted.length - 1 - rank];
        }

        /** How many are at least so fast. */
        int above(float speed) {
            if (sorted.length < speeds.length && (sorted.length == 0 || speed < sorted[0])) {
                sort(0);
            }
            int low = 0;
            int high = sorted.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (sorted[middle] < speed) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return sorted.length - low;
        }
    }

    private static float[] median(float[] values) {
        float[] out = new float[values.length];
        for (int t = 0; t < values.length; t++) {
            float[] near = new float[5];
            for (int k = -2; k <= 2; k++) {
                near[k + 2] = values[Math.max(0, Math.min(values.length - 1, t + k))];
            }
            Arrays.sort(near);
            out[t] = near[2];
        }
        return out;
    }

    private static float[] mean(float[] values) {
        float[] out = new float[values.length];
        float[] weight = {0.05f, 0.25f, 0.4f, 0.25f, 0.05f};
        for (int t = 0; t < values.length; t++) {
            for (int k = -2; k <= 2; k++) {
                out[t] += weight[k + 2] * values[Math.max(0, Math.min(values.length - 1, t + k))];
            }
        }
        return out;
    }
}
