package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

/**
 * Finds what moves on its own, without any download: motion seeds ({@link MotionSeeds}) and the colours that they share over the clip
 * ({@link ColourModel}) vote for every pixel, votes are averaged along the motion and along edges, the largest thing that persists is kept,
 * cut out of every frame, and given soft edges. A clip in which nothing moves on its own gets empty mattes.
 */
public final class MotionMattes implements ObjectMattes {

    private static final Logger LOG = LoggerFactory.getLogger(MotionMattes.class);

    private static final int VOTES = 4;

    /** Seed at which motion speaks neither for nor against: wakes and reflections stay below, an object's body above. */
    private static final float TURN = 0.33f;

    /** Least share of a frame's pixels, on average over the clip, that an object covers. */
    private static final double SMALLEST = 0.0008;

    @Override
    public List<Plane> find(SolveFrames frames, ClipFlow flow, Progress progress) {
        if (frames.count() < 2 || frames.size().area() < 1024) {
            return ObjectMattes.none(frames);
        }
        CoarseClip clip = CoarseClip.of(frames, flow, progress.part(0, 0.1));
        MotionSeeds seeds = MotionSeeds.of(clip, null, progress.part(0.1, 0.4));
        float[][] votes = vote(clip, seeds.maps(), progress.part(0.4, 0.6));
        PersistentObject.keep(clip, votes, seeds.maps(), 0.5f);
        if (share(votes) < SMALLEST) {
            LOG.info("nothing moves on its own: the clip is background alone");
            return ObjectMattes.none(frames);
        }
        float[][] cuts = new float[clip.count()][];
        FrameWorkers.each(clip.count(), "cutting out the object", progress.part(0.6, 0.85),
                t -> cuts[t] = FrameCut.cut(clip.size(), clip.rgb()[t], votes[t]));
        float[][] steady = TrackSmoothing.along(clip, cuts, 4);
        PersistentObject.keep(clip, steady, seeds.maps(), 0.4f);
        Plane[] mattes = new Plane[clip.count()];
        FrameWorkers.each(clip.count(), "softening edges", progress.part(0.85, 1), t -> mattes[t] = SoftEdges.refine(frames, t, clip, steady[t]));
        return new ArrayList<>(Arrays.asList(mattes));
    }

    private static float[][] vote(CoarseClip clip, float[][] seeds, Progress progress) {
        int count = clip.count();
        int area = clip.size().area();
        short[][] cells = new short[count][];
        FrameWorkers.each(count, "finding the object", Progress.NONE, t -> cells[t] = ColourModel.cells(clip.size(), clip.rgb()[t]));
        float[][] votes = new float[count][];
        for (int t = 0; t < count; t++) {
            votes[t] = seeds[t].clone();
        }
        for (int round = 0; round < VOTES; round++) {
            ColourModel colours = new ColourModel();
            for (int t = 0; t < count; t++) {
                colours.add(cells[t], votes[t]);
            }
            colours.fit();
            float[][] before = votes;
            float[][] after = new float[count][];
            FrameWorkers.each(count, "finding the object", Progress.NONE, t -> {
                Spread spread = Spread.of(before[t], clip.size().width());
                float[] vote = new float[area];
                for (int i = 0; i < area; i++) {
                    float motion = Math.max(-2.5f, Math.min(3, 8 * (seeds[t][i] - TURN)));
                    float colour = Math.max(-2.5f, Math.min(2.5f, colours.evidence(cells[t][i])));
                    float place = spread.evidence(i % clip.size().width(), i / clip.size().width());
                    vote[i] = (float) (1 / (1 + Math.exp(-(motion + colour + place))));
                }
                GuidedFilter filter = new GuidedFilter(clip.size(), clip.rgb()[t], 6, 1e-3);
                float[] smooth = filter.filter(vote);
                for (int i = 0; i < area; i++) {
                    smooth[i] = Math.max(0, Math.min(1, smooth[i]));
                }
                after[t] = smooth;
            });
            votes = TrackSmoothing.along(clip, after, 3);
            progress.report("finding the object", (round + 1.0) / VOTES);
        }
        return votes;
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
