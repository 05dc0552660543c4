package org.stablevideo.atlas;

import org.stablevideo.frame.FrameSize;

/**
 * Atlas position of every pixel of a frame.
 *
 * @param size size of the frame
 * @param u texel column for each pixel, row-major, (0, 0) being the centre of the first texel; may lie outside the texture
 * @param v texel row for each pixel
 */
public record DenseMap(FrameSize size, float[] u, float[] v) {

    public DenseMap {
        if (u.length != size.area() || v.length != size.area()) {
            throw new IllegalArgumentException("map arrays of " + u.length + " and " + v.length + " for " + size);
        }
    }
}
