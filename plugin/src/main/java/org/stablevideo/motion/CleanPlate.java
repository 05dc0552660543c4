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

    /** Reach, in pixels, with which the plate is spread into what no frame shows. */
    private static final double REACH = 10;

    /** Least weight of what is known about a pixel that is filled. */
    private static final float HEARD = 0.01f;

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
     * The plate of one frame: the median of what other frames show, the frame itself outside the object, and near these their smooth
     * continuation.
     *
     * @return R G B in [0, 255], interleaved, a pixel; a negative R where nothing near is known
     */
    float[] at(int t) {
        try (Mats mats = new Mats()) {
            float[] plate = seen(t);
            byte[] free = Mats.bytes(free(t, mats));
            for (int i = 0; i < free.length; i++) {
                for (int k = 3 * i; k < 3 * i + 3 && plate[3 * i] < 0 && free[i] != 0; k++) {
                    plate[k] = clip.rgb()[t][k] & 255;
                }
            }
            return spread(plate, mats);
        }
    }

    /** Fills what is unknown by normalised convolution (Knutsson and Westin 1993). */
    private float[] spread(float[] plate, Mats mats) {
        int area = clip.size().area();
        float[] known = new float[area];
        float[] values = new float[3 * area];
        for (int i = 0; i < area; i++) {
            known[i] = plate[3 * i] < 0 ? 0 : 1;
            for (int k = 3 * i; k < 3 * i + 3; k++) {
                values[k] = known[i] * plate[k];
            }
        }
        Mat colours = mats.keep(new Mat(clip.size().height(), clip.size().width(), CvType.CV_32FC3));
        colours.put(0, 0, values);
        Mat soft = mats.empty();
        Imgproc.GaussianBlur(colours, soft, new Size(0, 0), REACH);
        Mat weight = mats.empty();
        Imgproc.GaussianBlur(mats.plane(clip.size(), known), weight, new Size(0, 0), REACH);
        float[] sums = Mats.floats(soft);
        float[] weights = Mats.floats(weight);
        for (int i = 0; i < area; i++) {
            for (int k = 3 * i; k < 3 * i + 3 && known[i] == 0 && weights[i] > HEARD; k++) {
                plate[k] = sums[k] / weights[i];
            }
        }
        return plate;
    }

    private float[] seen(int t) {
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
            int shows = 0;
            for (byte[] mask : shown) {
                shows += mask[i] != 0 ? 1 : 0;
            }
            if (shows < WITNESSES) {
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

    /** 255 where a frame shows background, well away from the object. */
    private Mat free(int t, Mats mats) {
        byte[] free = new byte[clip.size().area()];
        for (int i = 0; i < free.length; i++) {
            free[i] = (byte) (object[t][i] > 0.02f ? 0 : 255);
        }
        Mat clear = mats.empty();
        Imgproc.erode(mats.gray(clip.size(), free), clear, mats.keep(Imgproc.getStructuringElement(Imgproc.MORPH_ELLIPSE, new Size(9, 9))));
        return clear;
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
            Mat clear = free(from, mats);
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
