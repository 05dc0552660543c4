package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

/**
 * Finds what moves on its own, without any download: motion seeds ({@link MotionSeeds}), read in the way that shows one thing most distinctly ({@link SeedChoice}), and the
 * colours that they share over the clip ({@link ColourModel}) vote for every pixel, votes are averaged along the motion and along edges, and the largest thing that persists
 * is kept ({@link PersistentObject}), with what something in front cuts off from it ({@link CutOffParts}). Once it is known, so is its speed in every frame, by which all is
 * voted for again; where two readings are nearly as distinct, both come so far, and what was found more distinctly is kept. What the pictures themselves show there ({@link
 * SalientObject}) then says more exactly what belongs to it; where they show something else, it is cut out by its colours. Where it rests, it is carried from where it moved
 * ({@link RestingObject}). It is given soft edges. Where nothing moves on its own, or hardly anything, it is what pictures surely show; a clip of which they show no such
 * thing gets empty mattes.
 *
 * <p>Where several objects are wanted, what was found is taken apart ({@link ObjectSplit}); while some are missing, what remains of the clip is searched once more.
 */
public final class MotionMattes implements ObjectMattes {

    private static final Logger LOG = LoggerFactory.getLogger(MotionMattes.class);

    private static final int VOTES = 4;

    /** How fast motion's evidence grows with the share of the object's speed. */
    private static final float STEEPNESS = 12;

    private static final float MOST_BY_MOTION = 3;
    private static final float MOST_BY_COLOUR = 2.5f;

    /** Least share of a frame's pixels, on average over the clip, that an object covers. */
    private static final double SMALLEST = 0.0008;

    /** Share of a frame's pixels below which what moves may be nothing but errors of the flow. */
    private static final double SMALL = 0.01;

    /** Share of what pictures show by themselves below which what moves is taken for that. */
    private static final double LITTLE = 0.1;

    /** Probability from which on a pixel is a thing's. */
    static final float THING = 0.5f;

    /** Frames each way that a point is followed for its last vote. */
    private static final int REACH = 12;

    /** Trust in what pictures show from which on a frame's colours are not asked where the edge is. */
    private static final float BELIEVED = 0.5f;

    /** Log odds from which on pictures show a pixel to be the object's. */
    private static final float OBJECT = 1;

    /** Coarse pixels around an object that are not searched for another. */
    private static final int RIM = 4;

    private final int objects;

    /** Finds one object: all that moves on its own most clearly. */
    public MotionMattes() {
        this(1);
    }

    /**
     * Finds several objects.
     *
     * @param objects how many are wanted, at least 1
     */
    MotionMattes(int objects) {
        this.objects = objects;
    }

    @Override
    public List<Plane> find(SolveFrames frames, ClipFlow flow, Progress progress) {
        List<List<Plane>> found = findEach(frames, flow, progress);
        return found.isEmpty() ? ObjectMattes.none(frames) : found.get(0);
    }

    /**
     * Finds the objects.
     *
     * @return mattes of the objects that were found, the largest first, none empty in every frame; each an opacity behind those before it
     */
    List<List<Plane>> findEach(SolveFrames frames, ClipFlow flow, Progress progress) {
        if (frames.size().area() < 1024) {
            return List.of();
        }
        CoarseClip clip = CoarseClip.of(frames, flow, progress.part(0, 0.1));
        MotionSeeds seeds = MotionSeeds.proven(clip, progress.part(0.1, 0.3));
        boolean[][] taken = new boolean[clip.count()][clip.size().area()];
        List<float[][]> things = new ArrayList<>();
        while (things.size() < objects) {
            Progress part = progress.part(0.3 + 0.57 * things.size() / objects, 0.87);
            Kept kept = objects == 1 ? Kept.WITH_PARTS : things.isEmpty() ? Kept.WITH_COMPANIONS : Kept.ALONE;
            float[][] found = search(frames, clip, things.isEmpty() ? seeds : seeds.without(taken), taken, kept, part);
            if (share(found) < SMALLEST) {
                break;
            }
            things.addAll(ObjectSplit.byMotion(clip, found, objects - things.size()));
            take(clip, found, taken);
        }
        for (int i = things.size(); i > 0 && things.size() < objects; i--) {
            float[][] largest = things.remove(0);
            things.addAll(ObjectSplit.byPlace(clip, largest, objects - things.size()));
        }
        things.sort(Comparator.comparingLong(thing -> -ObjectSplit.area(thing)));
        if (things.size() < objects) {
            LOG.info("{} of {} objects move on their own", things.size(), objects);
        }
        return softened(frames, clip, things, progress.part(0.87, 1));
    }

