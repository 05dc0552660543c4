package org.stablevideo.edit;

import org.stablevideo.frame.BoxMean;
import org.stablevideo.frame.FrameSize;

/**
 * Shading of things: how bright each place is beside its wider surroundings. A small model paints the colour and tone of a thing but little of its
 * folds, windows and shadows; those come from the shot's own atlas. Only the relation is taken over, so a white car on a dark one is white with the
 * dark one's shading.
 *
 * <p>Tone is what is wider than a window and belongs to the painting; detail finer than {@value #FINE} texels is laid on at rendering. An
 * object's window is the whole object (windows and tyres of a car stay dark whatever its paint, and so does its shadow where a matte takes it in), a background's a seventh.
 * A background that is painted evenly, as fog is, gets less of it.
 */
final class Relief {

    private static final int FINE = 2;
    private static final float FLOOR = 0.09f;
    private static final float WHITE = 0.15f;
    private static final float DEEP = 0.72f;
    private static final float DEEP_RANGE = 0.25f;
    private static final float DEEPEST = 0.25f;
    private static final float HIGHEST = 2.0f;

    /** Of the shot's spread of brightness: a scene that is painted with less than this share of it is meant to be even. */
    private static final double EVEN = 0.6;

    private static final double TINY = 1e-6;

    /** Some relief stays under the evenest painting. */
    private static final double LEAST = 0.4;

    private Relief() {}

    /**
     * Gives a painting the shading of the shot.
     *
     * @param painted colours of the edit
     * @param shot colours of the unedited layer, same size; weight says which pixels belong to it
     * @param window radius of the window in texels, at least 1
     * @param deep how far places much darker than their window stay as the shot has them, in [0, 1]
     * @param share how much of the painting's own shading gives way to the shot's, in [0, 1]
     */
    static Canvas apply(Canvas painted, Canvas shot, int window, double deep, double share) {
        FrameSize size = painted.size();
        float[] own = factor(painted.luma(), shot.weight(), size, window);
        float[] wanted = factor(shot.luma(), shot.weight(), size, window);
        if (deep == 0) {
            double evenness = spread(own, shot.weight()) / (EVEN * spread(wanted, shot.weight()) + TINY);
            flatten(wanted, Math.max(LEAST, evenness));
        }
        Canvas out = Canvas.blank(size);
        for (int i = 0; i < size.area(); i++) {
            float ratio = Math.min(HIGHEST, Math.max(DEEPEST, wanted[i] / own[i]));
            float gain = (float) Math.pow(ratio, share);
            float kept = (float) deep * Math.min(1, Math.max(0, (DEEP - wanted[i]) / DEEP_RANGE));
            out.weight()[i] = painted.weight()[i];
            for (int k = 0; k < 3; k++) {
                float value = painted.colour()[k][i];
                float shaded = gain <= 1 ? value * gain : value + (gain - 1) * (1 - value) * (value + WHITE);
                out.colour()[k][i] = shaded + kept * (shot.colour()[k][i] - shaded);
            }
        }
        return out;
    }

    /** Fog has less relief than the shot under it: factors are brought nearer to 1 where the share is below 1. */
    private static void flatten(float[] factor, double share) {
        for (int i = 0; i < factor.length && share < 1; i++) {
            factor[i] = (float) Math.pow(factor[i], share);
        }
    }

    /** How much brightness varies: the deviation of the factors' logarithms. */
    private static double spread(float[] factor, float[] weight) {
        double sum = 0;
        double squares = 0;
        double total = 0;
        for (int i = 0; i < factor.length; i++) {
            double log = Math.log(factor[i]);
            sum += weight[i] * log;
            squares += weight[i] * log * log;
            total += weight[i];
        }
        return Math.sqrt(Math.max(0, squares / total - sum / total * sum / total));
    }

    private static float[] factor(float[] luma, float[] weight, FrameSize size, int window) {
        float[] fine = BoxMean.of(luma, weight, size, FINE);
        float[] mean = BoxMean.of(BoxMean.of(luma, weight, size, window), weight, size, window / 2);
        for (int i = 0; i < fine.length; i++) {
            fine[i] = (fine[i] + FLOOR) / (mean[i] + FLOOR);
        }
        return fine;
    }
}
