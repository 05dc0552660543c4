package org.stablevideo.motion;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;

/**
 * The guided filter with a colour guide (He, Sun, Tang, “Guided Image Filtering”, 2013, equation 19): in every window the result is a linear
 * function of the guide's colour, so edges of the input move onto edges of the picture.
 */
final class GuidedFilter {

    private final FrameSize size;
    private final Size window;
    private final float[] guide;
    private final float[] mean;
    private final float[] inverse;

    /**
     * Prepares a guide.
     *
     * @param rgb R, G, B interleaved
     * @param radius half the window's side, in pixels
     * @param epsilon regularisation in squared grey levels of 0…1; larger is smoother
     */
    GuidedFilter(FrameSize size, byte[] rgb, int radius, double epsilon) {
        this.size = size;
        window = new Size(2 * radius + 1, 2 * radius + 1);
        int n = size.area();
        guide = new float[3 * n];
        for (int i = 0; i < guide.length; i++) {
            guide[i] = (rgb[i] & 255) / 255f;
        }
        mean = blur(guide, CvType.CV_32FC3);
        float[] a = new float[3 * n];
        float[] b = new float[3 * n];
        for (int i = 0; i < 3 * n; i += 3) {
            a[i] = guide[i] * guide[i];
            a[i + 1] = guide[i] * guide[i + 1];
            a[i + 2] = guide[i] * guide[i + 2];
            b[i] = guide[i + 1] * guide[i + 1];
            b[i + 1] = guide[i + 1] * guide[i + 2];
            b[i + 2] = guide[i + 2] * guide[i + 2];
        }
        a = blur(a, CvType.CV_32FC3);
        b = blur(b, CvType.CV_32FC3);
        inverse = new float[6 * n];
        for (int i = 0, j = 0; i < 3 * n; i += 3, j += 6) {
            double r = mean[i];
            double g = mean[i + 1];
            double c = mean[i + 2];
            double rr = a[i] - r * r + epsilon;
            double rg = a[i + 1] - r * g;
            double rb = a[i + 2] - r * c;
            double gg = b[i] - g * g + epsilon;
            double gb = b[i + 1] - g * c;
            double bb = b[i + 2] - c * c + epsilon;
            double i00 = gg * bb - gb * gb;
            double i01 = gb * rb - rg * bb;
            double i02 = rg * gb - gg * rb;
            double scale = 1 / (rr * i00 + rg * i01 + rb * i02);
            inverse[j] = (float) (i00 * scale);
            inverse[j + 1] = (float) (i01 * scale);
            inverse[j + 2] = (float) (i02 * scale);
            inverse[j + 3] = (float) ((rr * bb - rb * rb) * scale);
            inverse[j + 4] = (float) ((rg * rb - rr * gb) * scale);
            inverse[j + 5] = (float) ((rr * gg - rg * rg) * scale);
        }
    }

    /** Filters one plane; values stay about the range of the input. */
    float[] filter(float[] plane) {
        int n = size.area();
        float[] product = new float[3 * n];
        for (int i = 0; i < n; i++) {
            product[3 * i] = guide[3 * i] * plane[i];
            product[3 * i + 1] = guide[3 * i + 1] * plane[i];
            product[3 * i + 2] = guide[3 * i + 2] * plane[i];
        }
        product = blur(product, CvType.CV_32FC3);
        float[] average = blur(plane, CvType.CV_32FC1);
        float[] slope = new float[3 * n];
        float[] offset = new float[n];
        for (int i = 0, k = 0, j = 0; i < n; i++, k += 3, j += 6) {
            float x = product[k] - mean[k] * average[i];
            float y = product[k + 1] - mean[k + 1] * average[i];
            float z = product[k + 2] - mean[k + 2] * average[i];
            slope[k] = inverse[j] * x + inverse[j + 1] * y + inverse[j + 2] * z;
            slope[k + 1] = inverse[j + 1] * x + inverse[j + 3] * y + inverse[j + 4] * z;
            slope[k + 2] = inverse[j + 2] * x + inverse[j + 4] * y + inverse[j + 5] * z;
            offset[i] = average[i] - slope[k] * mean[k] - slope[k + 1] * mean[k + 1] - slope[k + 2] * mean[k + 2];
        }
        slope = blur(slope, CvType.CV_32FC3);
        offset = blur(offset, CvType.CV_32FC1);
        float[] out = new float[n];
        for (int i = 0, k = 0; i < n; i++, k += 3) {
            out[i] = slope[k] * guide[k] + slope[k + 1] * guide[k + 1] + slope[k + 2] * guide[k + 2] + offset[i];
        }
        return out;
    }

    private float[] blur(float[] values, int type) {
        try (Mats mats = new Mats()) {
            Mat mat = mats.keep(new Mat(size.height(), size.width(), type));
            mat.put(0, 0, values);
            Mat result = mats.empty();
            Imgproc.blur(mat, result, window, new org.opencv.core.Point(-1, -1), Core.BORDER_REFLECT);
            return Mats.floats(result);
        }
    }
}
