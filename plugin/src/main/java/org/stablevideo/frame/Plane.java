package org.stablevideo.frame;

/**
 * One 8-bit channel (a matte, a coverage, an edge map), rows from top to bottom, no padding; 0 is none, 255 is full. The array is shared.
 *
 * @param size pixels across and down
 * @param values {@code size.area()} bytes
 */
public record Plane(FrameSize size, byte[] values) {

    public Plane {
        if (values.length != size.area()) {
            throw new IllegalArgumentException("a plane of " + size + " has " + size.area() + " bytes, got " + values.length);
        }
    }

    /** What is left of this matte behind another one of the same size: where the other is opaque, nothing. */
    public Plane behind(Plane front) {
        byte[] left = new byte[values.length];
        for (int i = 0; i < left.length; i++) {
            left[i] = (byte) (((values[i] & 255) * (255 - (front.values[i] & 255)) + 127) / 255);
        }
        return new Plane(size, left);
    }

    /** The values as shares of 255, in [0, 1]. */
    public float[] shares() {
        float[] shares = new float[values.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = (values[i] & 255) / 255f;
        }
        return shares;
    }

    /** A plane of zeros. */
    public static Plane empty(FrameSize size) {
        return new Plane(size, new byte[size.area()]);
    }
}
