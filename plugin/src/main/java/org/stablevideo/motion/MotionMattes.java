package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

/**
 * Finds what moves on its own, without any download: motion seeds ({@link MotionSeeds}), read in the way that shows one thing most
 * distinctly ({@link SeedChoice}), and the colours that they share over the clip ({@link ColourModel}) vote for every pixel, votes are
 * averaged along the motion and along edges, the largest thing that persists is kept, cut out of every frame, and given soft edges. A clip
 * in which nothing moves on its own gets empty mattes.
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

    /** Frames each way that a point is followed for its last vote. */
    private static final int REACH = 12;

    @Override
    public List<Plane> find(SolveFrames frames, ClipFlow flow, Progress progress) {
        if (frames.count() < 2 || frames.size().area() < 1024) {
            return ObjectMattes.none(frames);
        }
        CoarseClip clip = CoarseClip.of(frames, flow, progress.part(0, 0.1));
        SeedChoice seeds = SeedChoice.of(clip, MotionSeeds.of(clip, progress.part(0.1, 0.3)), progress.part(0.3, 0.5));
        float[][] votes = vote(clip, seeds, progress.part(0.5, 0.65));
        PersistentObject.keep(clip, votes, seeds.shares(), 0.5f);
        if (share(votes) < SMALLEST) {
            LOG.info("nothing moves on its own: the clip is background alone");
            return ObjectMattes.none(frames);
        }
        float[][] cuts = new float[clip.count()][];
        FrameWorkers.each(clip.count(), "cutting out the object", progress.part(0.65, 0.8),
                t -> cuts[t] = FrameCut.cut(clip.size(), clip.rgb()[t], votes[t]));
        float[][] steady = TrackSmoothing.along(clip, cuts, 4);
        PersistentObject.keep(clip, steady, seeds.shares(), 0.4f);
        CastShadow.lift(clip, steady, progress.part(0.8, 0.85));
        float[][] agreed = TrackVote.along(clip, steady, REACH, progress.part(0.85, 0.87));
        Plane[] mattes = new Plane[clip.count()];
        FrameWorkers.each(clip.count(), "softening edges", progress.part(0.87, 1), t -> {
            SmallParts.fillHoles(clip.size(), agreed[t]);
            mattes[t] = SmallParts.dropIslands(SoftEdges.refine(frames, t, clip, agreed[t]));
        });
        return new ArrayList<>(Arrays.asList(mattes));
    }

    private static float[][] vote(CoarseClip clip, SeedChoice seeds, Progress progress) {
        int count = clip.count();
        int area = clip.size().area();
        short[][] cells = new short[count][];
        float[][] motion = new float[count][area];
        float[][] first = new float[count][area];
        FrameWorkers.each(count, "finding the object", Progress.NONE, t -> {
            cells[t] = ColourModel.cells(clip.size(), clip.rgb()[t]);
            for (int i = 0; i < area; i++) {
                motion[t][i] = limit(STEEPNESS * (seeds.shares()[t][i] - seeds.turn()), MOST_BY_MOTION);
                first[t][i] = probability(motion[t][i]);
            }
        });
        float[][] votes = first;
        for (int round = 0; round < VOTES; round++) {
            ColourModel colours = new ColourModel();
            for (int t = 0; t < count; t++) {
                colours.add(cells[t], votes[t]);
            }
            colours.fit();
            float[][] after = new float[count][];
            FrameWorkers.each(count, "finding the object", Progress.NONE, t -> {
                float[] vote = new float[area];
                for (int i = 0; i < area; i++) {
                    vote[i] = probability(motion[t][i] + limit(colours.evidence(cells[t][i]), MOST_BY_COLOUR));
                }
                after[t] = new GuidedFilter(clip.size(), clip.rgb()[t], 6, 1e-3).filter(vote);
                for (int i = 0; i < area; i++) {
                    after[t][i] = Math.max(0, Math.min(1, after[t][i]));
                }
            });
            votes = TrackSmoothing.along(clip, after, 3);
            progress.report("finding the object", (round + 1.0) / VOTES);
        }
        return votes;
    }

    private static float limit(float evidence, float most) {
        return Math.max(-most, Math.min(most, evidence));
    }

    private static float probability(float evidence) {
        return (float) (1 / (1 + Math.exp(-evidence)));
    }

    private static double share(float[][] maps) {
        long inside = 0;
        for (float[] map : maps) {
            for (float value : map) {
                inside += value > 0.5f ? 1 : 0;
            }
        }
        return inside / ((double) maps.length * maps[0].length);
    }
}
