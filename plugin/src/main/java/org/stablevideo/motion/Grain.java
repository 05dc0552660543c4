package org.stablevideo.motion;

import java.util.Arrays;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * How exactly the flow can be known around every pixel of a picture: as the square of the gradients there, which is what its variance falls with. An even sky, smooth water
 * and asphalt show little; a compressed video copies them from frame to frame where they were, so that flow there says more of the encoder than of the scene.
 *
 * @param shares in [0, 1], one a coarse pixel; 1 for the quarter of the picture that shows the most
 * @param most root mean square gradient where that quarter begins, in grey levels a coarse pixel
 */
record Grain(float[] shares, float most) {

    /** Coarse pixels around one that are asked. */
    private static final int REACH = 8;

    /** Share of a frame's pixels that show less than what is thought to show all there is. */
    private static final double MOST = 0.75;

    /** Measures a frame. */
    static Grain of(CoarseClip clip, int t) {
        try (Mats mats = new Mats()) {
            Mat gray = clip.gray(t, mats);
            Mat across = mats.empty();
            Mat down = mats.empty();
            Imgproc.Sobel(gray, across, CvType.CV_32F, 1, 0, 1, 0.5);
            Imgproc.Sobel(gray, down, CvType.CV_32F, 0, 1, 1, 0.5);
            Core.multiply(across, across, across);
            Core.multiply(down, down, down);
            Core.add(across, down, across);
            Imgproc.blur(across, across, new Size(2 * REACH + 1, 2 * REACH + 1));
            float[] grain = Mats.floats(across);
            float[] sorted = grain.clone();
            Arrays.sort(sorted);
            float most = Math.max(1e-6f, sorted[(int) (sorted.length * MOST)]);
            for (int i = 0; i < grain.length; i++) {
                grain[i] = Math.min(1, grain[i] / most);
            }
            return new Grain(grain, (float) Math.sqrt(most));
        }
    }
}
