package org.stablevideo.diffusion;

/** What the decoder's self-attention of a frame looks at (Pix2Video, section 3.2, and its ablations in section 4). */
public enum FrameAttention {

    /** The anchor and the frame before, side by side: the method. */
    ANCHOR_AND_PREVIOUS,

    /** The frame before alone. */
    PREVIOUS,

    /** The anchor alone. */
    ANCHOR,

    /** The frame itself: every frame is painted as a picture. */
    ITSELF
}
