package org.stablevideo.space;

import org.stablevideo.frame.FrameSize;

/**
 * The input coordinates of neural layered atlases (Kasten et al. 2021, section 3): pixel positions divided by half the <em>longer</em> side,
 * minus one, so that a pixel is square in any aspect; time by half the number of frames, minus one.
 *
 * @param size size of the frames
 * @param frames number of frames, at least 1
 */
public record NormalisedFrame(FrameSize size, int frames) {

    public NormalisedFrame {
        if (frames < 1) {
            throw new IllegalArgumentException("a clip has frames, got " + frames);
        }
    }

    /** Normalised position of a pixel column or row; the same for both axes. */
    public double normalise(double pixel) {
        return pixel / (size.longSide() / 2.0) - 1;
    }

    /** Pixel column or row of a normalised position. */
    public double pixel(double normalised) {
        return (normalised + 1) * (size.longSide() / 2.0);
    }

    /** Normalised time of a frame index. */
    public double normaliseTime(double frame) {
        return frame / (frames / 2.0) - 1;
    }

    /** Frame index of a normalised time. */
    public double frame(double normalisedTime) {
        return (normalisedTime + 1) * (frames / 2.0);
    }
}
