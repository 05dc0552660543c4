package org.stablevideo.motion;

import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;

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

    private static final int HALF = 128;

    /** Pixels around an island and around what stays in which a soft pixel belongs to them; the latter goes first. */
    private static final int ISLAND_RIM = 7;

    private static final int OBJECT_RIM = 3;

    private SmallParts() {}

    /**
     * Fills what the object encloses.
     *
     * @param matte in [0, 1], overwritten
     */
    static void fillHoles(FrameSize size, float[] matte) {
        for (float level : HOLES) {
            int inside = 0;
            byte[] open = new byte[matte.length];
            for (int i = 0; i < matte.length; i++) {
                open[i] = (byte) (matte[i] < level ? 1 : 0);
                inside += matte[i] >= 0.5f ? 1 : 0;
            }
            try (Mats mats = new Mats()) {
                boolean[] holes = small(size, open, LARGEST_HOLE * inside, true, mats);
                for (int i = 0; i < matte.length; i++) {
                    matte[i] = holes[i] ? 1 : matte[i];
                }
            }
        }
    }

    /** The matte without the islands whose cores lie apart from the object, without their soft rims, and without faint specks that have no core. */
    static Plane dropIslands(Plane matte) {
        FrameSize size = matte.size();
        int inside = 0;
        byte[] solid = new byte[size.area()];
        for (int i = 0; i < solid.length; i++) {
            solid[i] = (byte) ((matte.values()[i] & 255) >= HALF ? 1 : 0);
            inside += solid[i];
        }
        try (Mats mats = new Mats()) {
            boolean[] islands = small(size, solid, LARGEST_ISLAND * inside, false, mats);
            byte[] dropped = new byte[solid.length];
            for (int i = 0; i < solid.length; i++) {
                dropped[i] = (byte) (islands[i] ? 1 : 0);
                solid[i] -= dropped[i];
            }
            byte[] near = around(size, dropped, ISLAND_RIM, mats);
            byte[] kept = around(size, solid, OBJECT_RIM, mats);
            byte[] values = matte.values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = near[i] != 0 && kept[i] == 0 ? 0 : values[i];
            }
            dropSpecks(size, values, solid, mats);
            return new Plane(size, values);
        }
    }

    /** Clears connected regions that hold no solid pixel. */
    private static void dropSpecks(FrameSize size, byte[] values, byte[] solid, Mats mats) {
        byte[] any = new byte[values.length];
        for (int i = 0; i < any.length; i++) {
            any[i] = (byte) (values[i] != 0 ? 1 : 0);
        }
        Mat labelled = mats.empty();
        boolean[] held = new boolean[Imgproc.connectedComponents(mats.gray(size, any), labelled, 8, CvType.CV_32S)];
        int[] labels = new int[any.length];
        labelled.get(0, 0, labels);
        for (int i = 0; i < any.length; i++) {
            held[labels[i]] |= solid[i] != 0;
        }
        for (int i = 0; i < any.length; i++) {
            values[i] = held[labels[i]] ? values[i] : 0;
        }
    }

    private static byte[] around(FrameSize size, byte[] mask, int reach, Mats mats) {
        Mat wide = mats.empty();
        Mat shape = mats.keep(Imgproc.getStructuringElement(Imgproc.MORPH_ELLIPSE, new Size(2 * reach + 1, 2 * reach + 1)));
        Imgproc.dilate(mats.gray(size, mask), wide, shape);
        return Mats.bytes(wide);
    }

    /** The chosen pixels whose connected region is small, and does not touch the frame's border where that is asked. */
    private static boolean[] small(FrameSize size, byte[] chosen, double largest, boolean onlyEnclosed, Mats mats) {
        Mat labelled = mats.empty();
        Mat figures = mats.empty();
        int count = Imgproc.connectedComponentsWithStats(mats.gray(size, chosen), labelled, figures, mats.empty(), 4, CvType.CV_32S);
        boolean[] small = new boolean[count];
        for (int k = 1; k < count; k++) {
            small[k] = figures.get(k, Imgproc.CC_STAT_AREA)[0] <= largest && (!onlyEnclosed || isEnclosed(size, figures, k));
        }
        int[] labels = new int[chosen.length];
        labelled.get(0, 0, labels);
        boolean[] result = new boolean[chosen.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = chosen[i] != 0 && small[labels[i]];
        }
        return result;
    }

    private static boolean isEnclosed(FrameSize size, Mat figures, int region) {
        double left = figures.get(region, Imgproc.CC_STAT_LEFT)[0];
        double top = figures.get(region, Imgproc.CC_STAT_TOP)[0];
        return left > 0 && top > 0 && left + figures.get(region, Imgproc.CC_STAT_WIDTH)[0] < size.width()
                && top + figures.get(region, Imgproc.CC_STAT_HEIGHT)[0] < size.height();
    }
}
