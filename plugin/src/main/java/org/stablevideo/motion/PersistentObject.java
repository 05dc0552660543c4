package org.stablevideo.motion;

import java.util.HashMap;
import java.util.Map;

/**
 * Keeps the largest thing that persists: connected regions of every frame are joined with those that they move onto in the next frame, and
 * the joined things are ranked by the motion that they gather over the clip.
 */
final class PersistentObject {

    /** Things at least this share of the best one are kept too: a body and its arm may be told apart. */
    private static final double COMPANION = 0.35;

    private PersistentObject() {}

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

    /** As above, of the best thing alone. */
    static void keepOne(CoarseClip clip, float[][] maps, float[][] seeds, float threshold) {
        keep(clip, maps, seeds, threshold, 1);
    }

    private static void keep(CoarseClip clip, float[][] maps, float[][] seeds, float threshold, double companion) {
        int w = clip.size().width();
        int h = clip.size().height();
        int[][] labels = new int[maps.length][];
        int[] first = new int[maps.length + 1];
        for (int t = 0; t < maps.length; t++) {
            MapRegions regions = MapRegions.of(clip.size(), maps[t], threshold);
            labels[t] = regions.labels();
            first[t + 1] = first[t] + regions.count();
        }
        int[] parent = new int[first[maps.length]];
        for (int i = 0; i < parent.length; i++) {
            parent[i] = i;
        }
        for (int t = 0; t + 1 < maps.length; t++) {
            join(clip, labels, first, parent, t);
        }
        double[] score = new double[parent.length];
        for (int t = 0; t < maps.length; t++) {
            for (int i = 0; i < w * h; i++) {
                if (labels[t][i] > 0) {
                    score[root(parent, first[t] + labels[t][i] - 1)] += maps[t][i] * (0.05 + seeds[t][i]);
                }
            }
        }
        double best = java.util.Arrays.stream(score).max().orElse(0);
        for (int t = 0; t < maps.length; t++) {
            for (int i = 0; i < w * h; i++) {
                boolean kept = labels[t][i] > 0 && score[root(parent, first[t] + labels[t][i] - 1)] >= companion * best;
                if (!kept) {
                    maps[t][i] = Math.min(maps[t][i], labels[t][i] > 0 ? 0 : 0.5f * threshold);
                }
            }
        }
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
