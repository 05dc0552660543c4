package org.stablevideo.atlas;

import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

/**
 * A frame and its weights for one layer at a level of a pyramid; level 0 is the solve size, each further level half of it,
 * each before it (−1 …) twice.
 *
 * @param level 0 for the solve size
 * @param width pixels across
 * @param height pixels down
 * @param rgb R, G, B in 0…255, interleaved
 * @param weight how much each pixel belongs to the layer, in [0, 1]
 * @param left first column with weight; {@code right} when there is none
 * @param right one past the last column with weight
 * @param top first row with weight
 * @param bottom one past the last row with weight
 */
record FrameLevel(int level, int width, int height, float[] rgb, float[] weight, int left, int right, int top, int bottom) {

    /** Pixels around those with weight that a pixel of the coarsest level in use, or one between two, may share. */
    private static final int MARGIN = 16;

    /** Level 0 of a frame; colours far from every pixel with weight are left 0. */
    static FrameLevel of(Picture picture, Plane weight) {
        FrameSize size = picture.size();
        FrameLevel level = bounded(0, size.width(), size.height(), new float[size.rgbBytes()], weight.shares());
        int from = 3 * Math.max(0, level.left - MARGIN);
        int to = 3 * Math.min(size.width(), level.right + MARGIN);
        for (int y = Math.max(0, level.top - MARGIN); y < Math.min(size.height(), level.bottom + MARGIN); y++) {
            int row = 3 * y * size.width();
            for (int i = row + from; i < row + to; i++) {
                level.rgb[i] = picture.rgb()[i] & 0xff;
            }
        }
        return level;
    }

    /** The level after this one: means of 2×2 pixels; the last column or row of an odd size is left out. */
    FrameLevel half() {
        int w = Math.max(1, width / 2);
        int h = Math.max(1, height / 2);
        int dx = width > 1 ? 1 : 0;
        int dy = height > 1 ? width : 0;
        float[] colour = new float[3 * w * h];
        float[] mean = new float[w * h];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int at = Math.min(2 * y, height - 1) * width + Math.min(2 * x, width - 1);
                int to = y * w + x;
                mean[to] = 0.25f * (weight[at] + weight[at + dx] + weight[at + dy] + weight[at + dx + dy]);
                for (int k = 0; k < 3; k++) {
                    colour[3 * to + k] = 0.25f
                            * (rgb[3 * at + k] + rgb[3 * (at + dx) + k] + rgb[3 * (at + dy) + k] + rgb[3 * (at + dx + dy) + k]);
                }
            }
        }
        return bounded(level + 1, w, h, colour, mean);
    }

    /** The level before this one: twice the pixels, colours bilinear in between, so that a stretched frame covers every texel. */
    FrameLevel twice() {
        int w = 2 * width;
        int h = 2 * height;
        float[] colour = new float[3 * w * h];
        float[] fine = new float[w * h];
        for (int y = 2 * top; y < 2 * bottom; y++) {
            int y1 = Math.min(height - 1, Math.max(0, (y & 1) == 0 ? y / 2 - 1 : y / 2 + 1));
            for (int x = 2 * left; x < 2 * right; x++) {
                int x1 = Math.min(width - 1, Math.max(0, (x & 1) == 0 ? x / 2 - 1 : x / 2 + 1));
                int own = y / 2 * width + x / 2;
                int side = y / 2 * width + x1;
                int over = y1 * width + x / 2;
                int far = y1 * width + x1;
                int to = y * w + x;
                fine[to] = mix(weight[own], weight[side], weight[over], weight[far]);
                for (int k = 0; k < 3; k++) {
                    colour[3 * to + k] = mix(rgb[3 * own + k], rgb[3 * side + k], rgb[3 * over + k], rgb[3 * far + k]);
                }
            }
        }
        return new FrameLevel(level - 1, w, h, colour, fine, 2 * left, 2 * right, 2 * top, 2 * bottom);
    }

    private static float mix(float own, float side, float over, float far) {
        return 0.5625f * own + 0.1875f * (side + over) + 0.0625f * far;
    }

    /** Solve position of a column or row of this level. */
    double toSolve(int pixel) {
        return (pixel + 0.5) * Math.scalb(1.0, level) - 0.5;
    }

    /** Whether any pixel has weight. */
    boolean any() {
        return right > left;
    }

    private static FrameLevel bounded(int level, int width, int height, float[] rgb, float[] weight) {
        int left = width;
        int right = 0;
        int top = height;
        int bottom = 0;
        for (int y = 0; y < height; y++) {
            int from = y * width;
            int to = from + width - 1;
            while (from <= to && weight[from] <= 0.02f) {
                from++;
            }
            while (to > from && weight[to] <= 0.02f) {
                to--;
            }
            if (from <= to) {
                left = Math.min(left, from - y * width);
                right = Math.max(right, to + 1 - y * width);
                top = Math.min(top, y);
                bottom = y + 1;
            }
        }
        return right > left
                ? new FrameLevel(level, width, height, rgb, weight, left, right, top, bottom)
                : new FrameLevel(level, width, height, rgb, weight, 0, 0, 0, 0);
    }
}
