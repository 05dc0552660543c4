package org.stablevideo.motion;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.stablevideo.progress.Progress;

/**
 * Lets every point be what it mostly is: a map's value averaged over the point's whole track, as far as the motion can be trusted. What is missing
 * or too much in a few frames is outvoted by the others.
 */
final class TrackVote {

    /** Trust, a product of flow confidences, below which a track ends. */
    private static final float LOST = 0.15f;

    /** Least trust in a step; flow that disagrees with its way back a little is no reason to end. */
    private static final float STEADY = 0.97f;

    private TrackVote() {}

    /**
     * Averages maps along tracks.
     *
     * @param maps one map a coarse frame; null for a frame of which nothing is known
     * @param reach most frames that a track is followed each way
     * @return new maps; one half where no track leads to a map
     */
    static float[][] along(CoarseClip clip, float[][] maps, int reach, Progress progress) {
        float[][] voted = new float[maps.length][];
        FrameWorkers.each(maps.length, "finding the object", progress, t -> voted[t] = vote(clip, maps, t, reach, i -> true));
        return voted;
    }

    /**
     * The same for some pixels of one frame; others keep their value, one half where frame {@code t} has no map.
     *
     * @param asked which pixels, by index
     */
    static float[] vote(CoarseClip clip, float[][] maps, int t, int reach, IntPredicate asked) {
        int w = clip.size().width();
        int h = clip.size().height();
        float[] sum = maps[t] == null ? new float[w * h] : maps[t].clone();
        float[] weight = new float[w * h];
        Arrays.fill(weight, maps[t] == null ? 0 : 1);
        float[] xs = new float[w * h];
        float[] ys = new float[w * h];
        float[] trust = new float[w * h];
        for (int way = -1; way <= 1; way += 2) {
            for (int i = 0; i < xs.length; i++) {
                xs[i] = i % w;
                ys[i] = i / w;
                trust[i] = asked.test(i) ? 1 : 0;
            }
            for (int d = 1; d <= reach; d++) {
                int at = t + way * (d - 1);
                FlowField step = clip.step(at, way);
                if (step == null) {
                    break;
                }
                float[] map = maps[at + way];
                for (int i = 0; i < xs.length; i++) {
                    if (trust[i] < LOST) {
                        continue;
                    }
                    int x = Math.round(xs[i]);
                    int y = Math.round(ys[i]);
                    int p = y * w + x;
                    trust[i] *= Math.min(1, (step.confidence()[p] & 255) / 255f / STEADY);
                    xs[i] += step.dx(x, y);
                    ys[i] += step.dy(x, y);
                    if (trust[i] < LOST || xs[i] < 0 || ys[i] < 0 || xs[i] > w - 1 || ys[i] > h - 1) {
                        trust[i] = 0;
                        continue;
                    }
                    if (map != null) {
                        sum[i] += trust[i] * TrackSmoothing.sample(map, w, h, xs[i], ys[i]);
                        weight[i] += trust[i];
                    }
                }
            }
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] = weight[i] == 0 ? 0.5f : sum[i] / weight[i];
        }
        return sum;
    }
}