    /**
     * Looks for what moves most distinctly where nothing was found yet; for what pictures show where nothing moves and nothing was found.
     *
     * @param kept what belongs to the best thing
     */
    private static float[][] search(SolveFrames frames, CoarseClip clip, MotionSeeds seeds, boolean[][] taken, Kept kept, Progress progress) {
        float[][] votes = clip.count() < 2
                ? new float[clip.count()][clip.size().area()]
                : moving(clip, seeds, taken, kept, progress.part(0, 0.5));
        if (kept != Kept.ALONE && share(votes) < SMALL) {
            float[][] shown = SalientObject.anywhere(frames, clip, progress.part(0.5, 0.55));
            votes = share(votes) < LITTLE * share(shown) ? shown : votes;
        }
        if (share(votes) < SMALLEST) {
            return votes;
        }
        SalientObject seen = SalientObject.around(frames, clip, votes, SalientObject.EVERY, progress.part(0.55, 0.85));
        float[][] cuts = seen.confirm(clip, votes);
        FrameWorkers.each(clip.count(), "cutting out the object", progress.part(0.85, 0.88), t -> {
            if (seen.trust()[t] < BELIEVED) {
                cuts[t] = FrameCut.cut(clip.size(), clip.rgb()[t], cuts[t]);
            }
        });
        findAtRest(frames, clip, votes, cuts, progress.part(0.88, 0.92));
        float[][] steady = TrackSmoothing.along(clip, cuts, 4);
        SalientObject.keepKnown(clip, steady, votes, 0.4f);
        clear(steady, taken);
        liftShadow(clip, steady, seen, progress.part(0.92, 0.97));
        return TrackVote.along(clip, steady, REACH, progress.part(0.97, 1));
    }

    /**
     * Finds what was found again in frames in which it rests.
     *
     * @param votes what was found by motion; frames in which it is found again get what was carried there
     * @param cuts what was cut out; such frames get what pictures show
     */
    private static void findAtRest(SolveFrames frames, CoarseClip clip, float[][] votes, float[][] cuts, Progress progress) {
        RestingObject resting = RestingObject.of(clip, cuts);
        if (!resting.isLost()) {
            return;
        }
        SalientObject seen = SalientObject.around(frames, clip, resting.maps(), SalientObject.EVERY, t -> resting.lost()[t], progress);
        float[][] shown = seen.confirm(clip, resting.maps());
        int again = 0;
        for (int t = 0; t < cuts.length; t++) {
            if (resting.lost()[t] && seen.trust()[t] >= BELIEVED) {
                votes[t] = resting.maps()[t];
                cuts[t] = shown[t];
                again++;
            }
        }
        LOG.debug("found again at rest in {} frames", again);
    }

    private static float[][] moving(CoarseClip clip, MotionSeeds seeds, boolean[][] taken, Kept kept, Progress progress) {
        Distinctness judge = new Distinctness(clip);
        List<SeedChoice> choices = SeedChoice.distinct(clip, seeds, judge, progress.part(0, 0.65));
        short[][] cells = ColourModel.cells(clip);
        Keeper keeper = (maps, rank) -> keep(clip, maps, rank, kept, cells);
        return votes(clip, choices, judge, cells, taken, keeper, progress.part(0.65, 1));
    }

    private static void clear(float[][] maps, boolean[][] taken) {
        for (int t = 0; t < maps.length; t++) {
            for (int i = 0; i < maps[t].length; i++) {
                maps[t][i] = taken[t][i] ? 0 : maps[t][i];
            }
        }
    }

