package org.stablevideo.frame;

/**
 * A picture with memory of its own: 8-bit R, G, B, rows from top to bottom, no padding. The array is shared, not copied: whoever makes a
 * picture hands the array over.
 *
 * @param size pixels across and down
 * @param rgb {@code size.rgbBytes()} bytes
 */
public record Picture(FrameSize size, byte[] rgb) {

    public Picture {
        if (rgb.length != size.rgbBytes()) {
            throw new IllegalArgumentException("a picture of " + size + " has " + size.rgbBytes() + " bytes, got " + rgb.length);
        }
    }

    /** A black picture. */
    public static Picture black(FrameSize size) {
        return new Picture(size, new byte[size.rgbBytes()]);
    }

    /** Pixels across. */
    public int width() {
        return size.width();
    }

    /** Pixels down. */
    public int height() {
        return size.height();
    }

    /** Standard deviation of its bytes, 0 to 127.5. */
    public double contrast() {
        long sum = 0;
        long squares = 0;
        for (byte level : rgb) {
            sum += level & 255;
            squares += (level & 255) * (level & 255);
        }
        double mean = (double) sum / rgb.length;
        return Math.sqrt(Math.max(0, (double) squares / rgb.length - mean * mean));
    }
}
