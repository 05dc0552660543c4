package org.stablevideo.motion;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.opencv.core.Rect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.progress.Progress;

/**
 * What pictures show where a thing was found by other means. A network that tells an object from its surroundings ({@link ObjectNetwork}) is shown some
 * frames around the thing, by turns near and from further off; what it sees is averaged along the motion. It knows of no motion and may see another thing, so its
 * word counts for a frame as far as it agrees with what was found: for the object by the share of what it sees that was found, against it by the share of what
 * was found that it sees.
 *
 * @param odds what it says of every coarse pixel, log odds, one map a frame
 * @param trust how far it is believed, in [0, 1], one a frame
 */
record SalientObject(float[][] odds, float[] trust) {

    private static final Logger LOG = LoggerFactory.getLogger(SalientObject.class);

    /** A frame is looked at out of so many; of a thing that somebody marked, more are. */
    static final int EVERY = 3;

    static final int EVERY_OF_MARKED = 2;

    /** Frames each way in which a doubtful point is looked for. */
    private static final int FAR = 60;

    /** Difference of two probabilities from which on a point is doubtful. */
    private static final float DOUBT = 0.1f;

    /** A frame is looked at out of so many where nothing is known yet. */
    private static final int SELDOM = 4;

    /**
     * Sureness from which on a thing is believed that nothing but pictures show. Of 60 photographs of people and animals 45 were surer, of 60 of landscapes, streets
     * and skies 7, some of these of a single tower or cloud.
     */
    private static final double SURE = 0.5;

    /** Surroundings that are shown along, by turns, as shares of the thing's longer side. */
    private static final float[] AROUND = {0.5f, 1};

    /** Coarse pixels of surroundings that are shown at least. */
    private static final int LEAST_AROUND = 16;

    private static final float MOST = 4.5f;

    /** Agreement up to which it is not believed, and from which on it is fully. */
    private static final double UNLIKE = 0.3;

    private static final double ALIKE = 0.6;

    /** Most that what was found may be certain of. */
    private static final float CERTAIN = 0.9f;

    /** Share of a region that must have been found before. */
    private static final double KNOWN = 0.2;

    private static final int SMOOTHING = 3;

    /**
     * Looks.
     *
     * @param found probability that a pixel is the thing's, one map a coarse frame
     * @param every a frame is looked at out of so many
     */
    static SalientObject around(SolveFrames frames, CoarseClip clip, float[][] found, int every, Progress progress) {
        return around(frames, clip, found, every, t -> true, progress);
    }

    /**
     * As above.
     *
     * @param asked frames of which something is wanted; of others little may be known
     */
    static SalientObject around(SolveFrames frames, CoarseClip clip, float[][] found, int every, IntPredicate asked, Progress progress) {
        float[][] looks = new float[found.length][];
        int last = found.length - 1;
        int[] times = IntStream.rangeClosed(0, (last + every - 1) / every).map(k -> Math.min(last, k * every)).filter(asked).toArray();
        try (ObjectNetwork network = ObjectNetwork.bundled()) {
            FrameWorkers.each(times.length, "looking at the object", progress.part(0, 0.95),
                    k -> looks[times[k]] = look(network, frames, times[k], clip, found[times[k]], AROUND[times[k] / every % AROUND.length]));
        }
        float[][] seen = TrackVote.along(clip, looks, every, progress.part(0.95, 0.97));
        float[][] ofThing = IntStream.range(0, looks.length).mapToObj(t -> ObjectSplit.area(found[t]) > 0 ? looks[t] : null).toArray(float[][]::new);
        FrameWorkers.each(seen.length, "looking at the object", progress.part(0.97, 1), t -> settle(clip, ofThing, t, seen[t], found[t]));
        OverlookedParts.add(clip, found, seen);
        float[] trust = new float[found.length];
        for (int t = 0; t < found.length; t++) {
            trust[t] = weigh(seen[t], found[t]);
        }
        LOG.debug("the network is believed in {} of {} frames", clip.frames().filter(t -> trust[t] > 0.5f).count(), clip.count());
        return new SalientObject(seen, trust);
    }

