package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

/**
 * Carries an object that somebody marked in one frame or in several ({@link ObjectMarks}) through the whole clip. From each of them outwards every frame's matte is
 * found from the one before: where the motion brings it, what colours the marked object has and its surroundings do not, and, where the marked thing moves on its
 * own, how it moves ({@link SeedChoice}: the most distinct reading, by the speed of what it shows, where that fits the marks better than any reading by itself,
 * else the one that fits best); the frame is then cut. Between two marked frames what comes from either counts the more the nearer it is. Twice, as the colours of
 * the whole clip say more than those of a few frames. What was carried, and found by its motion where that is the marked thing, is then looked at in the pictures
 * themselves ({@link SalientObject}).
 */
final class CarriedMarks {

    private static final Logger LOG = LoggerFactory.getLogger(CarriedMarks.class);

    private static final int PASSES = 2;
    private static final int MARK_ROUNDS = 3;

    /** Log odds that a pixel is the object's where the matte before is brought to with full confidence, and where it is nowhere near. */
    private static final float BROUGHT = 4;

    private static final float FAR = -3;

    /** Coarse pixels that an object may move otherwise than the flow says. */
    private static final int REACH = 10;

    /** Overlap of the moving things with the painting below which motion says nothing, and from which on it says all. */
    private static final double UNLIKE = 0.2;

    private static final double ALIKE = 0.5;

    /** Share of the fresh cut in a matte. */
    private static final float CUT = 0.5f;

    /** Share of the painted frame among the colours of all frames. */
    private static final double PAINTED = 0.3;

    /** Frames each way that a point is followed for its last vote. */
    private static final int VOTERS = 12;

    private final CoarseClip clip;

    /** Share of each pixel that is the object's, in the frames that are marked. */
    private final SortedMap<Integer, float[]> paint;

    private final short[][] cells;
    private float[][] evidence;

    /** What moves most distinctly, if that is the marked thing; else null. */
    private float[][] found;

    private CarriedMarks(CoarseClip clip, SortedMap<Integer, float[]> paint) {
        this.clip = clip;
        this.paint = paint;
        cells = ColourModel.cells(clip);
    }

    /**
     * Carries.
     *
     * @param marks the object in frames counted from the first of these; where it is painted it is kept as it is, where it is pointed at it is cut out
     * @return a matte a frame, at solve size
     */
    static List<Plane> carry(SolveFrames frames, ClipFlow flow, ObjectMarks marks, Progress progress) {
        if (frames.count() == 1) {
            return new ArrayList<>(List.of(still(frames, marks)));
        }
        CoarseClip clip = CoarseClip.of(frames, flow, progress.part(0, 0.05));
        MotionSeeds seeds = MotionSeeds.byFlow(clip, progress.part(0.05, 0.15));
        SeedChoice distinct = SeedChoice.distinct(clip, seeds, new Distinctness(clip), progress.part(0.15, 0.18)).get(0);
        SortedMap<Integer, float[]> paint = new TreeMap<>();
        marks.painted().forEach((t, plane) -> paint.put(t, reduce(plane, clip)));
        if (!marks.pointed().isEmpty()) {
            SortedMap<Integer, float[]> likely = new TreeMap<>(paint);
            marks.pointed().keySet().forEach(t -> likely.putIfAbsent(t, likely(marks.prior(t, clip.size()))));
            CarriedMarks marker = new CarriedMarks(clip, likely);
            marker.look(seeds, distinct, progress.part(0.18, 0.24));
            marks.pointed().keySet().forEach(t -> paint.computeIfAbsent(t, at -> {
                float[] prior = marks.prior(at, clip.size());
                return marked(clip, SalientObject.with(marker.withMotion(at, prior), frames, at, clip, likely(prior)), at);
            }));
        }
        CarriedMarks carrier = new CarriedMarks(clip, paint);
        carrier.look(seeds, distinct, progress.part(0.24, 0.3));
        List<Plane> mattes = carrier.mattes(frames, progress);
        marks.painted().forEach(mattes::set);
        return mattes;
    }

    private static Plane still(SolveFrames frames, ObjectMarks marks) {
        Plane painted = marks.painted().get(0);
        if (painted != null) {
            return painted;
        }
        CoarseClip still = new CoarseClip(frames.size(), 1, new byte[][] {frames.frame(0).rgb()}, new FlowField[0], new FlowField[0]);
        float[] whole = marks.prior(0, frames.size());
        return SoftEdges.refine(frames, 0, still, marked(still, SalientObject.with(whole, frames, 0, still, likely(whole)), 0));
    }

    private static float[] likely(float... prior) {
        float[] out = new float[prior.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = prior[i] > 0 ? 1 : 0;
        }
        return out;
    }

