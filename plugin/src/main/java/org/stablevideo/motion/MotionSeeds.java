package org.stablevideo.motion;

import java.util.Arrays;
import org.stablevideo.progress.Progress;

/**
 * How much every pixel moves on its own, and how well its motion can be trusted. The residual motion (flow less camera) is averaged as vectors along tracks of
 * ±{@value #REACH} frames and weighted by the square of its coherence (length of the mean over mean of the lengths): water and leaves, which go to and fro, cancel; an
 * object that moves one way stays. What moves as the ground does, only faster, is mostly something near that stands still, such as a post that a pan passes, and counts
 * less; what a camera follows moves the other way. Trust is the mean forward–backward agreement along the track: a body's surface can be followed for long, its wake,
 * spray and reflection, which look like moving along, cannot.
 *
 * @param speeds coherent motion of its own in coarse pixels a frame, one map a frame
 * @param trust in [0, 1], one map a frame
 * @param along how far the motion goes the way in which the camera makes the ground move, in [−1, 1], one map a frame; 0 where the camera rests
 */
record MotionSeeds(float[][] speeds, float[][] trust, float[][] along) {

    private static final int REACH = 6;

    /** Weight of standing still that every track starts with: what is seen for a moment only says little. */
    private static final double UNTRIED = 0.7;

    /** By how much what moves as the camera makes the ground move counts less. */
    private static final double LESS = 0.6;

    /** Coarse pixels a frame from which on the camera surely moves. */
    private static final double MOVES = 1;

    /** The same seeds with pixels left out. */
    MotionSeeds without(boolean[][] taken) {
        float[][] rest = new float[speeds.length][];
        for (int t = 0; t < rest.length; t++) {
            rest[t] = speeds[t].clone();
            for (int i = 0; i < rest[t].length; i++) {
                rest[t][i] = taken[t][i] ? 0 : rest[t][i];
            }
        }
        return new MotionSeeds(rest, trust, along);
    }

    /** Seeds of what moves on its own as the flow says: where a mark tells roughly where to look, that is enough, and even parts of a thing show nothing by themselves. */
    static MotionSeeds byFlow(CoarseClip clip, Progress progress) {
        return of(clip, false, progress);
    }

    /** Seeds of what pictures show to move on its own ({@link MotionProof}). */
    static MotionSeeds proven(CoarseClip clip, Progress progress) {
        return of(clip, true, progress);
    }

    private static MotionSeeds of(CoarseClip clip, boolean proven, Progress progress) {
        int count = clip.count();
        float[][] vectors = new float[count][];
        float[][] sureness = new float[count][];
        CameraMotion[] camera = new CameraMotion[count];
        Arrays.fill(camera, CameraMotion.STILL);
        FrameWorkers.each(count, "finding the object", progress.part(0, 0.3), t -> {
            vectors[t] = new float[2 * clip.size().area()];
            sureness[t] = new float[clip.size().area()];
            Grain grain = Grain.of(clip, t);
            for (int way = -1; way <= 1; way += 2) {
                FlowField field = clip.step(t, way);
                if (field != null) {
                    CameraMotion motion = CameraMotion.byGrain(field, grain.shares());
                    float[] rest = motion.residual(field);
                    add(field, way, rest, proven ? MotionProof.of(clip, t, way, grain, rest) : null, vectors[t], sureness[t]);
                    camera[t] = way > 0 ? motion : motion.inverse();
                }
            }
            for (int i = 0; i < sureness[t].length; i++) {
                float scale = 1 / Math.max(1e-3f, sureness[t][i]);
                vectors[t][2 * i] *= scale;
                vectors[t][2 * i + 1] *= scale;
                sureness[t][i] = Math.min(1, sureness[t][i]);
            }
        });
        int area = clip.size().area();
        MotionSeeds seeds = new MotionSeeds(new float[count][area], new float[count][area], new float[count][area]);
        FrameWorkers.each(count, "finding the object", progress.part(0.3, 1), t -> seeds.follow(clip, t, vectors, sureness, camera[t]));
        return seeds;
    }

    private static void add(FlowField field, int way, float[] rest, float[] proof, float[] vectors, float[] sureness) {
        for (int i = 0; i < sureness.length; i++) {
            float sure = (proof == null ? 1 : proof[i]) * (field.confidence()[i] & 255) / 255f;
            vectors[2 * i] += way * sure * rest[2 * i];
            vectors[2 * i + 1] += way * sure * rest[2 * i + 1];
            sureness[i] += sure;
        }
    }

    private void follow(CoarseClip clip, int t, float[][] vectors, float[][] sureness, CameraMotion camera) {
        int w = clip.size().width();
        int h = clip.size().height();
        for (int y = 0, i = 0; y < h; y++) {
            for (int x = 0; x < w; x++, i++) {
                double weight = sureness[t][i];
                double sumX = weight * vectors[t][2 * i];
                double sumY = weight * vectors[t][2 * i + 1];
                double lengths = Math.sqrt(sumX * sumX + sumY * sumY);
                double agreed = 0;
                int sides = 0;
                for (int way = -1; way <= 1; way += 2) {
                    float px = x;
                    float py = y;
                    double sure = 1;
                    double agreement = 0;
                    int steps = 0;
                    for (int k = 0; k < REACH; k++) {
                        FlowField step = clip.step(t + way * k, way);
                        if (step == null) {
                            break;
                        }
                        steps++;
                        if (!(px >= 0 && py >= 0 && px <= w - 1 && py <= h - 1)) {
                            continue;
                        }
                        float qx = px + step.dx(px, py);
                        float qy = py + step.dy(px, py);
                        float confidence = step.confidence(px, py);
                        agreement += confidence;
                        sure *= 0.3 + 0.7 * confidence;
                        px = qx;
                        py = qy;
                        if (!(px >= 0 && py >= 0 && px <= w - 1 && py <= h - 1) || sure < 0.05) {
                            continue;
                        }
                        int at = t + way * (k + 1);
                        int j = Math.round(py) * w + Math.round(px);
                        double share = sure * sureness[at][j];
                        double vx = vectors[at][2 * j];
                        double vy = vectors[at][2 * j + 1];
                        weight += share;
                        sumX += share * vx;
                        sumY += share * vy;
                        lengths += share * Math.sqrt(vx * vx + vy * vy);
                    }
                    if (steps > 0) {
                        agreed += agreement / steps;
                        sides++;
                    }
                }
                double length = Math.sqrt(sumX * sumX + sumY * sumY);
                double coherence = length / Math.max(1e-6, lengths);
                along[t][i] = (float) along(camera, x, y, sumX, sumY);
                speeds[t][i] = (float) ((1 - LESS * Math.max(0, along[t][i])) * length / (weight + UNTRIED) * coherence * coherence);
                trust[t][i] = (float) (agreed / Math.max(1, sides));
            }
        }
    }

    /** Cosine between a motion and the ground's there, smaller where the ground hardly moves. */
    private static double along(CameraMotion camera, int x, int y, double dx, double dy) {
        double groundX = camera.dx(x, y);
        double groundY = camera.dy(x, y);
        double shift = Math.hypot(groundX, groundY);
        return (dx * groundX + dy * groundY) / Math.max(1e-6, Math.hypot(dx, dy) * shift) * Math.min(1, shift / MOVES);
    }
}