    /**
     * Where what the network sees and what was found disagree, what it sees of the same points over most of the clip counts: it overlooks the luggage on a roof in
     * some frames, and shows it in others.
     *
     * @param looks what it sees of the thing; null for frames that it was not shown, or in which nothing was found
     * @param seen probabilities of frame {@code t}, corrected
     */
    static void settle(CoarseClip clip, float[][] looks, int t, float[] seen, float[] found) {
        float[] doubt = new float[seen.length];
        for (int i = 0; i < doubt.length; i++) {
            doubt[i] = Math.abs(seen[i] - found[i]);
        }
        float[] far = TrackVote.vote(clip, looks, t, FAR, i -> doubt[i] > DOUBT);
        for (int i = 0; i < doubt.length; i++) {
            if (doubt[i] > DOUBT) {
                seen[i] += doubt[i] * (far[i] - seen[i]);
            }
        }
    }

    /**
     * What pictures are of by themselves: what the network sees in whole frames, averaged along the motion, as far as it is sure of one thing.
     *
     * @return probability that a pixel is the thing's, one map a coarse frame; 0 everywhere where there is no such thing
     */
    static float[][] anywhere(SolveFrames frames, CoarseClip clip, Progress progress) {
        float[][] looks = new float[clip.count()][];
        float[] none = new float[clip.size().area()];
        try (ObjectNetwork network = ObjectNetwork.bundled()) {
            FrameWorkers.each((looks.length + SELDOM - 1) / SELDOM, "looking for an object", progress.part(0, 0.95),
                    k -> looks[k * SELDOM] = look(network, frames, k * SELDOM, clip, none, 0));
        }
        float[][] seen = TrackVote.along(clip, looks, SELDOM, progress.part(0.95, 1));
        double sure = sureness(clip.size().width(), seen);
        LOG.debug("pictures by themselves are of one thing: {}", sure);
        if (sure < SURE) {
            return new float[clip.count()][clip.size().area()];
        }
        PersistentObject.keepOne(clip, seen, seen, MotionMattes.THING);
        return seen;
    }

    /** Share of what may be a thing's that certainly is; a thing that reaches from side to side is taken for the ground or the sky. */
    private static double sureness(int w, float[]... seen) {
        double certain = 0;
        double possible = 1;
        for (float[] map : seen) {
            boolean left = false;
            boolean right = false;
            int inside = 0;
            for (int i = 0; i < map.length; i++) {
                inside += map[i] > CERTAIN ? 1 : 0;
                possible += map[i] > 1 - CERTAIN ? 1 : 0;
                left |= i % w == 0 && map[i] > MotionMattes.THING;
                right |= i % w == w - 1 && map[i] > MotionMattes.THING;
            }
            certain += left && right ? 0 : inside;
        }
        return certain / possible;
    }

