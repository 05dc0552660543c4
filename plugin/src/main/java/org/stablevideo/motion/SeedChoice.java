package org.stablevideo.motion;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.progress.Progress;

/**
 * Which reading of the motion shows one thing most distinctly ({@link Distinctness}): how strictly tracks must be trusted, from which share
 * of the object's speed on a pixel belongs to it, and whether that speed is the frame's own or the same for the whole clip.
 *
 * @param shares own speed as a share of the object's, one map a frame, in [0, 1.5]
 * @param turn share at which motion speaks neither for nor against
 * @param speeds own speeds as far as their tracks are trusted, in coarse pixels a frame, one map a frame
 */
record SeedChoice(float[][] shares, float turn, float[][] speeds) {

    private static final Logger LOG = LoggerFactory.getLogger(SeedChoice.class);

    private static final int[] STRICTNESS = {0, 1, 2, 4, 8};
    private static final float[] TURNS = {0.35f, 0.5f, 0.65f};

    /** Slowest motion, in solve pixels a frame, that counts as an object's. */
    private static final float SLOWEST = 0.5f;

    /** Head start of levels that follow the object through the clip. */
    private static final double STEADY_SHARE = 0.9;

    /** How well a reading shows what is looked for; more is better. */
    @FunctionalInterface
    interface Judge {

        /**
         * Judges.
         *
         * @param shares own speed as a share of the object's, one map a frame
         */
        double of(float[][] shares, float turn);
    }

    /** The reading that shows one thing most distinctly. */
    static SeedChoice of(CoarseClip clip, MotionSeeds seeds, Progress progress) {
        Distinctness judge = new Distinctness(clip);
        return best(clip, seeds, progress, (shares, turn) -> {
            float[][] thing = new float[shares.length][];
            for (int t = 0; t < thing.length; t++) {
                thing[t] = shares[t].clone();
            }
            PersistentObject.keep(clip, thing, shares, turn);
            return judge.of(thing, turn);
        });
    }

    /** The reading that a judge likes best. */
    static SeedChoice best(CoarseClip clip, MotionSeeds seeds, Progress progress, Judge judge) {
        SeedChoice[] best = new SeedChoice[STRICTNESS.length];
        double[] score = new double[STRICTNESS.length];
        FrameWorkers.each(STRICTNESS.length, "finding the object", progress, s -> {
            float[][] speeds = trusted(seeds, STRICTNESS[s]);
            OwnSpeed own = OwnSpeed.of(speeds);
            for (OwnSpeed level : new OwnSpeed[] {own, own.steady()}) {
                float[][] shares = level.shares(speeds, SLOWEST / clip.factor());
                for (float turn : TURNS) {
                    double now = judge.of(shares, turn) * (level == own ? 1 : STEADY_SHARE);
                    if (best[s] == null || now > score[s]) {
                        best[s] = new SeedChoice(shares, turn, speeds);
                        score[s] = now;
                    }
                }
            }
        });
        int first = 0;
        for (int s = 1; s < best.length; s++) {
            first = score[s] > score[first] ? s : first;
        }
        LOG.debug("seeds: trust to the power of {}, turn {}, distinctness {}", STRICTNESS[first], best[first].turn, score[first]);
        return best[first];
    }

    /** The same reading by the speed of a thing that it showed. */
    SeedChoice of(float[][] thing, CoarseClip clip) {
        return new SeedChoice(OwnSpeed.inside(speeds, thing).shares(speeds, SLOWEST / clip.factor()), turn, speeds);
    }

    private static float[][] trusted(MotionSeeds seeds, int power) {
        float[][] speeds = new float[seeds.speeds().length][];
        for (int t = 0; t < speeds.length; t++) {
            speeds[t] = seeds.speeds()[t].clone();
            for (int i = 0; i < speeds[t].length && power > 0; i++) {
                speeds[t][i] *= (float) Math.pow(seeds.trust()[t][i], power);
            }
        }
        return speeds;
    }
}
