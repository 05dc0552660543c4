package org.stablevideo.measure;

import java.util.Arrays;

/**
 * How an edit looks to networks. Arrays are empty where the network is not there.
 *
 * @param lpipsSource LPIPS of every frame to its source
 * @param lpipsNext LPIPS of every frame to the next
 * @param clipPrompt cosine of every frame to the prompt, in CLIP's space
 * @param clipNext cosine of every frame to the next
 * @param clipAll mean cosine of all pairs of different frames; NaN without CLIP or a second frame
 */
public record Impression(double[] lpipsSource, double[] lpipsNext, double[] clipPrompt, double[] clipNext, double clipAll) {

    /** Nothing was asked. */
    public static final Impression NONE = new Impression(new double[0], new double[0], new double[0], new double[0], Double.NaN);

    /** LPIPS-P: deviation from the source (StableVideo, table 2). */
    public double lpipsP() {
        return mean(lpipsSource);
    }

    /** LPIPS-T: deviation between neighbours (StableVideo, table 2). */
    public double lpipsT() {
        return mean(lpipsNext);
    }

    /** CLIP score: faithfulness to the words (StableVideo, table 2; Pix2Video's CLIP-Text). */
    public double clipScore() {
        return mean(clipPrompt);
    }

    /** CLIP-Image: likeness of neighbours (Pix2Video, section 4). */
    public double clipImage() {
        return mean(clipNext);
    }

    private static double mean(double... values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }
}
