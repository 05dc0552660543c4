package org.stablevideo.frame;

import java.nio.ByteBuffer;

/**
 * A picture over memory that somebody else owns (a host's frame slot, a mapped clip): 8-bit R, G, B, rows from top to bottom, no padding.
 *
 * @param size pixels across and down
 * @param pixels direct buffer; exactly {@code size.rgbBytes()} bytes from its position; read-only where the owner says so
 */
public record RgbFrame(FrameSize size, ByteBuffer pixels) {

    public RgbFrame {
        if (!pixels.isDirect()) {
            throw new IllegalArgumentException("frames live in direct buffers");
        }
        if (pixels.remaining() != size.rgbBytes()) {
            throw new IllegalArgumentException("a frame of " + size + " has " + size.rgbBytes() + " bytes, got " + pixels.remaining());
        }
        pixels = pixels.slice();
    }

    /** A new frame with memory of its own, black. */
    public static RgbFrame allocate(FrameSize size) {
        return new RgbFrame(size, ByteBuffer.allocateDirect(size.rgbBytes()));
    }

    /** Copies the pixels into a picture of its own. */
    public Picture copy() {
        byte[] rgb = new byte[size.rgbBytes()];
        pixels.duplicate().rewind().get(rgb);
        return new Picture(size, rgb);
    }

    /** Overwrites the pixels with those of a picture of the same size. */
    public void set(Picture picture) {
        if (!picture.size().equals(size)) {
            throw new IllegalArgumentException("cannot put " + picture.size() + " into " + size);
        }
        pixels.duplicate().rewind().put(picture.rgb());
    }
}
