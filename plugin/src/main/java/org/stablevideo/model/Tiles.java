package org.stablevideo.model;

import java.util.Arrays;

/**
 * Applies a network to a large picture piece by piece. Pieces overlap, and each fades into the next.
 *
 * @param side length of a piece, in latents
 * @param overlap by which neighbours overlap, in latents
 */
record Tiles(int side, int overlap) {

    /** A network for one piece: planes of {@code height} × {@code width} latents in, planes out. */
    interface Piece {
        float[] apply(float[] planes, int height, int width);
    }

    Tiles {
        if (overlap < 1 || overlap * 2 > side) {
            throw new IllegalArgumentException("tiles of " + side + " overlap by 1.." + side / 2 + ", got " + overlap);
        }
    }

    /**
     * Applies.
     *
     * @param planes planes of (height · in) × (width · in) numbers
     * @param height in latents
     * @param width in latents
     * @param in numbers a latent's side has in what goes in
     * @param out numbers a latent's side has in what comes out
     * @return planes of (height · out) × (width · out) numbers
     */
    float[] apply(float[] planes, int height, int width, int in, int out, Piece piece) {
        int[] tops = starts(height);
        int[] lefts = starts(width);
        float[] sum = {};
        float[] weight = new float[height * out * width * out];
        int h = Math.min(side, height);
        int w = Math.min(side, width);
        for (int top : tops) {
            for (int left : lefts) {
                float[] part = piece.apply(cut(planes, height * in, width * in, top * in, left * in, h * in, w * in), h, w);
                int count = part.length / (h * out * w * out);
                sum = sum.length == 0 ? new float[count * height * out * width * out] : sum;
                add(part, h * out, w * out, sum, weight, height * out, width * out, top * out, left * out, overlap * out);
            }
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= weight[i % weight.length];
        }
        return sum;
    }

    /** Where pieces begin along a side, evenly, so that neighbours overlap by at least the overlap. */
    private int[] starts(int length) {
        if (length <= side) {
            return new int[] {0};
        }
        int count = (length - overlap + side - overlap - 1) / (side - overlap);
        int[] starts = new int[count];
        Arrays.setAll(starts, i -> Math.round((float) i * (length - side) / (count - 1)));
        return starts;
    }

    private static float[] cut(float[] planes, int height, int width, int top, int left, int h, int w) {
        int count = planes.length / (height * width);
        float[] out = new float[count * h * w];
        for (int k = 0; k < count; k++) {
            for (int y = 0; y < h; y++) {
                System.arraycopy(planes, (k * height + top + y) * width + left, out, (k * h + y) * w, w);
            }
        }
        return out;
    }

    private static void add(
            float[] part, int h, int w, float[] sum, float[] weight, int height, int width, int top, int left, int ramp) {
        int count = part.length / (h * w);
        for (int y = 0; y < h; y++) {
            float vertical = fade(y, h, ramp, top == 0, top + h == height);
            for (int x = 0; x < w; x++) {
                float share = vertical * fade(x, w, ramp, left == 0, left + w == width);
                int to = (top + y) * width + left + x;
                weight[to] += share;
                for (int k = 0; k < count; k++) {
                    sum[k * height * width + to] += share * part[(k * h + y) * w + x];
                }
            }
        }
    }

    /** 1 inside, falling towards an end beside which another piece lies. */
    private static float fade(int at, int length, int ramp, boolean first, boolean last) {
        float begin = first ? 1 : Math.min(1, (at + 1f) / (ramp + 1));
        float end = last ? 1 : Math.min(1, (float) (length - at) / (ramp + 1));
        return Math.min(begin, end);
    }
}
