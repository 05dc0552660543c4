package org.stablevideo.motion;

import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;

/** Closes small holes in a matte: a window that mirrors the street for a few frames is a part of the car all the same. */
final class SmallHoles {

    /** Largest hole, as a share of the object. */
    private static final double LARGEST = 0.03;

    /** Values below which a pixel may belong to a hole; the second closes what shines through. */
    private static final float[] LEVELS = {0.5f, 0.85f};

    private SmallHoles() {}

    /**
     * Fills what the object encloses.
     *
     * @param matte in [0, 1], overwritten
     */
    static void fill(FrameSize size, float[] matte) {
        for (float level : LEVELS) {
            int inside = 0;
            byte[] open = new byte[matte.length];
            for (int i = 0; i < matte.length; i++) {
                open[i] = (byte) (matte[i] < level ? 1 : 0);
                inside += matte[i] >= 0.5f ? 1 : 0;
            }
            try (Mats mats = new Mats()) {
                Mat labelled = mats.empty();
                Mat figures = mats.empty();
                int count = Imgproc.connectedComponentsWithStats(mats.gray(size, open), labelled, figures, mats.empty(), 4, CvType.CV_32S);
                boolean[] hole = new boolean[count];
                for (int k = 1; k < count; k++) {
                    double left = figures.get(k, Imgproc.CC_STAT_LEFT)[0];
                    double top = figures.get(k, Imgproc.CC_STAT_TOP)[0];
                    boolean enclosed = left > 0 && top > 0 && left + figures.get(k, Imgproc.CC_STAT_WIDTH)[0] < size.width()
                            && top + figures.get(k, Imgproc.CC_STAT_HEIGHT)[0] < size.height();
                    hole[k] = enclosed && figures.get(k, Imgproc.CC_STAT_AREA)[0] <= LARGEST * inside;
                }
                int[] labels = new int[matte.length];
                labelled.get(0, 0, labels);
                for (int i = 0; i < matte.length; i++) {
                    if (open[i] != 0 && hole[labels[i]]) {
                        matte[i] = 1;
                    }
                }
            }
        }
    }
}
