package org.stablevideo.edit;

import java.util.Arrays;
import org.stablevideo.frame.FrameSize;

/**
 * Carries a picture from a frame into the atlas, UV⁻¹ of equation 5: every square of four neighbouring pixels becomes two triangles of the atlas,
 * in which colours are interpolated. Texels outside all triangles stay without weight: nothing is drawn across concavities, as triangulating
 * scattered points would.
 *
 * <p>Squares that turn over, or are stretched more than {@value #STRETCH} times the usual, belong to a tear of the mapping and are left out. A
 * texel's weight is that of its pixels times how many pixels it has, at most one: a view from afar counts for less.
 */
final class AtlasSplat {

    private static final float STRETCH = 3f;
    private static final float LEAST_WEIGHT = 0.02f;

    private final Canvas picture;
    private final float[] u;
    private final float[] v;
    private final Canvas atlas;

    private AtlasSplat(Canvas picture, float[] u, float[] v, FrameSize texture) {
        this.picture = picture;
        this.u = u;
        this.v = v;
        atlas = Canvas.blank(texture);
    }

    /**
     * Draws.
     *
     * @param picture colours and weights; pixels of almost no weight are not drawn
     * @param u column of the texture for each pixel, 0 being the centre of the first texel
     * @param v row of the texture for each pixel
     * @param texture size of the atlas
     * @return colours where something was drawn, with weights in [0, 1]
     */
    static Canvas draw(Canvas picture, float[] u, float[] v, FrameSize texture) {
        if (u.length != picture.size().area() || v.length != u.length) {
            throw new IllegalArgumentException("a picture of " + picture.size() + " with " + u.length + " positions");
        }
        return new AtlasSplat(picture, u, v, texture).run();
    }

    private Canvas run() {
        int width = picture.size().width();
        float[] areas = new float[u.length];
        int count = 0;
        float turned = 0;
        for (int y = 0; y + 1 < picture.size().height(); y++) {
            for (int x = 0; x + 1 < width; x++) {
                int i = y * width + x;
                if (visible(i, width)) {
                    float area = area(i, i + 1, i + width) + area(i + width, i + 1, i + width + 1);
                    turned += Math.signum(area);
                    areas[count++] = Math.abs(area) / 2;
                }
            }
        }
        if (count == 0) {
            return atlas;
        }
        float sign = turned >= 0 ? 1 : -1;
        Arrays.sort(areas, 0, count);
        float usual = Math.max(areas[count / 2], 1e-6f);
        float longest = STRETCH * (float) Math.sqrt(usual);
        for (int y = 0; y + 1 < picture.size().height(); y++) {
            for (int x = 0; x + 1 < width; x++) {
                int i = y * width + x;
                if (visible(i, width) && sound(i, width, sign, longest)) {
                    float worth = Math.min(1, 1 / Math.max(usual, 1e-6f));
                    triangle(i, i + 1, i + width, worth);
                    triangle(i + width, i + 1, i + width + 1, worth);
                }
            }
        }
        for (int i = 0; i < atlas.weight().length; i++) {
            float w = atlas.weight()[i];
            for (int k = 0; k < 3 && w > 0; k++) {
                atlas.colour()[k][i] /= w;
            }
            atlas.weight()[i] = Math.min(1, w);
        }
        return atlas;
    }

    private boolean visible(int i, int width) {
        float[] w = picture.weight();
        return Math.min(Math.min(w[i], w[i + 1]), Math.min(w[i + width], w[i + width + 1])) > LEAST_WEIGHT;
    }

    private boolean sound(int i, int width, float sign, float longest) {
        return sign * area(i, i + 1, i + width) > 0
                && sign * area(i + width, i + 1, i + width + 1) > 0
                && distance(i, i + width + 1) < 2 * longest
                && distance(i + 1, i + width) < 2 * longest;
    }

    /** Twice the signed area of a triangle in texels. */
    private float area(int a, int b, int c) {
        return (u[b] - u[a]) * (v[c] - v[a]) - (u[c] - u[a]) * (v[b] - v[a]);
    }

    private float distance(int a, int b) {
        return (float) Math.hypot(u[a] - u[b], v[a] - v[b]);
    }

    /** Draws one triangle; a texel on an edge of two triangles gets both, which is averaged later. */
    private void triangle(int a, int b, int c, float worth) {
        FrameSize size = atlas.size();
        float whole = area(a, b, c);
        int x0 = (int) Math.max(0, Math.ceil(Math.min(u[a], Math.min(u[b], u[c]))));
        int x1 = (int) Math.min(size.width() - 1.0, Math.floor(Math.max(u[a], Math.max(u[b], u[c]))));
        int y0 = (int) Math.max(0, Math.ceil(Math.min(v[a], Math.min(v[b], v[c]))));
        int y1 = (int) Math.min(size.height() - 1.0, Math.floor(Math.max(v[a], Math.max(v[b], v[c]))));
        for (int y = y0; y <= y1; y++) {
            for (int x = x0; x <= x1; x++) {
                float wb = ((x - u[a]) * (v[c] - v[a]) - (u[c] - u[a]) * (y - v[a])) / whole;
                float wc = ((u[b] - u[a]) * (y - v[a]) - (x - u[a]) * (v[b] - v[a])) / whole;
                float wa = 1 - wb - wc;
                if (wa < 0 || wb < 0 || wc < 0) {
                    continue;
                }
                int texel = y * size.width() + x;
                float weight =
                        worth * (wa * picture.weight()[a] + wb * picture.weight()[b] + wc * picture.weight()[c]);
                atlas.weight()[texel] += weight;
                for (int k = 0; k < 3; k++) {
                    float[] plane = picture.colour()[k];
                    atlas.colour()[k][texel] += weight * (wa * plane[a] + wb * plane[b] + wc * plane[c]);
                }
            }
        }
    }

    /**
     * Samples an atlas at the positions of pixels, UV of equation 5: bilinear over texels that have weight.
     *
     * @return colours with the weight found there, 0 outside the atlas
     */
    static Canvas sample(Canvas atlas, float[] u, float[] v, FrameSize frame) {
        Canvas out = Canvas.blank(frame);
        int width = atlas.size().width();
        int height = atlas.size().height();
        for (int i = 0; i < u.length; i++) {
            int x = (int) Math.floor(u[i]);
            int y = (int) Math.floor(v[i]);
            float fx = u[i] - x;
            float fy = v[i] - y;
            for (int corner = 0; corner < 4; corner++) {
                int cx = x + (corner & 1);
                int cy = y + (corner >> 1);
                float share = ((corner & 1) == 0 ? 1 - fx : fx) * (corner >> 1 == 0 ? 1 - fy : fy);
                if (cx < 0 || cy < 0 || cx >= width || cy >= height || share == 0) {
                    continue;
                }
                int texel = cy * width + cx;
                float weight = share * atlas.weight()[texel];
                out.weight()[i] += weight;
                for (int k = 0; k < 3; k++) {
                    out.colour()[k][i] += weight * atlas.colour()[k][texel];
                }
            }
            for (int k = 0; k < 3 && out.weight()[i] > 0; k++) {
                out.colour()[k][i] /= out.weight()[i];
            }
        }
        return out;
    }
}
