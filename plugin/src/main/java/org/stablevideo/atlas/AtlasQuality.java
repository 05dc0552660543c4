package org.stablevideo.atlas;

import java.util.Arrays;

/**
 * How well an atlas stands for its clip, measured at solve size against the source frames.
 *
 * @param psnr peak signal-to-noise ratio of the reconstruction of each frame with light, in dB
 * @param staticPsnr the same without the light model, in dB
 * @param coverage share of the visible pixels of each layer whose texel was seen in at least two frames, in [0, 1], front to back
 * @param foldedShare share of grid cells that turn over, in [0, 1]
 * @param seconds wall-clock time of the solver
 */
public record AtlasQuality(double[] psnr, double[] staticPsnr, double[] coverage, double foldedShare, double seconds) {

    /** Mean of the frames' PSNR with light, in dB. */
    public double meanPsnr() {
        return Arrays.stream(psnr).average().orElse(0);
    }

    /** Mean of the frames' PSNR without light, in dB. */
    public double meanStaticPsnr() {
        return Arrays.stream(staticPsnr).average().orElse(0);
    }
}
