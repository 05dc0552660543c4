package org.stablevideo.motion;

import java.util.Arrays;
import org.stablevideo.progress.Progress;

/**
 * How much every pixel moves on its own. The residual motion (flow less camera) is averaged as vectors along tracks of ±{@value #REACH}
 * frames and weighted by the square of its coherence (length of the mean over mean of the lengths): water and leaves, which go to and fro,
 * cancel; an object that moves one way stays.
 *
 * @param maps one map a frame, in [0, 1]: 0 moves with the camera, 1 surely on its own
 * @param strength residual motion in solve pixels a frame that counts as 1
 */
record MotionSeeds(float[][] maps, float strength) {

    private static final int REACH = 6;

    /** Weakest motion, in solve pixels a frame, that counts as an object's. */
    private static final float FAINTEST = 0.5f;

    /** Weight of standing still that every track starts with: what is seen for a moment only says little. */
    private static final double UNTRIED = 0.7;

    /** Share of all pixels that may reach 1. */
    private static final double TOP = 0.02;

    static MotionSeeds of(CoarseClip clip, float[][] object, Progress progress) {
        int count = clip.count();
        float[][] vectors = new float[count][];
        float[][] sureness = new float[count][];
        FrameWorkers.each(count, "finding the object", progress.part(0, 0.3), t -> {
            vectors[t] = new float[2 * clip.size().area()];
            sureness[t] = new float[clip.size().area()];
            for (int way = -1; way <= 1; way += 2) {
                FlowField field = clip.step(t, way);
                if (field != null) {
                    add(field, object == null ? null : object[t], way, vectors[t], sureness[t]);
                }
            }
            for (int i = 0; i < sureness[t].length; i++) {
                float scale = 1 / Math.max(1e-3f, sureness[t][i]);
                vectors[t][2 * i] *= scale;
                vectors[t][2 * i + 1] *= scale;
                sureness[t][i] = Math.min(1, sureness[t][i]);
            }
        });
        float[][] maps = new float[count][];
        FrameWorkers.each(count, "finding the object", progress.part(0.3, 1), t -> maps[t] = coherent(clip, t, vectors, sureness));
        float strength = Math.max(FAINTEST / clip.factor(), top(maps));
        for (float[] map : maps) {
            for (int i = 0; i < map.length; i++) {
                map[i] = Math.min(1, map[i] / strength);
            }
        }
        return new MotionSeeds(maps, strength * clip.factor());
    }

    private static void add(FlowField field, float[] object, int way, float[] vectors, float[] sureness) {
        float[] rest = CameraMotion.of(field, object).residual(field);
        for (int i = 0; i < sureness.length; i++) {
            float sure = (field.confidence()[i] & 255) / 255f;
            vectors[2 * i] += way * sure * rest[2 * i];
            vectors[2 * i + 1] += way * sure * rest[2 * i + 1];
            sureness[i] += sure;
        }
    }

    private static float[] coherent(CoarseClip clip, int t, float[][] vectors, float[][] sureness) {
        int w = clip.size().width();
        int h = clip.size().height();
        float[] map = new float[w * h];
        for (int y = 0, i = 0; y < h; y++) {
            for (int x = 0; x < w; x++, i++) {
                double weight = sureness[t][i];
                double sumX = weight * vectors[t][2 * i];
                double sumY = weight * vectors[t][2 * i + 1];
                double lengths = Math.hypot(sumX, sumY);
                for (int way = -1; way <= 1; way += 2) {
                    float px = x;
                    float py = y;
                    double trust = 1;
                    for (int k = 0; k < REACH; k++) {
                        FlowField step = clip.step(t + way * k, way);
                        if (step == null) {
                            break;
                        }
                        float qx = px + step.dx(px, py);
                        float qy = py + step.dy(px, py);
                        trust *= 0.3 + 0.7 * step.confidence(px, py);
                        px = qx;
                        py = qy;
                        if (!(px >= 0 && py >= 0 && px <= w - 1 && py <= h - 1) || trust < 0.05) {
                            break;
                        }
                        int at = t + way * (k + 1);
                        int j = Math.round(py) * w + Math.round(px);
                        double share = trust * sureness[at][j];
                        double vx = vectors[at][2 * j];
                        double vy = vectors[at][2 * j + 1];
                        weight += share;
                        sumX += share * vx;
                        sumY += share * vy;
                        lengths += share * Math.sqrt(vx * vx + vy * vy);
                    }
                }
                double length = Math.sqrt(sumX * sumX + sumY * sumY);
                double coherence = length / Math.max(1e-6, lengths);
                map[i] = (float) (length / (weight + UNTRIED) * coherence * coherence);
            }
        }
        return map;
    }

    /** The value that only the top share of all pixels exceeds. */
    private static float top(float[][] maps) {
        float[] sample = new float[maps.length * (maps[0].length / 7 + 1)];
        int n = 0;
        for (float[] map : maps) {
            for (int i = 3; i < map.length; i += 7) {
                sample[n++] = map[i];
            }
        }
        Arrays.sort(sample, 0, n);
        return n == 0 ? 0 : sample[(int) Math.min(n - 1, Math.floor(n * (1 - TOP)))];
    }
}
