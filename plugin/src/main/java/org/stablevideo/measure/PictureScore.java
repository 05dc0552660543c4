package org.stablevideo.measure;

import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

/** How alike two pictures are. */
public final class PictureScore {

    private static final int RADIUS = 5;
    private static final double SIGMA = 1.5;
    private static final double C1 = Math.pow(0.01 * 255, 2);
    private static final double C2 = Math.pow(0.03 * 255, 2);
    private static final float[] WINDOW = window();

    private PictureScore() {}

    /** Peak signal-to-noise ratio, 10·log₁₀(255² / MSE) with the mean over all pixels and channels, in dB. */
    static double psnr(Picture a, Picture b) {
        double sum = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            double d = (a.rgb()[i] & 255) - (b.rgb()[i] & 255);
            sum += d * d;
        }
        return 10 * Math.log10(255.0 * 255.0 * a.rgb().length / sum);
    }

    /**
     * Structural similarity (Wang et al., “Image Quality Assessment: From Error Visibility to Structural Similarity”, 2004): means, variances and
     * covariance under a Gaussian window of 11 pixels and σ = 1.5,
     * (2·μₐμᵦ + C₁)(2·σₐᵦ + C₂) / ((μₐ² + μᵦ² + C₁)(σₐ² + σᵦ² + C₂)), averaged over the pixels whose window lies inside, then over R, G, B.
     *
     * @return NaN for pictures smaller than the window
     */
    public static double ssim(Picture a, Picture b) {
        FrameSize size = a.size();
        if (size.width() <= 2 * RADIUS || size.height() <= 2 * RADIUS) {
            return Double.NaN;
        }
        double sum = 0;
        for (int channel = 0; channel < 3; channel++) {
            sum += ssim(channel(a, channel), channel(b, channel), size);
        }
        return sum / 3;
    }

    private static double ssim(float[] a, float[] b, FrameSize size) {
        float[] meanA = blurred(a, size);
        float[] meanB = blurred(b, size);
        float[] squareA = blurred(product(a, a), size);
        float[] squareB = blurred(product(b, b), size);
        float[] both = blurred(product(a, b), size);
        double sum = 0;
        for (int i = 0; i < meanA.length; i++) {
            double ma = meanA[i];
            double mb = meanB[i];
            double variances = squareA[i] - ma * ma + squareB[i] - mb * mb;
            sum += (2 * ma * mb + C1) * (2 * (both[i] - ma * mb) + C2) / ((ma * ma + mb * mb + C1) * (variances + C2));
        }
        return sum / meanA.length;
    }

    /** Intersection over union of two mattes, each cut at one half; NaN where both are empty. */
    public static double overlap(Plane a, Plane b) {
        int both = 0;
        int any = 0;
        for (int i = 0; i < a.values().length; i++) {
            boolean inA = (a.values()[i] & 255) >= 128;
            boolean inB = (b.values()[i] & 255) >= 128;
            both += inA && inB ? 1 : 0;
            any += inA || inB ? 1 : 0;
        }
        return any == 0 ? Double.NaN : (double) both / any;
    }

    /** The pixels whose window lies inside, row-major. */
    private static float[] blurred(float[] plane, FrameSize size) {
        int width = size.width() - 2 * RADIUS;
        int height = size.height() - 2 * RADIUS;
        float[] down = new float[size.width() * height];
        for (int y = 0; y < height; y++) {
            int to = y * size.width();
            for (int k = 0; k < WINDOW.length; k++) {
                float weight = WINDOW[k];
                int from = (y + k) * size.width();
                for (int x = 0; x < size.width(); x++) {
                    down[to + x] += weight * plane[from + x];
                }
            }
        }
        float[] out = new float[width * height];
        for (int y = 0; y < height; y++) {
            int to = y * width;
            for (int k = 0; k < WINDOW.length; k++) {
                float weight = WINDOW[k];
                int from = y * size.width() + k;
                for (int x = 0; x < width; x++) {
                    out[to + x] += weight * down[from + x];
                }
            }
        }
        return out;
    }

    /** One channel, in [0, 255]. */
    private static float[] channel(Picture picture, int channel) {
        float[] plane = new float[picture.size().area()];
        for (int i = 0; i < plane.length; i++) {
            plane[i] = picture.rgb()[3 * i + channel] & 255;
        }
        return plane;
    }

    private static float[] product(float[] a, float[] b) {
        float[] out = new float[a.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = a[i] * b[i];
        }
        return out;
    }

    private static float[] window() {
        float[] window = new float[2 * RADIUS + 1];
        double sum = 0;
        for (int i = 0; i < window.length; i++) {
            sum += Math.exp(-Math.pow(i - RADIUS, 2) / (2 * SIGMA * SIGMA));
        }
        for (int i = 0; i < window.length; i++) {
            window[i] = (float) (Math.exp(-Math.pow(i - RADIUS, 2) / (2 * SIGMA * SIGMA)) / sum);
        }
        return window;
    }
}
