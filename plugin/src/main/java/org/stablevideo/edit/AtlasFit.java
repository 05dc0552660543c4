package org.stablevideo.edit;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.Layer;
import org.stablevideo.atlas.Reconstruction;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.Picture;

/**
 * Which layers an atlas stands for well enough to be painted once: how much of a layer's colours its texture, moved by its mapping, explains, in a clip
 * whose health map knows of no cut. Decibels would not do for layers: a dark, even thing has many of them whether its texture holds or slides.
 *
 * @param explained 1 − error / variance of the layer's colours, layer by layer, without the light model; the median over frames spread over the clip,
 *     NaN where a layer does not show
 * @param cuts cuts inside the clip; no texture holds across one, and a median over frames does not see a short second shot
 */
public record AtlasFit(double[] explained, int cuts) {

    /**
     * A texture that explains less is a blur of a thing's many sides, and what is painted on it slides. Measured: the dancer of dance-twirl .75, the car of
     * car-roundabout .80, that of car-turn .81, the swan of blackswan .92; their backgrounds .96 and more.
     */
    static final double HOLDS = 0.78;

    private static final int FRAMES = 16;
    private static final int FEWEST = 64;

    /** Looks at an atlas. */
    public static AtlasFit of(Atlas atlas, Clip clip) {
        int shown = Math.min(FRAMES, clip.frameCount());
        int layers = atlas.layers().size();
        Reconstruction reconstruction = new Reconstruction(atlas);
        double[][] all = IntStream.range(0, shown).parallel()
                .mapToObj(i -> {
                    int t = shown == 1 ? 0 : Math.round((float) i * (clip.frameCount() - 1) / (shown - 1));
                    Picture source = Canvas.of(clip.frame(t).copy()).resized(atlas.solveSize()).picture();
                    Picture made = reconstruction.frame(t, false);
                    return IntStream.range(0, layers).mapToDouble(layer -> explained(atlas, layer, t, source, made)).toArray();
                })
                .toArray(double[][]::new);
        return new AtlasFit(IntStream.range(0, layers)
                .mapToDouble(layer -> median(Arrays.stream(all).mapToDouble(frame -> frame[layer]).toArray()))
                .toArray(), atlas.quality().health().cuts().size());
    }

    /** Whether a layer may be painted in its atlas; one that never shows may. */
    public boolean holds(int layer) {
        return cuts == 0 && !(explained[layer] < HOLDS);
    }

    /** For a log or a table: shares, front to back, and cuts where there are any. */
    public String sentence() {
        return Arrays.stream(explained).mapToObj(share -> String.format(Locale.ROOT, "%.2f", share)).collect(Collectors.joining(", "))
                + (cuts == 0 ? "" : ", with " + cuts + (cuts == 1 ? " cut" : " cuts"));
    }

    private static double explained(Atlas atlas, int layer, int t, Picture source, Picture made) {
        float[] share = ShotRenderer.share(atlas, layer, t, atlas.solveSize());
        double[] sum = new double[3];
        double square = 0;
        double error = 0;
        int count = 0;
        for (int i = 0; i < share.length; i++) {
            if (share[i] > 0.9f) {
                for (int k = 0; k < 3; k++) {
                    double value = source.rgb()[3 * i + k] & 255;
                    double apart = value - (made.rgb()[3 * i + k] & 255);
                    error += apart * apart;
                    sum[k] += value;
                    square += value * value;
                }
                count++;
            }
        }
        boolean object = atlas.layers().get(layer).role() == Layer.Role.FOREGROUND;
        if (count == 0 || object && count < FEWEST) {
            return Double.NaN;
        }
        // one grey level of rounding is no variance
        double variance = square - (sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]) / count + 3.0 * count;
        return 1 - error / variance;
    }

    private static double median(double... values) {
        double[] sorted = Arrays.stream(values).filter(value -> !Double.isNaN(value)).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }
}
