package org.stablevideo.atlas;

/**
 * A texture in floating point with its pyramid, so that a small view of it can be read without aliasing.
 *
 * @param width texels across at level 0
 * @param height texels down at level 0
 * @param levels R, G, B in 0…255, interleaved; level l has max(1, width ≫ l) by max(1, height ≫ l) texels
 */
record Texture(int width, int height, float[][] levels) {

    private static final int LEVELS = 6;

    /** A texture with the pyramid of a picture, which is kept as level 0. */
    static Texture of(int width, int height, float[] rgb) {
        float[][] levels = new float[LEVELS][];
        levels[0] = rgb;
        for (int l = 1; l < LEVELS; l++) {
            levels[l] = half(levels[l - 1], Math.max(1, width >> (l - 1)), Math.max(1, height >> (l - 1)));
        }
        return new Texture(width, height, levels);
    }

    /** The texture of a finished layer. */
    static Texture of(AtlasTexture texture) {
        byte[] bytes = texture.colour().rgb();
        float[] rgb = new float[bytes.length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = bytes[i] & 0xff;
        }
        return of(texture.size().width(), texture.size().height(), rgb);
    }

    /** The level whose texels are nearest to the pixels in size, for a view of so many texels a pixel, along one axis. */
    static int level(double texelsPerPixel) {
        int level = (int) Math.round(Math.log(Math.max(1e-6, texelsPerPixel)) / Math.log(2));
        return Math.min(LEVELS - 1, Math.max(0, level));
    }

    int width(int level) {
        return Math.max(1, width >> level);
    }

    int height(int level) {
        return Math.max(1, height >> level);
    }

    /**
     * Reads a level at a texel position, bilinear, the edge repeated outside.
     *
     * @param u column at level 0
     * @param v row at level 0
     * @param out three values: R, G, B; nine: also their derivatives by u and those by v (a level-0 texel each)
     */
    void read(int level, float u, float v, float[] out) {
        float scale = 1f / (1 << level);
        int w = width(level);
        int h = height(level);
        float x = within((u + 0.5f) * scale - 0.5f, w - 1);
        float y = within((v + 0.5f) * scale - 0.5f, h - 1);
        boolean slopes = out.length > 3;
        int ix = Math.min((int) x, Math.max(0, w - 2));
        int iy = Math.min((int) y, Math.max(0, h - 2));
        float fx = x - ix;
        float fy = y - iy;
        float[] rgb = levels[level];
        int a = 3 * (iy * w + ix);
        int right = w > 1 ? 3 : 0;
        int down = h > 1 ? 3 * w : 0;
        for (int k = 0; k < 3; k++) {
            float c00 = rgb[a + k];
            float c10 = rgb[a + right + k];
            float c01 = rgb[a + down + k];
            float c11 = rgb[a + down + right + k];
            float top = c10 - c00;
            float bottom = c11 - c01;
            float left = c01 - c00;
            out[k] = c00 + fx * top + fy * (left + fx * (bottom - top));
            if (slopes) {
                out[3 + k] = (top + fy * (bottom - top)) * scale;
                out[6 + k] = (left + fx * (bottom - top)) * scale;
            }
        }
    }

    /** A place, or the nearest one in [0, most]; comparisons, since {@link Math#min(float, float)} is slow where it is called for every pixel. */
    private static float within(float place, float most) {
        return place < 0 ? 0 : place > most ? most : place;
    }

    private static float[] half(float[] rgb, int width, int height) {
        int w = Math.max(1, width / 2);
        int h = Math.max(1, height / 2);
        int dx = width > 1 ? 3 : 0;
        int dy = height > 1 ? 3 * width : 0;
        float[] out = new float[3 * w * h];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int at = 3 * (Math.min(2 * y, height - 1) * width + Math.min(2 * x, width - 1));
                int to = 3 * (y * w + x);
                for (int k = 0; k < 3; k++) {
                    out[to + k] = 0.25f * (rgb[at + k] + rgb[at + dx + k] + rgb[at + dy + k] + rgb[at + dx + dy + k]);
                }
            }
        }
        return out;
    }
}
