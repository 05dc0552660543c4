package org.stablevideo.motion;

import java.util.function.IntPredicate;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;

/**
 * Closes small holes in a matte and drops small islands beside it: a window that mirrors the street for a few frames is a part of the car all
 * the same, a scrap of its shadow is not.
 */
final class SmallParts {

    /** Largest hole and largest island, as shares of the object. */
    private static final double LARGEST_HOLE = 0.03;

    private static final double LARGEST_ISLAND = 0.04;

    /** Values below which a pixel may belong to a hole; the second closes what shines through. */
    private static final float[] HOLES = {0.5f, 0.85f};

    /** Values from which a pixel may belong to an island; the second drops the soft rim that an island leaves. */
    private static final float[] ISLANDS = {0.5f, 0.1f};

    private SmallParts() {}

    /**
     * Drops islands, then fills holes.
     *
     * @param matte in [0, 1], overwritten
     */
    static void tidy(FrameSize size, float[] matte) {
        for (float level : ISLANDS) {
            overwrite(size, matte, i -> matte[i] >= level, LARGEST_ISLAND, false, 0);
        }
        for (float level : HOLES) {
            overwrite(size, matte, i -> matte[i] < level, LARGEST_HOLE, true, 1);
        }
    }

    /** Gives a value to the connected regions of the chosen pixels that are small beside the object, and enclosed where that is asked. */
    private static void overwrite(FrameSize size, float[] matte, IntPredicate chosen, double largest, boolean onlyEnclosed, float value) {
        int inside = 0;
        byte[] open = new byte[matte.length];
        for (int i = 0; i < matte.length; i++) {
            open[i] = (byte) (chosen.test(i) ? 1 : 0);
            inside += matte[i] >= 0.5f ? 1 : 0;
        }
        try (Mats mats = new Mats()) {
            Mat labelled = mats.empty();
            Mat figures = mats.empty();
            int count = Imgproc.connectedComponentsWithStats(mats.gray(size, open), labelled, figures, mats.empty(), 4, CvType.CV_32S);
            boolean[] small = new boolean[count];
            for (int k = 1; k < count; k++) {
                small[k] = figures.get(k, Imgproc.CC_STAT_AREA)[0] <= largest * inside && (!onlyEnclosed || isEnclosed(size, figures, k));
            }
            int[] labels = new int[matte.length];
            labelled.get(0, 0, labels);
            for (int i = 0; i < matte.length; i++) {
                if (open[i] != 0 && small[labels[i]]) {
                    matte[i] = value;
                }
            }
        }
    }

    private static boolean isEnclosed(FrameSize size, Mat figures, int region) {
        double left = figures.get(region, Imgproc.CC_STAT_LEFT)[0];
        double top = figures.get(region, Imgproc.CC_STAT_TOP)[0];
        return left > 0 && top > 0 && left + figures.get(region, Imgproc.CC_STAT_WIDTH)[0] < size.width()
                && top + figures.get(region, Imgproc.CC_STAT_HEIGHT)[0] < size.height();
    }
}
