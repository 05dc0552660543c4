package org.stablevideo.atlas;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

/**
 * A clip with known truth: a textured disc that moves over a textured, panning scene.
 *
 * @param pictures the frames
 * @param mattes the disc, a frame
 */
record DrawnClip(List<Picture> pictures, List<Plane> mattes) {

    /**
     * Draws the clip.
     *
     * @param pan pixels that the scene moves left a frame
     * @param run pixels that the disc moves right a frame, from {@code begin}
     * @param radius of the disc; 0 draws none
     */
    static DrawnClip of(FrameSize size, int frames, double pan, double begin, double run, double radius) {
        List<Picture> pictures = new ArrayList<>();
        List<Plane> mattes = new ArrayList<>();
        double[][] scene = waves(7);
        double[][] disc = waves(11);
        for (int t = 0; t < frames; t++) {
            byte[] rgb = new byte[size.rgbBytes()];
            byte[] matte = new byte[size.area()];
            double cx = begin + run * t;
            double cy = size.height() * 0.55;
            for (int y = 0; y < size.height(); y++) {
                for (int x = 0; x < size.width(); x++) {
                    int i = y * size.width() + x;
                    double inside = radius - Math.hypot(x - cx, y - cy) + 0.5;
                    double alpha = radius == 0 ? 0 : Math.min(1, Math.max(0, inside));
                    matte[i] = (byte) Math.round(255 * alpha);
                    for (int k = 0; k < 3; k++) {
                        double behind = 110 + value(scene, k, x + pan * t, y);
                        double front = 150 + value(disc, k, x - cx, y - cy);
                        rgb[3 * i + k] = (byte) Math.round(Math.min(255, Math.max(0, behind + alpha * (front - behind))));
                    }
                }
            }
            pictures.add(new Picture(size, rgb));
            mattes.add(new Plane(size, matte));
        }
        return new DrawnClip(pictures, mattes);
    }

    private static double[][] waves(long seed) {
        Random random = new Random(seed);
        double[][] waves = new double[24][];
        for (int i = 0; i < waves.length; i++) {
            double length = 6 + 40 * random.nextDouble() * random.nextDouble();
            double angle = random.nextDouble() * Math.PI;
            waves[i] = new double[] {
                2 * Math.PI / length * Math.cos(angle), 2 * Math.PI / length * Math.sin(angle), random.nextDouble() * 6, 6 + 10 * random.nextDouble(), i % 3
            };
        }
        return waves;
    }

    private static double value(double[][] waves, int channel, double x, double y) {
        double sum = 0;
        for (double[] w : waves) {
            double share = w[4] == channel ? 1.2 : 0.6;
            sum += share * w[3] * Math.sin(w[0] * x + w[1] * y + w[2]);
        }
        return sum;
    }
}
