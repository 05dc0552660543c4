package org.stablevideo.model;

import java.util.List;
import org.stablevideo.frame.FrameSize;

/**
 * The part of an atlas that some frames show, in texels.
 *
 * @param atlas size of the whole
 * @param left first column
 * @param top first row
 * @param width columns, at least 8
 * @param height rows, at least 8
 */
record AtlasPart(FrameSize atlas, int left, int top, int width, int height) {

    private static final int LEAST = 8;

    static AtlasPart whole(FrameSize atlas) {
        return new AtlasPart(atlas, 0, 0, atlas.width(), atlas.height());
    }

    /** The smallest part with all texels that the frames' pixels of weight lie on, cut to the atlas. */
    static AtlasPart seen(FrameSize atlas, List<AggregationNetwork.Target> frames) {
        float[] low = {Float.MAX_VALUE, Float.MAX_VALUE};
        float[] high = {-Float.MAX_VALUE, -Float.MAX_VALUE};
        for (AggregationNetwork.Target frame : frames) {
            for (int i = 0; i < frame.weight().length; i++) {
                for (int k = 0; k < 2 && frame.weight()[i] > 0; k++) {
                    low[k] = Math.min(low[k], frame.grid()[2 * i + k]);
                    high[k] = Math.max(high[k], frame.grid()[2 * i + k]);
                }
            }
        }
        int[] across = span(low[0], high[0], atlas.width());
        int[] down = span(low[1], high[1], atlas.height());
        return new AtlasPart(atlas, across[0], down[0], across[1] - across[0], down[1] - down[0]);
    }

    /** First texel and the one after the last. */
    private static int[] span(float low, float high, int length) {
        if (low > high) {
            return new int[] {0, length};
        }
        int from = (int) Math.max(0, Math.min(length - 1.0, Math.floor((low + 1) / 2 * (length - 1))));
        int to = (int) Math.max(from + 1.0, Math.min(length, 1 + Math.ceil((high + 1) / 2 * (length - 1))));
        int least = Math.min(LEAST, length);
        from = Math.max(0, Math.min(from, length - least));
        return new int[] {from, Math.max(to, from + least)};
    }

    /** Three planes of the whole, cut. */
    float[] cut(float... planes) {
        float[] out = new float[3 * width * height];
        for (int k = 0; k < 3; k++) {
            for (int y = 0; y < height; y++) {
                System.arraycopy(planes, (k * atlas.height() + top + y) * atlas.width() + left, out, (k * height + y) * width, width);
            }
        }
        return out;
    }

    /** Positions in the whole, ±1 being its edge texels, as positions in this part. */
    float[] grid(float... whole) {
        float[] out = new float[whole.length];
        for (int i = 0; i < out.length; i += 2) {
            out[i] = part(whole[i], atlas.width(), left, width);
            out[i + 1] = part(whole[i + 1], atlas.height(), top, height);
        }
        return out;
    }

    private static float part(float at, int whole, int first, int count) {
        float texel = (at + 1) / 2 * (whole - 1) - first;
        return count == 1 ? 0 : 2 * texel / (count - 1) - 1;
    }
}
