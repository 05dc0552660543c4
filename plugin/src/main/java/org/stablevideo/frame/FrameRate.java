package org.stablevideo.frame;

/** Frames per second as a fraction; both terms are positive. */
public record FrameRate(int numerator, int denominator) {

    public FrameRate {
        if (numerator < 1 || denominator < 1) {
            throw new IllegalArgumentException("frame rate must be positive, got " + numerator + "/" + denominator);
        }
    }

    /** Frames per second. */
    public double perSecond() {
        return (double) numerator / denominator;
    }

    @Override
    public String toString() {
        return numerator + "/" + denominator;
    }
}
