package org.stablevideo.edit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.Picture;

/** Finds the cuts in a clip: frames whose colours differ from those of the frame before far more than neighbours usually do. */
final class ShotCuts {

    private static final int LEVELS = 8;
    private static final int SAMPLES = 96;

    /** Share of pixels that change their colour class at a cut, at least. */
    private static final double LEAST = 0.35;

    /** How many times the usual share it is, at least. */
    private static final double UNUSUAL = 4;

    private ShotCuts() {}

    /** The frame with which each shot begins, from 0. */
    static List<Integer> of(Clip clip) {
        double[] change = new double[clip.frameCount()];
        double[] before = histogram(clip.frame(0).copy());
        for (int t = 1; t < change.length; t++) {
            double[] here = histogram(clip.frame(t).copy());
            change[t] = distance(before, here);
            before = here;
        }
        double[] sorted = Arrays.copyOfRange(change, Math.min(1, change.length - 1), change.length);
        Arrays.sort(sorted);
        double usual = sorted[sorted.length / 2];
        List<Integer> starts = new ArrayList<>(List.of(0));
        for (int t = 1; t < change.length; t++) {
            if (change[t] > LEAST && change[t] > UNUSUAL * usual) {
                starts.add(t);
            }
        }
        return starts;
    }

    /** Shares of the colour classes among evenly spread pixels. */
    private static double[] histogram(Picture picture) {
        double[] shares = new double[LEVELS * LEVELS * LEVELS];
        int across = Math.min(SAMPLES, picture.width());
        int down = Math.min(SAMPLES, picture.height());
        for (int y = 0; y < down; y++) {
            for (int x = 0; x < across; x++) {
                int at = 3 * (y * picture.height() / down * picture.width() + x * picture.width() / across);
                int bin = 0;
                for (int k = 0; k < 3; k++) {
                    bin = bin * LEVELS + (picture.rgb()[at + k] & 255) * LEVELS / 256;
                }
                shares[bin] += 1.0 / (across * down);
            }
        }
        return shares;
    }

    /** Half the sum of differences: 0 for equal shares, 1 where nothing is common. */
    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]) / 2;
        }
        return sum;
    }
}
