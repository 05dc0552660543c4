package org.stablevideo.render;

/**
 * How far a frame has faded to black. The layers' light is fitted and kept within bounds that no shadow leaves, so a fade, which ends at nothing, is told from
 * the whole frame's brightness beside that of what the layers' textures show there in their light.
 */
final class FadeToBlack {

    /** Brightness of a frame by that of its textures from which down it is taken for a fade, and up to which it is not. */
    private static final float FADED = 0.5f;

    private static final float LIT = 0.7f;

    /** Gain of a frame that is all black. */
    private static final float LEAST = 0.02f;

    /** Pixels between those that are looked at. */
    private static final int STRIDE = 16;

    private FadeToBlack() {}

    /**
     * Gain of a fade.
     *
     * @param rgb the frame, R G B
     * @param shown what each layer's texture shows of it
     * @return 1 for frames that do not fade
     */
    static float of(byte[] rgb, FrameMattes mattes, LayerView... shown) {
        int w = shown[0].width();
        double seen = 0;
        double expected = 1;
        for (int y = 0; 3 * y * w < rgb.length; y += STRIDE) {
            for (int layer = 0; layer < shown.length; layer++) {
                shown[layer].row(y, 0, w);
                byte[] share = mattes.share(layer);
                for (int x = 0; x < w; x += STRIDE) {
                    int weight = share[y * w + x] & 255;
                    if (weight > 0) {
                        int texel = shown[layer].texel(x);
                        expected += weight * shown[layer].light(x) * (77 * (texel >> 16 & 255) + 150 * (texel >> 8 & 255) + 29 * (texel & 255)) / 256;
                        seen += weight * Scratch.luma(rgb, y * w + x);
                    }
                }
            }
        }
        float share = (float) (seen / expected);
        float lit = Math.max(0, (share - FADED) / (LIT - FADED));
        return share >= LIT ? 1 : Math.max(LEAST, share + (1 - share) * lit);
    }
}
