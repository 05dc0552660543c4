package org.stablevideo.motion;

import java.util.Arrays;

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
        float[][] sorted = new float[speeds.length][];
        FrameWorkers.each(speeds.length, "finding the object", org.stablevideo.progress.Progress.NONE, t -> {
            sorted[t] = speeds[t].clone();
            Arrays.sort(sorted[t]);
            level[t] = sorted[t][(int) ((sorted[t].length - 1) * (1 - FASTEST))];
        });
        float[] now = level;
        for (int round = 0; round < ROUNDS; round++) {
            float[] next = new float[now.length];
            for (int t = 0; t < now.length; t++) {
                int from = firstAbove(sorted[t], now[t] / 2);
                int above = sorted[t].length - from;
                next[t] = above > FEWEST ? sorted[t][from + above / 2] : now[t];
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
        FrameWorkers.each(speeds.length, "finding the object", org.stablevideo.progress.Progress.NONE, t -> {
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

    private static int firstAbove(float[] sorted, float value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
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
