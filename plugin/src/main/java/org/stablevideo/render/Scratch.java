package org.stablevideo.render;

import org.stablevideo.frame.FrameSize;

/** Memory that one frame in flight needs, reused from frame to frame of one size. */
final class Scratch {

    final FrameSize size;
    final byte[] rgb;
    final FrameMattes mattes;
    final ShotDetail[] detail;
    final Mismatch[] mismatch;

    Scratch(FrameSize size, int layers) {
        this.size = size;
        rgb = new byte[size.rgbBytes()];
        mattes = new FrameMattes(size, layers);
        detail = new ShotDetail[layers];
        mismatch = new Mismatch[layers];
        for (int i = 0; i < layers; i++) {
            detail[i] = new ShotDetail(size);
            mismatch[i] = new Mismatch(size);
        }
    }

    /** Luminance (Rec. 601) of a pixel, 0…255. */
    static int luma(byte[] rgb, int pixel) {
        int at = 3 * pixel;
        return 77 * (rgb[at] & 255) + 150 * (rgb[at + 1] & 255) + 29 * (rgb[at + 2] & 255) + 128 >> 8;
    }
}
