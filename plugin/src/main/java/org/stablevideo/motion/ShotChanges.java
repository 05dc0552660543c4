package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.progress.Progress;

/**
 * Finds where a clip jumps from one shot to another: the motion between two frames explains almost nothing of either, and the colours of their parts
 * differ far more than those of the frames around them. Two shots of one room have the same colours, but not in the same places.
 */
public final class ShotChanges {

    /** Most of the picture, on average, that the flow may explain across a cut. */
    private static final double EXPLAINED = 0.4;

    /** Least distance of the colour histograms across a cut, the mean of the picture's parts, in [0, 1] (Bhattacharyya). */
    private static final double DISTANCE = 0.08;

    /** How many times farther apart the colours are across a cut than between the frames next to it. */
    private static final double STANDS_OUT = 3;

    /** Most frames that are unlike both the frame before and the one after, and yet are a jump each: more are a fast pan. */
    private static final int JUMPS = 2;

    /** Most frames of a flash, after which the shot goes on. */
    private static final int FLASH = 2;

    /** Contrast of one picture in that of another below which the one is flat, and no motion can be seen between them. */
    private static final double FLAT = 0.1;

    /** Long side at which a clip is looked at before it is analysed. */
    private static final int GLANCE = 256;

    /** Parts of a picture across and down whose colours are counted. */
    private static final int PARTS = 4;

    private static final int LEVELS = 8;

    private final SolveFrames frames;
    private final IntFunction<FlowPair> flow;
    private final double[] jumps;

    private ShotChanges(SolveFrames frames, IntFunction<FlowPair> flow) {
        this.frames = frames;
        this.flow = flow;
        this.jumps = jumps(frames);
    }

    /**
     * Finds the shots of a clip at a glance: its pictures made small, motion only where their colours jump.
     *
     * @return the first frame of every shot, ascending from 0
     */
    public static List<Integer> starts(Clip clip, Progress progress) {
        FrameSize size = clip.size();
        double scale = Math.min(1, (double) GLANCE / size.longSide());
        FrameSize small = new FrameSize((int) Math.max(1, Math.round(scale * size.width())), (int) Math.max(1, Math.round(scale * size.height())));
        try (SolveFrames frames = SolveFrames.of(clip, small, progress)) {
            List<Integer> starts = new ArrayList<>(List.of(0));
            starts.addAll(new ShotChanges(frames, t -> ClipFlow.pair(frames, t, t + 1)).find());
            return starts;
        }
    }

    /**
     * Finds the cuts of a clip whose motion is known.
     *
     * @return the first frame of every shot but the first, ascending
     */
    public static List<Integer> find(SolveFrames frames, ClipFlow flow) {
        return new ShotChanges(frames, t -> new FlowPair(flow.forward(t), flow.backward(t))).find();
    }

    private List<Integer> find() {
        List<Integer> cuts = new ArrayList<>();
        for (int t = 0; t < jumps.length; t++) {
            int from = t;
            while (t < jumps.length && isSudden(t)) {
                t++;
            }
            double around = Math.max(jump(from - 1), jump(t));
            if (t - from <= JUMPS && IntStream.range(from, t).allMatch(k -> jumps[k] > STANDS_OUT * around)) {
                IntStream.range(from, t).forEach(k -> cuts.add(k + 1));
            }
        }
        dropFlashes(cuts);
        return cuts;
    }

    private boolean isSudden(int t) {
        return jumps[t] > DISTANCE && (isFlatBeside(frames.frame(t), frames.frame(t + 1)) || explained(flow.apply(t)) < EXPLAINED);
    }

    private double jump(int t) {
        return t >= 0 && t < jumps.length ? jumps[t] : 0;
    }

    /** A shot goes on after a frame or two of light: what is before it is seen again. */
    private void dropFlashes(List<Integer> cuts) {
        for (int k = 0; k + 1 < cuts.size(); ) {
            int from = cuts.get(k);
            int to = cuts.get(k + 1);
            if (to - from <= FLASH && explained(ClipFlow.pair(frames, from - 1, to)) >= EXPLAINED) {
                cuts.subList(k, k + 2).clear();
            } else {
                k++;
            }
        }
    }

    private static boolean isFlatBeside(Picture a, Picture b) {
        double one = a.contrast();
        double other = b.contrast();
        return Math.min(one, other) < FLAT * Math.max(one, other);
    }

    /** Mean confidence of the flow across a pair, both ways, in [0, 1]. */
    private static double explained(FlowPair pair) {
        return (mean(pair.forward()) + mean(pair.backward())) / 2;
    }

    private static double mean(FlowField field) {
        long sum = 0;
        for (byte sure : field.confidence()) {
            sum += sure & 255;
        }
        return sum / (255.0 * field.confidence().length);
    }

    /** How far apart the colours of neighbouring frames are. */
    private static double[] jumps(SolveFrames frames) {
        double[] jumps = new double[Math.max(0, frames.count() - 1)];
        double[][] before = histograms(frames.frame(0));
        for (int t = 0; t < jumps.length; t++) {
            double[][] after = histograms(frames.frame(t + 1));
            jumps[t] = distance(before, after);
            before = after;
        }
        return jumps;
    }

    /** For each part of a picture, how many of its pixels have each colour. */
    private static double[][] histograms(Picture picture) {
        double[][] counts = new double[PARTS * PARTS][LEVELS * LEVELS * LEVELS];
        byte[] rgb = picture.rgb();
        int w = picture.width();
        int h = picture.height();
        for (int y = 0, i = 0; y < h; y++) {
            for (int x = 0; x < w; x++, i += 3) {
                int cell = ((rgb[i] & 255) * LEVELS / 256 * LEVELS + (rgb[i + 1] & 255) * LEVELS / 256) * LEVELS + (rgb[i + 2] & 255) * LEVELS / 256;
                counts[y * PARTS / h * PARTS + x * PARTS / w][cell]++;
            }
        }
        return counts;
    }

    /** Mean over the parts of 1 − Σ √(p·q): 0 for equal histograms, 1 for those that share no colour. */
    private static double distance(double[][] a, double[][] b) {
        double sum = 0;
        for (int part = 0; part < a.length; part++) {
            double common = 0;
            double pixels = 0;
            for (int i = 0; i < a[part].length; i++) {
                common += Math.sqrt(a[part][i] * b[part][i]);
                pixels += a[part][i];
            }
            sum += pixels == 0 ? 0 : 1 - common / pixels;
        }
        return sum / a.length;
    }
}
