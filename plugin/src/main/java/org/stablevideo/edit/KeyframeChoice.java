package org.stablevideo.edit;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.DenseMap;
import org.stablevideo.atlas.GridMap;
import org.stablevideo.atlas.Layer;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;

/**
 * Chooses the frames to be edited: together they show (nearly) every texel of the object that the clip shows, each overlaps those before it, and
 * large, sharp views come first. Greedy set cover over blocks of the texture.
 */
final class KeyframeChoice {

    private static final int MOST = 5;
    private static final int USUAL = 3;
    private static final int CANDIDATES = 48;
    private static final int REDUCTION = 4;
    private static final int BLOCKS = 64;
    private static final double ENOUGH = 0.97;
    private static final double LEAST_GAIN = 0.02;
    private static final double OVERLAP = 0.15;

    private final List<View> views = new ArrayList<>();
    private final double[] seen = new double[BLOCKS * BLOCKS];

    private record View(int frame, BitSet blocks, double quality) {}

    private KeyframeChoice() {}

    /**
     * Chooses.
     *
     * @param index the object's layer
     * @return frames in the order in which they are to be edited; empty when the object is nowhere to be seen
     */
    static List<Integer> of(Clip clip, Atlas atlas, int index) {
        return of(clip, atlas, index, OptionalInt.empty());
    }

    /**
     * Chooses what a frame leaves to be shown.
     *
     * @param given a frame whose look is known; not among the frames chosen, which may then be none
     */
    static List<Integer> of(Clip clip, Atlas atlas, int index, OptionalInt given) {
        KeyframeChoice choice = new KeyframeChoice();
        given.ifPresent(frame -> choice.look(clip, atlas, index, frame));
        boolean known = !choice.views.isEmpty();
        int count = atlas.frameCount();
        double step = Math.max(1, (double) count / CANDIDATES);
        for (int k = 0; k * step < count; k++) {
            choice.look(clip, atlas, index, (int) (k * step));
        }
        return choice.cover(known);
    }

    /** Whether the object is there at all: some pixel is at least half opaque. */
    static boolean shows(Plane matte) {
        for (byte value : matte.values()) {
            if ((value & 255) >= 128) {
                return true;
            }
        }
        return false;
    }

    private void look(Clip clip, Atlas atlas, int index, int frame) {
        Layer layer = atlas.layers().get(index);
        FrameSize solve = atlas.solveSize();
        FrameSize small = new FrameSize(Math.max(1, solve.width() / REDUCTION), Math.max(1, solve.height() / REDUCTION));
        DenseMap map = GridMap.dense(layer.mapping().get(frame), solve, small);
        byte[] matte = atlas.seen(index, frame).values();
        FrameSize texture = layer.texture().size();
        float[] luma = Canvas.of(clip.frame(frame).copy()).resized(small).luma();
        BitSet blocks = new BitSet();
        double area = 0;
        double sharpness = 0;
        for (int y = 0; y < small.height(); y++) {
            for (int x = 0; x < small.width(); x++) {
                int row = Math.min(solve.height() - 1, y * REDUCTION + REDUCTION / 2);
                int column = Math.min(solve.width() - 1, x * REDUCTION + REDUCTION / 2);
                if ((matte[row * solve.width() + column] & 255) < 128) {
                    continue;
                }
                int i = y * small.width() + x;
                area++;
                if (x > 0 && y > 0) {
                    sharpness += Math.abs(luma[i] - luma[i - 1]) + Math.abs(luma[i] - luma[i - small.width()]);
                }
                int bu = (int) (map.u()[i] * BLOCKS / texture.width());
                int bv = (int) (map.v()[i] * BLOCKS / texture.height());
                if (bu >= 0 && bv >= 0 && bu < BLOCKS && bv < BLOCKS) {
                    blocks.set(bv * BLOCKS + bu);
                }
            }
        }
        if (area >= 4) {
            views.add(new View(frame, blocks, Math.sqrt(area) * Math.sqrt(0.02 + sharpness / area)));
            blocks.stream().forEach(b -> seen[b]++);
        }
    }

    /** @param known whether the first view is to be had for nothing */
    private List<Integer> cover(boolean known) {
        List<Integer> chosen = new ArrayList<>();
        BitSet covered = new BitSet();
        double best = views.stream().mapToDouble(View::quality).max().orElse(1);
        BitSet all = new BitSet();
        views.forEach(view -> all.or(view.blocks));
        double total = worth(all);
        List<View> left = new ArrayList<>(views);
        if (known) {
            chosen.add(views.get(0).frame);
            covered.or(left.remove(0).blocks);
        }
        while (!left.isEmpty() && chosen.size() < MOST) {
            View next = null;
            double nextGain = -1;
            for (View view : left) {
                BitSet common = (BitSet) view.blocks.clone();
                common.and(covered);
                if (!chosen.isEmpty() && worth(common) < OVERLAP * worth(view.blocks)) {
                    continue;
                }
                double gain = (worth(view.blocks) - worth(common)) / total + 0.1 * distance(view.frame, chosen);
                gain *= view.quality / best;
                if (gain > nextGain) {
                    next = view;
                    nextGain = gain;
                }
            }
            if (next == null) {
                break;
            }
            BitSet fresh = (BitSet) next.blocks.clone();
            fresh.andNot(covered);
            boolean done = worth(covered) >= ENOUGH * total || worth(fresh) < LEAST_GAIN * total;
            if (done && (known || chosen.size() >= USUAL)) {
                break;
            }
            chosen.add(next.frame);
            covered.or(next.blocks);
            left.remove(next);
        }
        return known ? chosen.subList(1, chosen.size()) : chosen;
    }

    /** Blocks that many frames see are worth more: they are on screen longer. */
    private double worth(BitSet blocks) {
        return blocks.stream().mapToDouble(b -> seen[b]).sum();
    }

    /** Distance to the nearest chosen frame, as a share of the clip. */
    private double distance(int frame, List<Integer> chosen) {
        int span = Math.max(1, views.get(views.size() - 1).frame - views.get(0).frame);
        return chosen.stream().mapToDouble(c -> Math.abs(c - frame) / (double) span).min().orElse(0);
    }
}
