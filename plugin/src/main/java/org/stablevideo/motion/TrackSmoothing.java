package org.stablevideo.motion;

import org.stablevideo.progress.Progress;

/** Averages maps of a clip along the motion, so that neighbouring frames agree about the same point. */
final class TrackSmoothing {

    private TrackSmoothing() {}

    /**
     * Blends every pixel with its places in the two neighbouring frames, weighted by flow confidence.
     *
     * @param maps one map a coarse frame
     * @param rounds how often; each round lets a frame hear one frame further
     * @return new maps
     */
    static float[][] along(CoarseClip clip, float[][] maps, int rounds) {
        float[][] now = maps;
        for (int r = 0; r < rounds; r++) {
            float[][] before = now;
            float[][] after = new float[maps.length][];
            FrameWorkers.each(maps.length, "", Progress.NONE, t -> after[t] = blend(clip, before, t));
            now = after;
        }
        return now;
    }

    private static float[] blend(CoarseClip clip, float[][] maps, int t) {
        int w = clip.size().width();
        int h = clip.size().height();
        float[] sum = maps[t].clone();
        float[] weight = new float[w * h];
        java.util.Arrays.fill(weight, 1);
        for (int way = -1; way <= 1; way += 2) {
            FlowField step = clip.step(t, way);
            if (step == null) {
                continue;
            }
            for (int y = 0, i = 0; y < h; y++) {
                for (int x = 0; x < w; x++, i++) {
                    float sure = (step.confidence()[i] & 255) / 255f;
                    if (sure > 0.01f) {
                        sum[i] += sure * sample(maps[t + way], w, h, x + step.dx(x, y), y + step.dy(x, y));
                        weight[i] += sure;
                    }
                }
            }
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= weight[i];
        }
        return sum;
    }

    /**
     * A map as the motion brings it into another frame.
     *
     * @param back where each pixel of that frame lies in the map's
     */
    static float[] carried(float[] map, FlowField back) {
        int w = back.size().width();
        int h = back.size().height();
        float[] carried = new float[w * h];
        for (int y = 0, i = 0; y < h; y++) {
            for (int x = 0; x < w; x++, i++) {
                carried[i] = sample(map, w, h, x + back.dx(x, y), y + back.dy(x, y));
            }
        }
        return carried;
    }

    /** Bilinear value of a map; places outside take the nearest border. */
    static float sample(float[] map, int w, int h, float x, float y) {
        float cx = x < 0 ? 0 : x > w - 1 ? w - 1 : x;
        float cy = y < 0 ? 0 : y > h - 1 ? h - 1 : y;
        int x0 = (int) cx;
        int y0 = (int) cy;
        int right = x0 < w - 1 ? 1 : 0;
        int down = y0 < h - 1 ? w : 0;
        float fx = cx - x0;
        float fy = cy - y0;
        int i = y0 * w + x0;
        return (map[i] * (1 - fx) + map[i + right] * fx) * (1 - fy) + (map[i + down] * (1 - fx) + map[i + down + right] * fx) * fy;
    }
}
