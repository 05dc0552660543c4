package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
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
 * @param along how far motion goes along with the ground's ({@link MotionSeeds})
 */
record SeedChoice(float[][] shares, float turn, float[][] speeds, float[][] along) {

    private static final Logger LOG = LoggerFactory.getLogger(SeedChoice.class);

    private static final int[] STRICTNESS = {0, 1, 2, 4, 8};
    private static final float[] TURNS = {0.35f, 0.5f, 0.65f};

    /** Slowest motion, in solve pixels a frame, that counts as an object's. */
    private static final float SLOWEST = 0.5f;

    /** Head start of levels that follow the object through the clip. */
    private static final double STEADY_SHARE = 0.9;

    /** Share of the best reading's distinctness from which on another one may be the better one after all. */
    private static final double NEARLY = 0.9;

    /** Share of a thing's motion against the ground's from which on the camera surely follows it. */
    private static final double FOLLOWED = 0.5;

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

    /** The reading that shows one thing most distinctly, and after it the best that draws the border at another share, where it is nearly as good. */
    static List<SeedChoice> distinct(CoarseClip clip, MotionSeeds seeds, Distinctness judge, Progress progress) {
        List<Judged> ranked = ranked(clip, seeds, progress, (shares, turn) -> {
            float[][] thing = Arrays.stream(shares).map(float[]::clone).toArray(float[][]::new);
            PersistentObject.keep(clip, thing, shares, turn);
            return judge.of(thing, turn);
        });
        Judged best = ranked.get(0);
        return ranked.stream().filter(one -> one == best || one.reading.turn != best.reading.turn && one.score > NEARLY * best.score).limit(2)
                .map(Judged::reading).toList();
    }

    /** The reading that a judge likes best. */
    static SeedChoice best(CoarseClip clip, MotionSeeds seeds, Progress progress, Judge judge) {
        return ranked(clip, seeds, progress, judge).get(0).reading;
    }

    /** A reading and how good it is. */
    private record Judged(SeedChoice reading, double score) {}

    /** For every share the reading that a judge likes best, the best of them first. */
    private static List<Judged> ranked(CoarseClip clip, MotionSeeds seeds, Progress progress, Judge judge) {
        Judged[][] best = new Judged[STRICTNESS.length][TURNS.length];
        FrameWorkers.each(STRICTNESS.length, "finding the object", progress, s -> {
            float[][] speeds = trusted(seeds, STRICTNESS[s]);
            OwnSpeed own = OwnSpeed.of(speeds);
            for (OwnSpeed level : new OwnSpeed[] {own, own.steady()}) {
                float[][] shares = level.shares(speeds, SLOWEST / clip.factor());
                for (int k = 0; k < TURNS.length; k++) {
                    double now = judge.of(shares, TURNS[k]) * (level == own ? 1 : STEADY_SHARE);
                    if (best[s][k] == null || now > best[s][k].score) {
                        best[s][k] = new Judged(new SeedChoice(shares, TURNS[k], speeds, seeds.along()), now);
                    }
                }
            }
        });
        List<Judged> ranked = new ArrayList<>();
        for (int k = 0; k < TURNS.length; k++) {
            Judged first = best[0][k];
            for (Judged[] other : best) {
                first = other[k].score > first.score ? other[k] : first;
            }
            ranked.add(first);
        }
        ranked.sort(Comparator.comparingDouble(one -> -one.score));
        LOG.debug("seeds: turn {}, distinctness {}", ranked.get(0).reading.turn, ranked.get(0).score);
        return ranked;
    }

    /** The same reading by the speed of a thing that it showed. Where the camera follows that thing, what goes the other way is none of it. */
    SeedChoice bySpeedOf(CoarseClip clip, float[][] thing) {
        float[][] rest = against(Math.min(1, followed(thing) / FOLLOWED));
        return new SeedChoice(OwnSpeed.inside(rest, thing).shares(rest, SLOWEST / clip.factor()), turn, rest, along);
    }

    /** Share of a thing's motion that goes against the ground's, over the whole clip; 0 where it goes along. */
    private double followed(float[][] thing) {
        double against = 0;
        double all = 1e-9;
        for (int t = 0; t < thing.length; t++) {
            for (int i = 0; i < thing[t].length; i++) {
                if (thing[t][i] > MotionMattes.THING) {
                    against -= speeds[t][i] * along[t][i];
                    all += speeds[t][i];
                }
            }
        }
        return Math.max(0, against / all);
    }

    /** The speeds, less by so much where motion goes all along with the ground's. */
    private float[][] against(double less) {
        float[][] rest = new float[speeds.length][];
        for (int t = 0; t < rest.length; t++) {
            rest[t] = speeds[t].clone();
            for (int i = 0; i < rest[t].length && less > 0; i++) {
                rest[t][i] *= (float) (1 - less * Math.max(0, along[t][i]));
            }
        }
        return rest;
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
