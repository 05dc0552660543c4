package org.stablevideo.motion;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Keeps the largest thing that persists: connected regions of every frame are joined with those that they move onto in the next frame, and
 * the joined things are ranked by the motion that they gather over the clip.
 *
 * <p>A thing that goes behind another one is found again where it comes out: what moves in the frames that do not show the best thing, and has its colours,
 * is taken for it.
 */
final class PersistentObject {

    /** Things at least this share of the best one are kept too: a body and its arm may be told apart. */
    private static final double COMPANION = 0.35;

    /** Share of its usual area below which a thing is lost in a frame. */
    private static final double LOST = 0.1;

    /** Part of what a thing gathers that it gathers while the best one is lost, if it is that one. */
    private static final double MEANWHILE = 0.6;

    /** Mean log odds of its colours from which on a thing looks like the best one. */
    private static final double ALIKE = 0;

    /** Frames in which a thing that comes out again is seen, at least. */
    private static final int SEEN = 4;

    /** Times its usual area that the best thing has at most where it comes out again. */
    private static final int LARGER = 4;

    /** Weight of a marked pixel: more than all that is not marked. */
    private static final float MARKED = 1e4f;

    private final CoarseClip clip;
    private final float[][] maps;
    private final float[][] seeds;
    private final int[][] things;
    private final int count;

    /** Joins the regions of maps. */
    private PersistentObject(CoarseClip clip, float[][] maps, float[][] seeds, float threshold) {
        this.clip = clip;
        this.maps = maps;
        this.seeds = seeds;
        things = new int[maps.length][];
        int[] first = new int[maps.length + 1];
        for (int t = 0; t < maps.length; t++) {
            MapRegions regions = MapRegions.of(clip.size(), maps[t], threshold);
            things[t] = regions.labels();
            first[t + 1] = first[t] + regions.count();
        }
        count = first[maps.length];
        int[] parent = new int[count];
        for (int i = 0; i < parent.length; i++) {
            parent[i] = i;
        }
        for (int t = 0; t + 1 < maps.length; t++) {
            join(clip, things, first, parent, t);
        }
        for (int t = 0; t < maps.length; t++) {
            for (int i = 0; i < things[t].length; i++) {
                things[t][i] = things[t][i] > 0 ? root(parent, first[t] + things[t][i] - 1) : -1;
            }
        }
    }

    /**
     * Clears whatever belongs to no persistent thing.
     *
     * @param maps object probability a coarse frame, overwritten with 0 outside the thing
     * @param seeds motion seeds that rank the things
     * @param threshold probability from which a pixel is a thing's
     */
    static void keep(CoarseClip clip, float[][] maps, float[][] seeds, float threshold) {
        keep(clip, maps, seeds, threshold, COMPANION);
    }

    /**
     * As above; the thing is found again where it was lost.
     *
     * @param cells colours of every frame ({@link ColourModel#cells})
     */
    static void keepAndFindAgain(CoarseClip clip, float[][] maps, float[][] seeds, float threshold, short[][] cells) {
        PersistentObject object = new PersistentObject(clip, maps, seeds, threshold);
        boolean[] kept = object.best(COMPANION);
        object.findAgain(kept, cells);
        object.clear(kept, threshold);
    }

    /**
     * As above, of the thing that marked pixels belong to.
     *
     * @param marks share of each pixel that is marked, in [0, 1], in some frames
     */
    static void keepMarked(CoarseClip clip, float[][] maps, Map<Integer, float[]> marks, float threshold, short[][] cells) {
        float[][] seeds = new float[maps.length][clip.size().area()];
        marks.forEach((t, mark) -> {
            for (int i = 0; i < mark.length; i++) {
                seeds[t][i] = MARKED * mark[i];
            }
        });
        keepAndFindAgain(clip, maps, seeds, threshold, cells);
    }

    /** Keeps the best thing alone. */
    static void keepOne(CoarseClip clip, float[][] maps, float[][] seeds, float threshold) {
        keep(clip, maps, seeds, threshold, 1);
    }

    private static void keep(CoarseClip clip, float[][] maps, float[][] seeds, float threshold, double companion) {
        PersistentObject object = new PersistentObject(clip, maps, seeds, threshold);
        object.clear(object.best(companion), threshold);
    }

    /** What every thing gathers in some of the frames. */
    private double[] score(IntPredicate frames) {
        double[] score = new double[count];
        for (int t = 0; t < maps.length; t++) {
            for (int i = 0; i < maps[t].length && frames.test(t); i++) {
                if (things[t][i] >= 0) {
                    score[things[t][i]] += maps[t][i] * (0.05 + seeds[t][i]);
                }
            }
        }
        return score;
    }

    private boolean[] best(double companion) {
        double[] score = score(t -> true);
        double best = Arrays.stream(score).max().orElse(0);
        boolean[] kept = new boolean[count];
        for (int thing = 0; thing < count; thing++) {
            kept[thing] = score[thing] >= companion * best;
        }
        return kept;
    }