    /**
     * The same of one frame that somebody marked, by all surroundings.
     *
     * @param odds what is known of the marked thing, log odds a pixel of frame {@code t}
     * @param likely 1 where the thing may be, else 0
     * @return those odds and the network's together
     */
    static float[] with(float[] odds, SolveFrames frames, int t, CoarseClip clip, float[] likely) {
        float[] sum = odds.clone();
        try (ObjectNetwork network = ObjectNetwork.bundled()) {
            for (float around : AROUND) {
                float[] seen = look(network, frames, t, clip, likely, around);
                weigh(seen, likely);
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += seen[i] / AROUND.length;
                }
            }
        }
        return sum;
    }

    /** What the network sees in a frame around a thing; nothing further off. */
    private static float[] look(ObjectNetwork network, SolveFrames frames, int t, CoarseClip clip, float[] found, float around) {
        int w = clip.size().width();
        int h = clip.size().height();
        Rect box = box(found, w, h);
        int margin = Math.max(LEAST_AROUND, Math.round(around * Math.max(box.width, box.height)));
        int left = Math.max(0, box.x - margin);
        int top = Math.max(0, box.y - margin);
        FrameSize part = new FrameSize(Math.min(w, box.x + box.width + margin) - left, Math.min(h, box.y + box.height + margin) - top);
        int factor = clip.factor();
        Rect window = new Rect(left * factor, top * factor,
                Math.min(frames.size().width() - left * factor, part.width() * factor),
                Math.min(frames.size().height() - top * factor, part.height() * factor));
        float[] seen = new float[w * h];
        try (Mats mats = new Mats()) {
            float[] answer = network.look(mats.keep(frames.rgb(t, mats).submat(window)), part);
            for (int y = 0; y < part.height(); y++) {
                System.arraycopy(answer, y * part.width(), seen, (top + y) * w + left, part.width());
            }
        }
        return seen;
    }

    /** The box around what is likely; the whole frame where nothing is. */
    static Rect box(float[] map, int w, int h) {
        int left = w;
        int top = h;
        int right = 0;
        int bottom = 0;
        for (int i = 0; i < map.length; i++) {
            if (map[i] > 0.5f) {
                left = Math.min(left, i % w);
                right = Math.max(right, i % w + 1);
                top = Math.min(top, i / w);
                bottom = Math.max(bottom, i / w + 1);
            }
        }
        return left < right ? new Rect(left, top, right - left, bottom - top) : new Rect(0, 0, w, h);
    }

    /**
     * Turns what is seen into evidence, as far as it agrees with what was found.
     *
     * @param seen probabilities, overwritten with log odds
     * @return how far it is believed, in [0, 1]
     */
    private static float weigh(float[] seen, float... found) {
        double both = 0;
        double all = 1e-6;
        double known = 1e-6;
        for (int i = 0; i < seen.length; i++) {
            both += Math.min(seen[i], found[i]);
            all += seen[i];
            known += found[i];
        }
        float precision = believed(both / all);
        float recall = believed(both / known);
        for (int i = 0; i < seen.length; i++) {
            float said = 2 * seen[i] - 1;
            seen[i] = MOST * said * (said > 0 ? precision : recall);
        }
        return Math.min(precision, recall);
    }

    private static float believed(double agreement) {
        return (float) Math.max(0, Math.min(1, (agreement - UNLIKE) / (ALIKE - UNLIKE)));
    }

    /**
     * What was found, and what the network says of it.
     *
     * @param found probability that a pixel is the thing's, one map a coarse frame; not changed
     * @return probabilities, smoothed along the motion, without things of which nothing was found before
     */
    float[][] confirm(CoarseClip clip, float[][] found) {
        float[][] both = new float[found.length][];
        for (int t = 0; t < both.length; t++) {
            both[t] = new float[found[t].length];
            for (int i = 0; i < both[t].length; i++) {
                float before = Math.max(1 - CERTAIN, Math.min(CERTAIN, found[t][i]));
                both[t][i] = MotionMattes.probability((float) Math.log(before / (1 - before)) + odds[t][i]);
            }
        }
        float[][] smooth = TrackSmoothing.along(clip, both, SMOOTHING);
        keepKnown(clip, smooth, found, 0.5f);
        return smooth;
    }

    /**
     * Clears regions of which too little was found before.
     *
     * @param maps probabilities, overwritten
     * @param threshold probability from which a pixel is of a region
     */
    static void keepKnown(CoarseClip clip, float[][] maps, float[][] found, float threshold) {
        FrameWorkers.each(maps.length, "finding the object", Progress.NONE, t -> {
            MapRegions regions = MapRegions.of(clip.size(), maps[t], threshold);
            int[] known = regions.count(i -> found[t][i] > 0.5f);
            for (int i = 0; i < maps[t].length; i++) {
                int region = regions.at(i);
                if (region < 0) {
                    maps[t][i] = Math.min(maps[t][i], 0.5f * threshold);
                } else if (known[region] < KNOWN * regions.area(region)) {
                    maps[t][i] = 0;
                }
            }
        });
    }
}
