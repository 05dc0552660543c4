package org.stablevideo.measure;

/**
 * How far one edited frame is from its source.
 *
 * @param psnr dB over R, G, B; infinite where they are equal
 * @param ssim structural similarity in [-1, 1]; NaN for pictures below 11 pixels
 * @param overlap intersection over union of found and true object; NaN where it was not measured or neither is there
 */
public record FrameScore(double psnr, double ssim, double overlap) {}