    /** What was marked, and what moves there as the mark's inside does. */
    private float[] withMotion(int at, float... prior) {
        float[] out = prior.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] += evidence[at][i];
        }
        return out;
    }

    /** Cuts the object out of the frame in which it was marked: its colours are learnt from what is likely, and say what else is. */
    private static float[] marked(CoarseClip clip, float[] odds, int at) {
        short[] cells = ColourModel.cells(clip.size(), clip.rgb()[at]);
        float[] inside = new float[odds.length];
        for (int i = 0; i < odds.length; i++) {
            inside[i] = MotionMattes.probability(odds[i]);
        }
        for (int round = 0; round < MARK_ROUNDS; round++) {
            ColourModel colours = new ColourModel();
            colours.add(cells, inside, 1);
            colours.fit();
            float[] vote = new float[odds.length];
            for (int i = 0; i < odds.length; i++) {
                vote[i] = MotionMattes.probability(odds[i] + MotionMattes.evidence(colours, cells[i]));
            }
            inside = new GuidedFilter(clip.size(), clip.rgb()[at], 4, 1e-3).filter(vote);
        }
        return FrameCut.cut(clip.size(), clip.rgb()[at], inside);
    }

    private List<Plane> mattes(SolveFrames frames, Progress progress) {
        float[][] maps = maps(progress.part(0.3, 0.6));
        float[][] around = withFound(maps, (carried, moving) -> 0.5 * (carried + moving));
        float[][] steady = SalientObject.around(frames, clip, around, SalientObject.EVERY_OF_MARKED, progress.part(0.6, 0.85))
                .confirm(clip, withFound(maps, Math::max));
        CutOffParts.keepMarked(clip, steady, paint, cells);
        float[][] agreed = TrackVote.along(clip, steady, VOTERS, progress.part(0.85, 0.9));
        Plane[] mattes = new Plane[clip.count()];
        FrameWorkers.each(clip.count(), "softening edges", progress.part(0.9, 1), t -> {
            SmallParts.fillHoles(clip.size(), agreed[t]);
            mattes[t] = SmallParts.dropIslands(SoftEdges.refine(frames, t, clip, agreed[t]));
        });
        return new ArrayList<>(Arrays.asList(mattes));
    }

    /**
     * What was carried together with what was found by motion, if that is the painted thing. Looks go around what both say is likely; but either loses parts that
     * something in front cuts off, so what either says is what pictures have to confirm.
     */
    private float[][] withFound(float[][] maps, DoubleBinaryOperator together) {
        float[][] both = Arrays.stream(maps).map(float[]::clone).toArray(float[][]::new);
        for (int t = 0; t < both.length && found != null; t++) {
            for (int i = 0; i < both[t].length; i++) {
                both[t][i] = (float) together.applyAsDouble(maps[t][i], found[t][i]);
            }
        }
        return both;
    }

    /** Finds out whether what is painted moves on its own. */
    private void look(MotionSeeds seeds, SeedChoice distinct, Progress progress) {
        SeedChoice fitting = SeedChoice.best(clip, seeds, progress.part(0, 0.5), this::overlap);
        boolean[][] none = new boolean[clip.count()][clip.size().area()];
        float[][] votes = MotionMattes.votes(clip, distinct, cells, none, this::keep, progress.part(0.5, 1));
        double fit = overlap(fitting.shares(), fitting.turn());
        double same = overlap(votes, MotionMattes.THING);
        LOG.debug("motion fits the painting by {}, what moves most distinctly by {}", fit, same);
        SeedChoice moving = same > fit ? distinct.bySpeedOf(clip, votes) : fitting;
        found = same > ALIKE ? votes : null;
        float trust = (float) Math.max(0, Math.min(1, (Math.max(fit, same) - UNLIKE) / (ALIKE - UNLIKE)));
        evidence = new float[clip.count()][clip.size().area()];
        for (int t = 0; t < evidence.length; t++) {
            for (int i = 0; i < evidence[t].length; i++) {
                evidence[t][i] = trust * MotionMattes.evidence(moving.shares()[t][i], moving.turn());
            }
        }
    }

    private void keep(float[][] maps, float[][] rank) {
        PersistentObject.keepMarked(clip, maps, paint, MotionMattes.THING, cells);
    }

    private double overlap(float[][] shares, float turn) {
        int both = 0;
        int any = 0;
        for (Map.Entry<Integer, float[]> mark : paint.entrySet()) {
            float[] share = shares[mark.getKey()];
            for (int i = 0; i < share.length; i++) {
                boolean a = share[i] > turn;
                boolean b = mark.getValue()[i] > 0.5f;
                both += a && b ? 1 : 0;
                any += a || b ? 1 : 0;
            }
        }
        return both / (double) Math.max(1, any);
    }

    private float[][] maps(Progress progress) {
        ColourModel colours = new ColourModel();
        paint.forEach((t, map) -> colours.add(cells[t], map, 1));
        colours.fit();
        float[][] maps = new float[0][];
        for (int pass = 0; pass < PASSES; pass++) {
            ColourModel known = pass == 0 ? colours : coloursOf(maps);
            Progress part = progress.part((double) pass / PASSES, (pass + 1.0) / PASSES);
            float[][][] ways = new float[2][][];
            IntStream.range(0, 2).parallel().forEach(way -> ways[way] = sweep(2 * way - 1, known, part));
            maps = together(ways[0], ways[1]);
        }
        return maps;
    }

    private ColourModel coloursOf(float[]... maps) {
        ColourModel colours = new ColourModel();
        boolean[] none = new boolean[clip.size().area()];
        for (int t = 0; t < maps.length; t++) {
            colours.add(cells[t], maps[t], none);
        }
        paint.forEach((t, map) -> colours.add(cells[t], map, PAINTED * clip.count() / paint.size()));
        colours.fit();
        return colours;
    }

    /** The mattes carried one way, each from the marked frame that comes before it; null before the first of those. */
    private float[][] sweep(int way, ColourModel colours, Progress progress) {
        int count = clip.count();
        float[][] maps = new float[count][];
        for (int k = 0; k < count; k++) {
            int t = way > 0 ? k : count - 1 - k;
            float[] mark = paint.get(t);
            if (mark != null || k > 0 && maps[t - way] != null) {
                maps[t] = mark != null ? mark : next(maps[t - way], t, way, colours);
            }
            progress.report("carrying the mask", k / (double) count);
        }
        return maps;
    }

    /** What comes from either side, by how near its mark is. */
    private float[][] together(float[][] back, float[][] on) {
        float[][] maps = new float[clip.count()][];
        for (int t = 0; t < maps.length; t++) {
            if (on[t] == null || back[t] == null || paint.containsKey(t)) {
                maps[t] = on[t] == null ? back[t] : on[t];
                continue;
            }
            int before = paint.headMap(t).lastKey();
            float share = (t - before) / (float) (paint.tailMap(t).firstKey() - before);
            maps[t] = new float[on[t].length];
            for (int i = 0; i < maps[t].length; i++) {
                maps[t][i] = on[t][i] + share * (back[t][i] - on[t][i]);
            }
        }
        return maps;
    }

    /** The matte of frame t from the one of frame t − way. */
    private float[] next(float[] before, int t, int way, ColourModel colours) {
        FlowField back = clip.step(t, -way);
        float[] carried = TrackSmoothing.carried(before, back);
        double sum = 0;
        for (float value : carried) {
            sum += value;
        }
        float[] around = blurred(carried);
        boolean lost = sum < 20;
        float[] vote = new float[carried.length];
        for (int i = 0; i < vote.length; i++) {
            float sure = (back.confidence()[i] & 255) / 255f;
            float place = lost ? FAR / 2 : around[i] < 1e-3f ? FAR : BROUGHT * (2 * carried[i] - 1) * (0.5f + 0.5f * sure);
            vote[i] = MotionMattes.probability(place + evidence[t][i] + MotionMattes.evidence(colours, cells[t][i]));
        }
        float[] smooth = new GuidedFilter(clip.size(), clip.rgb()[t], 4, 1e-3).filter(vote);
        float[] cut = FrameCut.cut(clip.size(), clip.rgb()[t], smooth);
        for (int i = 0; i < vote.length; i++) {
            vote[i] = Math.max(0, Math.min(1, (1 - CUT) * smooth[i] + CUT * cut[i]));
        }
        return vote;
    }

    private float[] blurred(float[] map) {
        try (Mats mats = new Mats()) {
            Mat out = mats.empty();
            Imgproc.blur(mats.plane(clip.size(), map), out, new Size(2 * REACH + 1, 2 * REACH + 1));
            return Mats.floats(out);
        }
    }

    private static float[] reduce(Plane painted, CoarseClip clip) {
        int w = clip.size().width();
        float[] map = new float[clip.size().area()];
        for (int i = 0; i < map.length; i++) {
            int x = Math.min(painted.size().width() - 1, i % w * clip.factor());
            int y = Math.min(painted.size().height() - 1, i / w * clip.factor());
            map[i] = (painted.values()[y * painted.size().width() + x] & 255) / 255f;
        }
        return map;
    }
}