    private void clear(boolean[] kept, float threshold) {
        for (int t = 0; t < maps.length; t++) {
            for (int i = 0; i < maps[t].length; i++) {
                int thing = things[t][i];
                if (thing < 0 || !kept[thing]) {
                    maps[t][i] = Math.min(maps[t][i], thing >= 0 ? 0 : 0.5f * threshold);
                }
            }
        }
    }

    private void findAgain(boolean[] kept, short[][] cells) {
        int[] area = area(kept);
        int[] shown = Arrays.stream(area).filter(pixels -> pixels > 0).sorted().toArray();
        int usual = shown.length == 0 ? 0 : shown[shown.length / 2];
        IntPredicate lost = t -> area[t] < LOST * usual;
        double[] meanwhile = score(lost);
        if (Arrays.stream(meanwhile).allMatch(score -> score == 0)) {
            return;
        }
        double[] always = score(t -> true);
        Look[] looks = looks(colours(kept, cells), cells);
        boolean[] alike = new boolean[count];
        for (int thing = 0; thing < count; thing++) {
            alike[thing] = !kept[thing] && meanwhile[thing] >= MEANWHILE * always[thing] && looks[thing].isOf(usual);
        }
        int from = 0;
        for (int t = 0; t <= area.length; t++) {
            if (t == area.length || !lost.test(t)) {
                if (t > from) {
                    keepBest(alike, from, t, kept);
                }
                from = t + 1;
            }
        }
    }

    /** Pixels of the kept things in every frame. */
    private int[] area(boolean[] kept) {
        int[] area = new int[maps.length];
        for (int t = 0; t < maps.length; t++) {
            for (int thing : things[t]) {
                area[t] += thing >= 0 && kept[thing] ? 1 : 0;
            }
        }
        return area;
    }

    /** Keeps the candidates that gather most in the frames from the first to before the end. */
    private void keepBest(boolean[] candidates, int first, int end, boolean[] kept) {
        double[] score = score(t -> t >= first && t < end);
        double best = IntStream.range(0, count).filter(thing -> candidates[thing]).mapToDouble(thing -> score[thing]).max().orElse(0);
        for (int thing = 0; thing < count && best > 0; thing++) {
            kept[thing] |= candidates[thing] && score[thing] >= COMPANION * best;
        }
    }

    /** What a thing looks like: its pixels, the frames that show it, and what its colours say for the best thing. */
    private static final class Look {
        private double evidence;
        private int pixels;
        private int frames;
        private int next;

        void add(int t, float said) {
            evidence += said;
            pixels++;
            frames += next <= t ? 1 : 0;
            next = t + 1;
        }

        boolean isOf(int usual) {
            return frames >= SEEN && pixels <= (long) LARGER * usual * frames && evidence >= ALIKE * pixels;
        }
    }

    private Look[] looks(ColourModel colours, short[][] cells) {
        Look[] looks = new Look[count];
        Arrays.setAll(looks, thing -> new Look());
        for (int t = 0; t < maps.length; t++) {
            for (int i = 0; i < maps[t].length; i++) {
                if (things[t][i] >= 0) {
                    looks[things[t][i]].add(t, MotionMattes.evidence(colours, cells[t][i]));
                }
            }
        }
        return looks;
    }

    private ColourModel colours(boolean[] kept, short[][] cells) {
        ColourModel colours = new ColourModel();
        for (int t = 0; t < maps.length; t++) {
            float[] own = new float[maps[t].length];
            for (int i = 0; i < own.length; i++) {
                own[i] = things[t][i] >= 0 && kept[things[t][i]] ? 1 : 0;
            }
            colours.add(cells[t], own, 1);
        }
        colours.fit();
        return colours;
    }

    private static void join(CoarseClip clip, int[][] labels, int[] first, int[] parent, int t) {
        int w = clip.size().width();
        int h = clip.size().height();
        Map<Long, Integer> overlap = new HashMap<>();
        int[] areaHere = new int[first[t + 1] - first[t] + 1];
        int[] areaThere = new int[first[t + 2] - first[t + 1] + 1];
        for (int i = 0; i < w * h; i++) {
            areaHere[labels[t][i]]++;
            areaThere[labels[t + 1][i]]++;
        }
        FlowField step = clip.forward()[t];
        for (int y = 0, i = 0; y < h; y++) {
            for (int x = 0; x < w; x++, i++) {
                if (labels[t][i] > 0) {
                    int tx = Math.max(0, Math.min(w - 1, Math.round(x + step.dx(x, y))));
                    int ty = Math.max(0, Math.min(h - 1, Math.round(y + step.dy(x, y))));
                    int there = labels[t + 1][ty * w + tx];
                    if (there > 0) {
                        overlap.merge(((long) labels[t][i] << 32) | there, 1, Integer::sum);
                    }
                }
            }
        }
        overlap.forEach((pair, pixels) -> {
            int here = (int) (pair >> 32);
            int there = (int) (long) pair;
            if (pixels > 0.3 * Math.min(areaHere[here], areaThere[there])) {
                parent[root(parent, first[t] + here - 1)] = root(parent, first[t + 1] + there - 1);
            }
        });
    }

    private static int root(int[] parent, int node) {
        int at = node;
        while (parent[at] != at) {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        return at;
    }
}