    /** Gives a cast shadow back to the background, but nothing that pictures show to be the object. */
    private static void liftShadow(CoarseClip clip, float[][] mattes, SalientObject seen, Progress progress) {
        float[][] before = Arrays.stream(mattes).map(float[]::clone).toArray(float[][]::new);
        CastShadow.lift(clip, mattes, progress);
        for (int t = 0; t < mattes.length; t++) {
            for (int i = 0; i < mattes[t].length; i++) {
                mattes[t][i] = seen.odds()[t][i] > OBJECT ? before[t][i] : mattes[t][i];
            }
        }
    }

    /** What is kept along with the best thing. */
    private enum Kept {
        /** Nothing: others were found before. */
        ALONE,
        /** Things nearly as distinct; they are told apart afterwards. */
        WITH_COMPANIONS,
        /** Those, and what something in front cuts off: all that is found is one object. */
        WITH_PARTS
    }

    /** Clears whatever is not the thing that is looked for. */
    @FunctionalInterface
    interface Keeper {

        /**
         * Clears.
         *
         * @param maps object probability a coarse frame, overwritten
         * @param rank what tells the thing from others: its motion, or what was found before
         */
        void keep(float[][] maps, float[][] rank);
    }

    /** Votes by each of several readings, at least one; those whose thing is the most distinct. */
    private static float[][] votes(
            CoarseClip clip, List<SeedChoice> choices, Distinctness judge, short[][] cells, boolean[][] taken, Keeper keeper, Progress progress) {
        if (choices.size() == 1) {
            return votes(clip, choices.get(0), cells, taken, keeper, progress);
        }
        float[][] best = new float[0][];
        double most = -1;
        for (int i = 0; i < choices.size(); i++) {
            float[][] votes = votes(clip, choices.get(i), cells, taken, keeper, progress.part((double) i / choices.size(), (i + 1.0) / choices.size()));
            double score = judge.of(votes, 0.5f);
            if (score > most) {
                most = score;
                best = votes;
            }
        }
        return best;
    }

    /**
     * Votes for what moves as a reading says, and once more by the speed that what was found has in every frame.
     *
     * @param cells colours of every frame ({@link ColourModel#cells})
     * @param taken pixels that are known to be something else
     * @param keeper clears what is not the thing
     * @return probabilities that a pixel is the thing's, one map a coarse frame
     */
    static float[][] votes(CoarseClip clip, SeedChoice choice, short[][] cells, boolean[][] taken, Keeper keeper, Progress progress) {
        float[][] rough = vote(clip, choice, cells, taken, progress.part(0, 0.5));
        keeper.keep(rough, choice.shares());
        if (share(rough) < SMALLEST) {
            return rough;
        }
        SeedChoice own = choice.bySpeedOf(clip, rough);
        float[][] votes = vote(clip, own, cells, taken, progress.part(0.5, 1));
        keeper.keep(votes, own.shares());
        return votes;
    }

    private static void keep(CoarseClip clip, float[][] maps, float[][] rank, Kept kept, short[][] cells) {
        switch (kept) {
            case WITH_PARTS -> CutOffParts.keep(clip, maps, rank, THING, cells);
            case WITH_COMPANIONS -> PersistentObject.keepAndFindAgain(clip, maps, rank, THING, cells);
            case ALONE -> PersistentObject.keepOne(clip, maps, rank, THING);
        }
    }

    /** Marks what was found and a rim around it, which moves along in the flow. */
    private static void take(CoarseClip clip, float[][] found, boolean[][] taken) {
        int w = clip.size().width();
        int h = clip.size().height();
        for (int t = 0; t < found.length; t++) {
            for (int i = 0; i < found[t].length; i++) {
                if (found[t][i] > 0.3f) {
                    for (int y = Math.max(0, i / w - RIM); y <= Math.min(h - 1, i / w + RIM); y++) {
                        Arrays.fill(taken[t], y * w + Math.max(0, i % w - RIM), y * w + Math.min(w - 1, i % w + RIM) + 1, true);
                    }
                }
            }
        }
    }

