package org.stablevideo.diffusion;

import org.stablevideo.frame.FrameSize;

/**
 * Chooses the size at which a picture is painted.
 *
 * @param shortSide shorter side wanted, in pixels
 * @param longSide longer side at most, in pixels
 * @param area pixels at most, but for what the stride adds
 * @param stride both sides are multiples of it
 */
record WorkingSize(int shortSide, int longSide, double area, int stride) {

    /** The size for a picture: its aspect as nearly as the stride allows, at least one stride a side. */
    FrameSize of(FrameSize picture) {
        double shorter = picture.shortSide();
        double sides = Math.min(shortSide / shorter, longSide / (double) picture.longSide());
        double scale = Math.min(sides, Math.sqrt(area / picture.area()));
        return new FrameSize(side(picture.width() * scale), side(picture.height() * scale));
    }

    private int side(double pixels) {
        return (int) Math.max(1, Math.min(Math.round(pixels / stride), longSide / stride)) * stride;
    }
}
