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
 * @param health the same frame by frame and tile by tile
 */
public record AtlasQuality(
        double[] psnr, double[] staticPsnr, double[] coverage, double foldedShare, double seconds, AtlasHealth health) {

    /** A quality whose health is not known. */
    public AtlasQuality(double[] psnr, double[] staticPsnr, double[] coverage, double foldedShare, double seconds) {
        this(psnr, staticPsnr, coverage, foldedShare, seconds, AtlasHealth.UNKNOWN);
    }

    /** The same with its health. */
    AtlasQuality with(AtlasHealth measured) {
        return new AtlasQuality(psnr, staticPsnr, coverage, foldedShare, seconds, measured);
    }

    /** Mean of the frames' PSNR with light, in dB. */
    public double meanPsnr() {
        return Arrays.stream(psnr).average().orElse(0);
    }

    /** Mean of the frames' PSNR without light, in dB. */
    public double meanStaticPsnr() {
        return Arrays.stream(staticPsnr).average().orElse(0);
    }
}
