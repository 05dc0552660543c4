package org.stablevideo.atlas;

import java.util.Arrays;

/**
 * Gathers the pixels of all frames in a texture. Least squares for Σ w·|A(U(x)) − F(x)|² over the texels A: the first pass gives the weighted
 * mean a texel, every further one corrects it by the mean residual (SIRT), which sharpens what averaging blurs. One thread's; merge two with
 * {@link #add}.
 */
final class TextureBuilder {

    /** Weight below which a texel counts as not seen. */
    static final float SEEN = 0.01f;

    /** Pixels from the border of a frame of the solve size over which its weight grows to full. */
    private static final int FEATHER = 40;

    private final int width;
    private final int height;
    /** Weighted R, G, B and the weight. */
    private final float[] sums;

    TextureBuilder(int width, int height) {
        this.width = width;
        this.height = height;
        this.sums = new float[4 * width * height];
    }

    /**
     * Splats a frame, or its difference to what a texture shows of it.
     *
     * @param sharpness weight of the frame's pixels against other frames', positive
     * @param shown texture to subtract, or null
     * @param textureLevel level at which the texture is subtracted
     */
    void splat(Lattice lattice, float[] uv, FrameLevel frame, float sharpness, Texture shown, int textureLevel) {
        FieldRows rows = new FieldRows(lattice, uv, frame.width(), frame.height(), frame::toSolve);
        float[] at = new float[3];
        float reach = Math.scalb((float) FEATHER, -frame.level());
        float[] edges = new float[frame.width()];
        for (int x = frame.left(); x < frame.right(); x++) {
            edges[x] = sharpness * border(x, frame.width(), reach);
        }
        for (int y = frame.top(); y < frame.bottom(); y++) {
            rows.read(y, frame.left(), frame.right());
            float edge = border(y, frame.height(), reach);
            for (int x = frame.left(); x < frame.right(); x++) {
                int i = y * frame.width() + x;
                float w = frame.weight()[i];
                float u = rows.u[x];
                float v = rows.v[x];
                if (w <= 0.05f || !(u >= 0 && v >= 0 && u < width - 1 && v < height - 1)) {
                    continue;
                }
                w *= w * edges[x] * edge;
                float r = frame.rgb()[3 * i];
                float g = frame.rgb()[3 * i + 1];
                float b = frame.rgb()[3 * i + 2];
                if (shown != null) {
                    shown.read(textureLevel, u, v, at);
                    r -= at[0];
                    g -= at[1];
                    b -= at[2];
                }
                int ix = (int) u;
                int iy = (int) v;
                float fx = u - ix;
                float fy = v - iy;
                int a = 4 * (iy * width + ix);
                put(a, w * (1 - fx) * (1 - fy), r, g, b);
                put(a + 4, w * fx * (1 - fy), r, g, b);
                put(a + 4 * width, w * (1 - fx) * fy, r, g, b);
                put(a + 4 * width + 4, w * fx * fy, r, g, b);
            }
        }
    }

    /** Less weight towards the border of a frame, so that no seam shows in the texture where the frame ends. */
    private static float border(int pixel, int length, float reach) {
        return Math.min(1, (Math.min(pixel, length - 1 - pixel) + 2) / reach);
    }

    private void put(int at, float w, float r, float g, float b) {
        sums[at] += w * r;
        sums[at + 1] += w * g;
        sums[at + 2] += w * b;
        sums[at + 3] += w;
    }

    /** Adds what another builder of the same size gathered. */
    void add(TextureBuilder other) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += other.sums[i];
        }
    }

    /** Forgets everything gathered. */
    void clear() {
        Arrays.fill(sums, 0);
    }

    /** Weight gathered by each texel. */
    float[] weights() {
        float[] weights = new float[width * height];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = sums[4 * i + 3];
        }
        return weights;
    }

    /**
     * The weighted means; texels that nothing reached are filled from their surroundings. The sums are blurred by a texel first, so that
     * neighbouring texels mix the same frames.
     */
    Texture mean() {
        blur();
        return Texture.of(width, height, PushPull.fill(width, height, sums, SEEN));
    }

    /**
     * A texture corrected by the mean of the gathered residuals, colours staying in 0…255. Residuals are blurred by a texel first: pixels that
     * fall between texels say nothing about single ones, and would leave a pattern of dots.
     */
    Texture corrected(Texture before, float relaxation) {
        blur();
        float[] rgb = before.levels()[0].clone();
        for (int i = 0; i < width * height; i++) {
            float w = sums[4 * i + 3];
            if (w > SEEN) {
                for (int k = 0; k < 3; k++) {
                    rgb[3 * i + k] = Math.min(255, Math.max(0, rgb[3 * i + k] + relaxation * sums[4 * i + k] / w));
                }
            }
        }
        return Texture.of(width, height, rgb);
    }

    /** Blurs the sums by ¼ ½ ¼ in both directions, in place. */
    private void blur() {
        for (int y = 0; y < height; y++) {
            blur(4 * y * width, 4, width);
        }
        float[] above = new float[4 * width];
        for (int y = 0; y < height; y++) {
            int row = 4 * y * width;
            int below = y + 1 < height ? row + 4 * width : row;
            for (int i = 0; i < 4 * width; i++) {
                float own = sums[row + i];
                float up = y > 0 ? above[i] : own;
                sums[row + i] = 0.25f * up + 0.5f * own + 0.25f * sums[below + i];
                above[i] = own;
            }
        }
    }

    private void blur(int start, int step, int count) {
        for (int k = 0; k < step; k++) {
            float before = sums[start + k];
            for (int i = 0; i < count; i++) {
                int at = start + i * step + k;
                float own = sums[at];
                float after = i + 1 < count ? sums[at + step] : own;
                sums[at] = 0.25f * before + 0.5f * own + 0.25f * after;
                before = own;
            }
        }
    }
}
