package org.stablevideo.motion;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;

/**
 * How far a picture has anything around a pixel by which motion can be seen. An even sky has nothing: flow there only smooths over what is known around it, agrees with
 * itself on the way back all the same, and must not be taken for motion of its own.
 */
final class Grain {

    /** Pixels around one that are asked. */
    private static final int REACH = 8;

    /** Root mean square gradient in grey levels a pixel up to which there is nothing but noise, and from which on motion can be seen. */
    private static final float NONE = 0.5f;

    private static final float ENOUGH = 0.9f;

    private Grain() {
    }

    /**
     * Measures.
     *
     * @param rgb the picture, R G B interleaved
     * @return in [0, 1], one a pixel
     */
    static float[] of(FrameSize size, byte[] rgb) {
        try (Mats mats = new Mats()) {
            Mat gray = mats.empty();
            Imgproc.cvtColor(mats.rgb(size, rgb), gray, Imgproc.COLOR_RGB2GRAY);
            Mat across = mats.empty();
            Mat down = mats.empty();
            Imgproc.Sobel(gray, across, CvType.CV_32F, 1, 0, 1, 0.5);
            Imgproc.Sobel(gray, down, CvType.CV_32F, 0, 1, 1, 0.5);
            Core.multiply(across, across, across);
            Core.multiply(down, down, down);
            Core.add(across, down, across);
            Imgproc.blur(across, across, new Size(2 * REACH + 1, 2 * REACH + 1));
            float[] grain = Mats.floats(across);
            for (int i = 0; i < grain.length; i++) {
                grain[i] = Math.max(0, Math.min(1, ((float) Math.sqrt(grain[i]) - NONE) / (ENOUGH - NONE)));
            }
            return grain;
        }
    }
}
