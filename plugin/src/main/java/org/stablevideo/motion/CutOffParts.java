package org.stablevideo.motion;

import java.util.Arrays;
import java.util.SortedMap;
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

    private CutOffParts() {}

    /**
     * Clears whatever is neither a part of the marked thing, nor the thing come out again ({@link PersistentObject#keepMarked}), nor cut off from it.
     *
     * @param maps probability that a pixel is the thing's, one map a coarse frame; overwritten
     * @param marks share of each pixel that is marked, in [0, 1], in some frames
     * @param cells colours of every frame ({@link ColourModel#cells})
     */
    static void keepMarked(CoarseClip clip, float[][] maps, SortedMap<Integer, float[]> marks, short[][] cells) {
        float[][] all = Arrays.stream(maps).map(float[]::clone).toArray(float[][]::new);
        PersistentObject.keepMarked(clip, maps, marks, PART, cells);
        int reach = Math.max(LEAST, longerSide(clip, Stream.concat(Arrays.stream(maps), marks.values().stream())) / AWAY);
        for (int at : marks.keySet()) {
            IntStream.of(-1, 1).parallel().forEach(way -> {
                for (int t = at + way; t >= 0 && t < clip.count() && !marks.containsKey(t); t += way) {
                    add(clip, around(clip, TrackSmoothing.carried(maps[t - way], clip.step(t, -way)), reach), all[t], maps[t]);
                }
            });
        }
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
    private static void add(CoarseClip clip, byte[] near, float[] all, float... kept) {
        MapRegions regions = MapRegions.of(clip.size(), all, PART);
        int[] inside = regions.count(i -> near[i] > 0);
        for (int i = 0; i < all.length; i++) {
            int region = regions.at(i);
            if (region >= 0 && inside[region] > NEAR * regions.area(region)) {
                kept[i] = all[i];
            }
        }
    }
}
