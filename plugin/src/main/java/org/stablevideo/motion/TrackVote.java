package org.stablevideo.motion;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
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

    /** Trust in a step by the flow's confidence in 255ths. */
    private static final float[] TRUST = new float[256];

    static {
        for (int sure = 0; sure < TRUST.length; sure++) {
            TRUST[sure] = Math.min(1, sure / 255f / STEADY);
        }
    }

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
        int[] starts = IntStream.range(0, w * h).filter(asked).toArray();
        float[] xs = new float[starts.length];
        float[] ys = new float[starts.length];
        float[] trust = new float[starts.length];
        int[] alive = new int[starts.length];
        for (int way = -1; way <= 1; way += 2) {
            for (int k = 0; k < starts.length; k++) {
                alive[k] = k;
                xs[k] = starts[k] % w;
                ys[k] = starts[k] / w;
                trust[k] = 1;
            }
            int count = starts.length;
            for (int d = 1; d <= reach && count > 0; d++) {
                int at = t + way * (d - 1);
                FlowField step = clip.step(at, way);
                if (step == null) {
                    break;
                }
                float[] map = maps[at + way];
                int left = 0;
                for (int n = 0; n < count; n++) {
                    int k = alive[n];
                    int column = (int) (xs[k] + 0.5f);
                    int row = (int) (ys[k] + 0.5f);
                    float sure = trust[k] * TRUST[step.confidence()[row * w + column] & 255];
                    float x = xs[k] + step.dx(column, row);
                    float y = ys[k] + step.dy(column, row);
                    if (sure < LOST || x < 0 || y < 0 || x > w - 1 || y > h - 1) {
                        continue;
                    }
                    alive[left++] = k;
                    trust[k] = sure;
                    xs[k] = x;
                    ys[k] = y;
                    if (map != null) {
                        sum[starts[k]] += sure * TrackSmoothing.sample(map, w, h, x, y);
                        weight[starts[k]] += sure;
                    }
                }
                count = left;
            }
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] = weight[i] == 0 ? 0.5f : sum[i] / weight[i];
        }
        return sum;
    }
}
