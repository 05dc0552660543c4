package org.stablevideo.atlas;

/** Fills the holes of a weighted picture from ever coarser means of what is there. */
final class PushPull {

    private PushPull() {}

    /**
     * Weighted means with their holes filled.
     *
     * @param sums weighted R, G, B and the weight, interleaved, for each pixel
     * @param full weight from which a pixel needs nothing from its surroundings
     * @return R, G, B, interleaved; all 0 only when every weight is 0
     */
    static float[] fill(int width, int height, float[] sums, float full) {
        float[] own = new float[sums.length];
        for (int i = 0; i < width * height; i++) {
            float w = sums[4 * i + 3];
            float confidence = Math.min(1, w / full);
            for (int k = 0; k < 3; k++) {
                own[4 * i + k] = w > 1e-9f ? sums[4 * i + k] / w * confidence : 0;
            }
            own[4 * i + 3] = w > 1e-9f ? confidence : 0;
        }
        return pull(width, height, own);
    }

    /** Colours premultiplied by a confidence in [0, 1] in, colours out. */
    private static float[] pull(int width, int height, float[] own) {
        float[] out = new float[3 * width * height];
        if (width == 1 && height == 1) {
            for (int k = 0; k < 3; k++) {
                out[k] = own[3] > 1e-12f ? own[k] / own[3] : 0;
            }
            return out;
        }
        int w = (width + 1) / 2;
        int h = (height + 1) / 2;
        float[] coarse = new float[4 * w * h];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int from = 4 * (y * width + x);
                int to = 4 * ((y / 2) * w + x / 2);
                for (int k = 0; k < 4; k++) {
                    coarse[to + k] += own[from + k];
                }
            }
        }
        for (int i = 0; i < w * h; i++) {
            float sum = coarse[4 * i + 3];
            if (sum > 1) {
                for (int k = 0; k < 4; k++) {
                    coarse[4 * i + k] /= sum;
                }
            }
        }
        float[] below = pull(w, h, coarse);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int i = y * width + x;
                float rest = 1 - own[4 * i + 3];
                if (rest <= 0) {
                    for (int k = 0; k < 3; k++) {
                        out[3 * i + k] = own[4 * i + k];
                    }
                    continue;
                }
                float sx = Math.min(w - 1, Math.max(0, x / 2f - 0.25f));
                float sy = Math.min(h - 1, Math.max(0, y / 2f - 0.25f));
                int ix = Math.min((int) sx, Math.max(0, w - 2));
                int iy = Math.min((int) sy, Math.max(0, h - 2));
                float fx = sx - ix;
                float fy = sy - iy;
                int a = 3 * (iy * w + ix);
                int right = w > 1 ? 3 : 0;
                int down = h > 1 ? 3 * w : 0;
                for (int k = 0; k < 3; k++) {
                    float top = below[a + k] + fx * (below[a + right + k] - below[a + k]);
                    float bottom = below[a + down + k] + fx * (below[a + down + right + k] - below[a + down + k]);
                    out[3 * i + k] = own[4 * i + k] + rest * (top + fy * (bottom - top));
                }
            }
        }
        return out;
    }
}
