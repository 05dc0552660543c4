package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * The background of a frame as other frames show it where the object is not: neighbouring frames brought over by the camera's motion, and
 * the median of what they show of every pixel.
 */
final class CleanPlate {

    /** How far away, in frames, a plate is looked for; near frames need less of the camera's motion, far ones show more. */
    private static final int[] AWAY = {3, 6, 10, 15, 21, 28, 36, 45};

    /** Fewest frames that must show a pixel before its median is believed. */
    private static final int WITNESSES = 2;

    private final CoarseClip clip;
    private final float[][] object;
    private final Mat[] steps;

    private CleanPlate(CoarseClip clip, float[][] object, Mat[] steps) {
        this.clip = clip;
        this.object = object;
        this.steps = steps;
    }

    /**
     * Prepares the plates of a clip.
     *
     * @param object the object's matte a coarse frame, in [0, 1]
     */
    static CleanPlate of(CoarseClip clip, float[][] object, Mats mats) {
        Mat[] steps = new Mat[clip.count() - 1];
        for (int t = 0; t < steps.length; t++) {
            steps[t] = mats.keep(new Mat(3, 3, CvType.CV_64F));
            steps[t].put(0, 0, CameraMotion.of(clip.forward()[t], object[t]).matrix());
        }
        return new CleanPlate(clip, object, steps);
    }

    /**
     * The plate of one frame.
     *
     * @return R G B in [0, 255], interleaved, a pixel; a negative R where no frame shows the background
     */
    float[] at(int t) {
        int area = clip.size().area();
        List<byte[]> pictures = new ArrayList<>();
        List<byte[]> shown = new ArrayList<>();
        for (int away : AWAY) {
            for (int other = t - away; other <= t + away; other += 2 * away) {
                if (other >= 0 && other < clip.count()) {
                    bring(other, t, pictures, shown);
                }
            }
        }
        float[] plate = new float[3 * area];
        int[] values = new int[pictures.size()];
        for (int i = 0; i < area; i++) {
            int seen = 0;
            for (byte[] mask : shown) {
                seen += mask[i] != 0 ? 1 : 0;
            }
            if (seen < WITNESSES) {
                plate[3 * i] = -1;
                continue;
            }
            for (int c = 0; c < 3; c++) {
                int n = 0;
                for (int k = 0; k < pictures.size(); k++) {
                    if (shown.get(k)[i] != 0) {
                        values[n++] = pictures.get(k)[3 * i + c] & 255;
                    }
                }
                Arrays.sort(values, 0, n);
                plate[3 * i + c] = 0.5f * (values[(n - 1) / 2] + values[n / 2]);
            }
        }
        return plate;
    }

    private void bring(int from, int to, List<byte[]> pictures, List<byte[]> shown) {
        int w = clip.size().width();
        int h = clip.size().height();
        try (Mats mats = new Mats()) {
            Mat path = mats.keep(Mat.eye(3, 3, CvType.CV_64F));
            for (int s = Math.min(from, to); s < Math.max(from, to); s++) {
                Mat longer = mats.empty();
                Core.gemm(steps[s], path, 1, mats.empty(), 0, longer);
                path = longer;
            }
            if (from > to) {
                path = mats.keep(path.inv());
            }
            byte[] free = new byte[w * h];
            for (int i = 0; i < free.length; i++) {
                free[i] = (byte) (object[from][i] > 0.02f ? 0 : 255);
            }
            Mat element = mats.keep(Imgproc.getStructuringElement(Imgproc.MORPH_ELLIPSE, new Size(9, 9)));
            Mat clear = mats.empty();
            Imgproc.erode(mats.gray(clip.size(), free), clear, element);
            Size size = new Size(w, h);
            Mat picture = mats.empty();
            Mat mask = mats.empty();
            Imgproc.warpPerspective(mats.rgb(clip.size(), clip.rgb()[from]), picture, path, size, Imgproc.INTER_LINEAR);
            Imgproc.warpPerspective(clear, mask, path, size, Imgproc.INTER_NEAREST, Core.BORDER_CONSTANT, new Scalar(0));
            pictures.add(Mats.bytes(picture));
            shown.add(Mats.bytes(mask));
        }
    }
}
