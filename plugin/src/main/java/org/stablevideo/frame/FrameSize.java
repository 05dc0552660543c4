package org.stablevideo.frame;

/** Size of a frame in pixels; both sides are at least 1 and at most 16384. */
public record FrameSize(int width, int height) {

    /** Longest side that a frame may have, in pixels. */
    public static final int LIMIT = 16384;

    public FrameSize {
        if (width < 1 || height < 1 || width > LIMIT || height > LIMIT) {
            throw new IllegalArgumentException("frame sides must be 1.." + LIMIT + ", got " + width + "x" + height);
        }
    }

    /** Number of pixels. */
    public int area() {
        return width * height;
    }

    /** Bytes of a tightly packed 8-bit RGB frame of this size. */
    public int rgbBytes() {
        return Math.multiplyExact(area(), 3);
    }

    /** The longer side, the L of the atlas papers. */
    public int longSide() {
        return Math.max(width, height);
    }

    /** The shorter side. */
    public int shortSide() {
        return Math.min(width, height);
    }

    /**
     * The largest size with the same aspect (rounded to whole pixels, at least 1) whose sides do not exceed the given ones; never enlarges.
     */
    public FrameSize within(int maxLong, int maxShort) {
        double scale = Math.min(1.0, Math.min((double) maxLong / longSide(), (double) maxShort / shortSide()));
        return new FrameSize((int) Math.max(1, Math.round(width * scale)), (int) Math.max(1, Math.round(height * scale)));
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
