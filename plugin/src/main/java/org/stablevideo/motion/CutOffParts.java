package org.stablevideo.motion;

import java.util.Arrays;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * Parts of a thing that something in front cuts off: a dog's head when its body goes behind a trunk. No track joins them to the thing, but they lie about where it
 * was in the frame before.
 */
final class CutOffParts {

    /** Probability from which on a pixel is of a part. */
    private static final float PART = 0.4f;

    /** A part is as far off as this share of the longest side that the thing shows in any frame at most: one in so many. */
    private static final int AWAY = 4;

    /** Coarse pixels that a part of a small thing may be off. */
    private static final int LEAST = 10;

    /** Share of a part that must be that near. */
    private static final double NEAR = 0.2;

    /** Share of a part that has the thing's colours. */
    private static final double ALIKE = 0.5;

    private CutOffParts() {}

    /**
     * Clears whatever is neither a part of the marked thing, nor the thing come out again ({@link PersistentObject#keepMarked}), nor cut off from it.
     *
     * @param maps probability that a pixel is the thing's, one map a coarse frame; overwritten
     * @param marks share of each pixel that is marked, in [0, 1], in some frames
     * @param cells colours of every frame ({@link ColourModel#cells})
     */
    static void keepMarked(CoarseClip clip, float[][] maps, Map<Integer, float[]> marks, short[][] cells) {
        float[][] all = Arrays.stream(maps).map(float[]::clone).toArray(float[][]::new);
        PersistentObject.keepMarked(clip, maps, marks, PART, cells);
        add(clip, all, maps, cells, Stream.concat(Arrays.stream(maps), marks.values().stream()), t -> !marks.containsKey(t));
    }

    /**
     * Clears whatever is neither of the best thing ({@link PersistentObject#keepAndFindAgain}) nor cut off from it.
     *
     * @param maps probability that a pixel is the thing's, one map a coarse frame; overwritten
     * @param rank motion that tells the thing from others
     * @param threshold probability from which a pixel is a thing's
     * @param cells colours of every frame ({@link ColourModel#cells})
     */
    static void keep(CoarseClip clip, float[][] maps, float[][] rank, float threshold, short[][] cells) {
        float[][] all = Arrays.stream(maps).map(float[]::clone).toArray(float[][]::new);
        PersistentObject.keepAndFindAgain(clip, maps, rank, threshold, cells);
        add(clip, all, maps, cells, Arrays.stream(maps), t -> true);
    }

    /**
     * Adds the parts of all that was found which lie near what is kept in the frame before, or after, look like it and are no larger than it ever is.
     *
     * @param shown maps that show the thing
     */
    private static void add(CoarseClip clip, float[][] all, float[][] maps, short[][] cells, Stream<float[]> shown, IntPredicate open) {
        ColourModel colours = new ColourModel();
        for (int t = 0; t < maps.length; t++) {
            colours.add(cells[t], maps[t], 1);
        }
        colours.fit();
        int largest = Arrays.stream(maps).mapToInt(CutOffParts::area).max().orElse(0);
        int reach = Math.max(LEAST, longerSide(clip, shown) / AWAY);
        for (int way = 1; way >= -1; way -= 2) {
            for (int t = way > 0 ? 1 : clip.count() - 2; t >= 0 && t < clip.count(); t += way) {
                if (open.test(t)) {
                    short[] own = cells[t];
                    byte[] near = around(clip, TrackSmoothing.carried(maps[t - way], clip.step(t, -way)), reach);
                    add(clip, near, i -> colours.evidence(own[i]) > 0, largest, all[t], maps[t]);
                }
            }
        }
    }

    private static int area(float... map) {
        int pixels = 0;
        for (float value : map) {
            pixels += value > PART ? 1 : 0;
        }
        return pixels;
    }

    /** The longer side of the box around a thing in the map that has the largest; 0 where none shows it. */
    private static int longerSide(CoarseClip clip, Stream<float[]> maps) {
        return maps.filter(map -> IntStream.range(0, map.length).anyMatch(i -> map[i] > MotionMattes.THING))
                .map(map -> SalientObject.box(map, clip.size().width(), clip.size().height()))
                .mapToInt(box -> Math.max(box.width, box.height))
                .max()
                .orElse(0);
    }

    /** 1 where a map shows something so near, else 0. */
    private static byte[] around(CoarseClip clip, float[] map, int reach) {
        byte[] mask = new byte[map.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) (map[i] > PART ? 1 : 0);
        }
        try (Mats mats = new Mats()) {
            Mat wide = mats.empty();
            Mat shape = mats.keep(Imgproc.getStructuringElement(Imgproc.MORPH_RECT, new Size(2 * reach + 1, 2 * reach + 1)));
            Imgproc.dilate(mats.gray(clip.size(), mask), wide, shape);
            return Mats.bytes(wide);
        }
    }

    /** Adds the regions of a map that are near enough. */
    private static void add(CoarseClip clip, byte[] near, IntPredicate alike, int largest, float[] all, float... kept) {
        MapRegions regions = MapRegions.of(clip.size(), all, PART);
        int[] inside = regions.count(i -> near[i] > 0);
        int[] same = regions.count(alike);
        for (int i = 0; i < all.length; i++) {
            int region = regions.at(i);
            if (region >= 0 && inside[region] > NEAR * regions.area(region) && same[region] > ALIKE * regions.area(region) && regions.area(region) <= largest) {
                kept[i] = all[i];
            }
        }
    }
}