    private static List<List<Plane>> softened(SolveFrames frames, CoarseClip clip, List<float[][]> things, Progress progress) {
        Plane[][] mattes = new Plane[things.size()][clip.count()];
        FrameWorkers.each(clip.count(), "softening edges", progress, t -> {
            for (float[][] thing : things) {
                SmallParts.fillHoles(clip.size(), thing[t]);
            }
            for (int k = 0; k < mattes.length; k++) {
                for (int j = 0; j < k; j++) {
                    leave(things.get(j)[t], things.get(k)[t]);
                }
                mattes[k][t] = SmallParts.dropIslands(SoftEdges.refine(frames, t, clip, things.get(k)[t]));
            }
            asOpacities(mattes, t);
        });
        return Arrays.stream(mattes).map(each -> (List<Plane>) new ArrayList<>(Arrays.asList(each))).toList();
    }

    /** A hole that was closed may have been one in which another thing shows. */
    private static void leave(float[] front, float... behind) {
        for (int i = 0; i < front.length; i++) {
            float over = front[i] + behind[i] - 1;
            if (over > 0) {
                if (front[i] < behind[i]) {
                    front[i] -= Math.min(over, front[i]);
                } else {
                    behind[i] -= Math.min(over, behind[i]);
                }
            }
        }
    }

    /** Shares of a pixel become opacities one behind the other: what is taken of what those in front let through. */
    private static void asOpacities(Plane[][] mattes, int t) {
        for (int i = 0; mattes.length > 1 && i < mattes[0][t].values().length; i++) {
            int rest = 255;
            for (Plane[] matte : mattes) {
                byte[] values = matte[t].values();
                int own = Math.min(rest, values[i] & 255);
                values[i] = (byte) (rest == 0 ? 0 : (255 * own + rest / 2) / rest);
                rest -= own;
            }
        }
    }

    private static float[][] vote(CoarseClip clip, SeedChoice seeds, short[][] cells, boolean[][] taken, Progress progress) {
        int count = clip.count();
        int area = clip.size().area();
        float[][] motion = new float[count][area];
        float[][] first = new float[count][area];
        FrameWorkers.each(count, "finding the object", Progress.NONE, t -> {
            for (int i = 0; i < area; i++) {
                motion[t][i] = taken[t][i] ? -MOST_BY_MOTION - MOST_BY_COLOUR : evidence(seeds.shares()[t][i], seeds.turn());
                first[t][i] = probability(motion[t][i]);
            }
        });
        float[][] votes = first;
        for (int round = 0; round < VOTES; round++) {
            ColourModel colours = new ColourModel();
            for (int t = 0; t < count; t++) {
                colours.add(cells[t], votes[t], taken[t]);
            }
            colours.fit();
            float[][] after = new float[count][];
            FrameWorkers.each(count, "finding the object", Progress.NONE, t -> {
                float[] vote = new float[area];
                for (int i = 0; i < area; i++) {
                    vote[i] = probability(motion[t][i] + evidence(colours, cells[t][i]));
                }
                after[t] = new GuidedFilter(clip.size(), clip.rgb()[t], 6, 1e-3).filter(vote);
                for (int i = 0; i < area; i++) {
                    after[t][i] = taken[t][i] ? 0 : Math.max(0, Math.min(1, after[t][i]));
                }
            });
            votes = TrackSmoothing.along(clip, after, 3);
            progress.report("finding the object", (round + 1.0) / VOTES);
        }
        return votes;
    }

    /** What motion says of a pixel: log odds. */
    static float evidence(float share, float turn) {
        return limit(STEEPNESS * (share - turn), MOST_BY_MOTION);
    }

    /** What a colour says: log odds. */
    static float evidence(ColourModel colours, short cell) {
        return limit(colours.evidence(cell), MOST_BY_COLOUR);
    }

    private static float limit(float evidence, float most) {
        return Math.max(-most, Math.min(most, evidence));
    }

    static float probability(float evidence) {
        return (float) (1 / (1 + Math.exp(-evidence)));
    }

    private static double share(float[][] maps) {
        return ObjectSplit.area(maps) / ((double) maps.length * maps[0].length);
    }
}
