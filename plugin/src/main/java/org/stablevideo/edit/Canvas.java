package org.stablevideo.edit;

import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Resample;

/**
 * A picture to compute with: planes of red, green and blue in [0, 1] and a weight that says how much each pixel is worth, 0 nothing. Row-major,
 * owned by whoever made it.
 *
 * @param size pixels across and down
 * @param colour three planes of {@code size.area()} values
 * @param weight one plane, at least 0
 */
record Canvas(FrameSize size, float[][] colour, float[] weight) {

    Canvas {
        if (colour.length != 3 || weight.length != size.area() || colour[0].length != size.area()) {
            throw new IllegalArgumentException("planes do not fit a canvas of " + size);
        }
    }

    /** Nothing yet: black, without weight. */
    static Canvas blank(FrameSize size) {
        return new Canvas(size, new float[3][size.area()], new float[size.area()]);
    }

    /** A picture, every pixel of weight 1. */
    static Canvas of(Picture picture) {
        Canvas canvas = blank(picture.size());
        byte[] rgb = picture.rgb();
        for (int i = 0; i < canvas.weight.length; i++) {
            for (int k = 0; k < 3; k++) {
                canvas.colour[k][i] = (rgb[3 * i + k] & 255) / 255f;
            }
            canvas.weight[i] = 1;
        }
        return canvas;
    }

    /** Colours as networks give them, three planes one after another; every pixel of weight 1. */
    static Canvas of(FrameSize size, float... planes) {
        Canvas canvas = blank(size);
        for (int k = 0; k < 3; k++) {
            System.arraycopy(planes, k * size.area(), canvas.colour[k], 0, size.area());
        }
        java.util.Arrays.fill(canvas.weight, 1);
        return canvas;
    }

    /** The colours as networks take them: three planes, one after another. */
    float[] planes() {
        float[] out = new float[3 * size.area()];
        for (int k = 0; k < 3; k++) {
            System.arraycopy(colour[k], 0, out, k * size.area(), size.area());
        }
        return out;
    }

    /** The colours in 8 bits; weights are left behind. */
    Picture picture() {
        byte[] rgb = new byte[size.rgbBytes()];
        for (int i = 0; i < weight.length; i++) {
            for (int k = 0; k < 3; k++) {
                rgb[3 * i + k] = (byte) Math.round(255 * Math.min(1f, Math.max(0f, colour[k][i])));
            }
        }
        return new Picture(size, rgb);
    }

    /** The same colours with other weights. */
    Canvas weighted(float[] other) {
        return new Canvas(size, colour, other);
    }

    /** Colours times weight, over black. */
    Canvas onBlack() {
        Canvas out = blank(size);
        for (int i = 0; i < weight.length; i++) {
            for (int k = 0; k < 3; k++) {
                out.colour[k][i] = colour[k][i] * weight[i];
            }
            out.weight[i] = 1;
        }
        return out;
    }

    /** Colours and weights at another size. */
    Canvas resized(FrameSize to) {
        float[][] out = new float[3][];
        for (int k = 0; k < 3; k++) {
            out[k] = Resample.resize(colour[k], size, to);
        }
        return new Canvas(to, out, Resample.resize(weight, size, to));
    }

    /** Luminance (Rec. 601). */
    float[] luma() {
        float[] out = new float[weight.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = 0.299f * colour[0][i] + 0.587f * colour[1][i] + 0.114f * colour[2][i];
        }
        return out;
    }

    /**
     * Every pixel with a colour: where the weight is below 1, what is missing comes from the neighbours, near ones first (push–pull, Gortler et
     * al. 1996). All weights are 1 afterwards; black where nothing had weight.
     */
    Canvas filled() {
        if (size.area() == 1) {
            return new Canvas(size, colour, new float[] {1});
        }
        FrameSize half = new FrameSize((size.width() + 1) / 2, (size.height() + 1) / 2);
        Canvas coarse = blank(half);
        for (int y = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++) {
                int from = y * size.width() + x;
                int to = y / 2 * half.width() + x / 2;
                float w = Math.min(1, weight[from]);
                coarse.weight[to] += w;
                for (int k = 0; k < 3; k++) {
                    coarse.colour[k][to] += w * colour[k][from];
                }
            }
        }
        for (int i = 0; i < coarse.weight.length; i++) {
            float w = coarse.weight[i];
            for (int k = 0; k < 3 && w > 0; k++) {
                coarse.colour[k][i] /= w;
            }
            coarse.weight[i] = Math.min(1, w);
        }
        Canvas below = coarse.filled();
        FrameSize doubled = new FrameSize(half.width() * 2, half.height() * 2);
        Canvas out = blank(size);
        for (int k = 0; k < 3; k++) {
            float[] smooth = Resample.resize(below.colour[k], half, doubled);
            for (int y = 0; y < size.height(); y++) {
                for (int x = 0; x < size.width(); x++) {
                    int i = y * size.width() + x;
                    float w = Math.min(1, weight[i]);
                    out.colour[k][i] = w * colour[k][i] + (1 - w) * smooth[y * doubled.width() + x];
                }
            }
        }
        java.util.Arrays.fill(out.weight, 1);
        return out;
    }
}
