package org.stablevideo.motion;

import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;

/** Cuts the object out of one frame by GrabCut (Rother et al. 2004), started from a probability. */
final class FrameCut {

    private static final float SURE = 0.85f;
    private static final float NEVER = 0.2f;
    private static final int ITERATIONS = 2;
    private static final int FEWEST = 20;

    private FrameCut() {}

    /**
     * Cuts.
     *
     * @param rgb the frame
     * @param probability of the object, a pixel
     * @return 1 inside, 0 outside; the thresholded probability where too little is sure to learn colours from
     */
    static float[] cut(FrameSize size, byte[] rgb, float[] probability) {
        byte[] labels = new byte[size.area()];
        byte[] likely = new byte[size.area()];
        int inside = 0;
        for (int i = 0; i < labels.length; i++) {
            likely[i] = (byte) (probability[i] > 0.5f ? 1 : 0);
            inside += likely[i];
        }
        try (Mats mats = new Mats()) {
            if (inside >= FEWEST && inside <= labels.length - FEWEST) {
                byte[] core = morph(mats, size, likely, 5, true);
                byte[] near = morph(mats, size, likely, 15, false);
                for (int i = 0; i < labels.length; i++) {
                    if (core[i] != 0 && probability[i] > SURE) {
                        labels[i] = Imgproc.GC_FGD;
                    } else if (near[i] == 0 || probability[i] < NEVER) {
                        labels[i] = Imgproc.GC_BGD;
                    } else {
                        labels[i] = (byte) (likely[i] != 0 ? Imgproc.GC_PR_FGD : Imgproc.GC_PR_BGD);
                    }
                }
                Mat mask = mats.gray(size, labels);
                // its k-means draws from the thread's generator: the same draw for the same frame, whichever thread cuts it
                Core.setRNGSeed(0);
                Imgproc.grabCut(mats.rgb(size, rgb), mask, new Rect(), mats.empty(), mats.empty(), ITERATIONS, Imgproc.GC_INIT_WITH_MASK);
                mask.get(0, 0, labels);
                for (int i = 0; i < labels.length; i++) {
                    likely[i] = (byte) (labels[i] & 1);
                }
            }
            float[] result = new float[labels.length];
            for (int i = 0; i < labels.length; i++) {
                result[i] = likely[i];
            }
            return result;
        }
    }

    private static byte[] morph(Mats mats, FrameSize size, byte[] mask, int side, boolean erode) {
        Mat element = mats.keep(Imgproc.getStructuringElement(Imgproc.MORPH_ELLIPSE, new Size(side, side)));
        Mat out = mats.empty();
        if (erode) {
            Imgproc.erode(mats.gray(size, mask), out, element, new org.opencv.core.Point(-1, -1), 1, Core.BORDER_CONSTANT,
                    new Scalar(255));
        } else {
            Imgproc.dilate(mats.gray(size, mask), out, element);
        }
        return Mats.bytes(out);
    }
}
