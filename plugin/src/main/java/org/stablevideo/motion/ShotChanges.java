package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.progress.Progress;

/**
 * Finds where a clip jumps from one shot to another: the motion between two frames explains almost nothing of either, and their colours
 * differ far more than those of the frames around them.
 */
public final class ShotChanges {

    /** Most of the picture, on average, that the flow may explain across a cut. */
    private static final double EXPLAINED = 0.4;

    /** Least distance of the colour histograms across a cut, in [0, 1] (Bhattacharyya). */
    private static final double DISTANCE = 0.08;

    /** How many times farther apart the colours are across a cut than between the frames next to it. */
    private static final double STANDS_OUT = 3;

    private static final int LEVELS = 8;
    private static final int STRIDE = 3;

    private ShotChanges() {}

    /** Long side at which a clip is looked at before it is analysed. */
    private static final int GLANCE = 256;

    /** Fewest frames of a shot; what is shorter stays with the shot before it. */
    private static final int SHORTEST = 3;

    /**
     * Finds the cuts of a clip at a glance: its pictures made small, motion only where their colours jump.
     *
     * @return the first frame of every shot but the first, ascending
     */
    public static List<Integer> find(Clip clip, Progress progress) {
        FrameSize size = clip.size();
        double scale = Math.min(1, (double) GLANCE / size.longSide());
        FrameSize small = new FrameSize((int) Math.max(1, Math.round(scale * size.width())), (int) Math.max(1, Math.round(scale * size.height())));
        try (SolveFrames frames = SolveFrames.of(clip, small, progress)) {
            return find(frames, t -> ClipFlow.pair(frames, t, t + 1));
        }
    }

    /**
     * Finds the cuts of a clip whose motion is known.
     *
     * @return the first frame of every shot but the first, ascending
     */
    public static List<Integer> find(SolveFrames frames, ClipFlow flow) {
        return find(frames, t -> new FlowPair(flow.forward(t), flow.backward(t)));
    }

    private static List<Integer> find(SolveFrames frames, IntFunction<FlowPair> flow) {
        double[][] colours = new double[frames.count()][];
        for (int t = 0; t < colours.length; t++) {
            colours[t] = histogram(frames.frame(t).rgb());
        }
        double[] jump = new double[Math.max(0, colours.length - 1)];
        for (int t = 0; t < jump.length; t++) {
            jump[t] = distance(colours[t], colours[t + 1]);
        }
        List<Integer> cuts = new ArrayList<>();
        int shot = 0;
        for (int t = 0; t < jump.length; t++) {
            double around = Math.max(t > 0 ? jump[t - 1] : 0, t + 1 < jump.length ? jump[t + 1] : 0);
            boolean longEnough = t + 1 - shot >= SHORTEST && colours.length - t - 1 >= SHORTEST;
            if (longEnough && jump[t] > DISTANCE && jump[t] > STANDS_OUT * around && explained(flow.apply(t)) < EXPLAINED) {
                cuts.add(t + 1);
                shot = t + 1;
            }
        }
        return cuts;
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

    private static double[] histogram(byte[] rgb) {
        double[] counts = new double[LEVELS * LEVELS * LEVELS];
        int seen = 0;
        for (int i = 0; i + 2 < rgb.length; i += 3 * STRIDE) {
            int cell = ((rgb[i] & 255) * LEVELS / 256 * LEVELS + (rgb[i + 1] & 255) * LEVELS / 256) * LEVELS + (rgb[i + 2] & 255) * LEVELS / 256;
            counts[cell]++;
            seen++;
        }
        for (int i = 0; i < counts.length; i++) {
            counts[i] /= seen;
        }
        return counts;
    }

    /** 1 − Σ √(p·q): 0 for equal histograms, 1 for those that share no colour. */
    private static double distance(double[] a, double[] b) {
        double common = 0;
        for (int i = 0; i < a.length; i++) {
            common += Math.sqrt(a[i] * b[i]);
        }
        return Math.max(0, 1 - common);
    }
}
