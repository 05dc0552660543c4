package org.stablevideo.render;

import java.util.Arrays;
import org.stablevideo.frame.FrameSize;

/**
 * Where a layer's own texture draws what a frame does not show: a wheel seen from the side while the car comes head on, or a pattern that the
 * mapping has put beside its place. In each window, about a thirtieth of the frame's long side, the share of the texture's contrast that is not found in the
 * frame, <i>1 − cov(texture, frame) / var(texture)</i>; where the texture is flat it can draw nothing wrong.
 */
final class Mismatch {

    private static final int LONG_SIDE_BLOCKS = 96;
    private static final int SAMPLES = 4;

    /** Variance of a texture that counts as flat, in squared levels of 255. */
    private static final double FLAT = 6 * 6;

    /** Shares from which the frame is followed a little, and altogether. */
    private static final double BEARABLE = 0.2;
    private static final double WRONG = 0.5;

    /** Shares below this are not worth the work. */
    private static final float LEAST = 0.02f;

    /** Rows of blocks that a core takes at a time. */
    private static final int FEWEST = 4;

    private static final int SUMS = 5;

    private final FrameSize size;
    private final int block;
    private final int columns;
    private final int rows;
    private final NodeScan scan;
    private final float[] doubt;
    private final float[] own;
    private final int[] first;
    private final int[] last;

    Mismatch(FrameSize size) {
        this.size = size;
        block = Math.max(2, Math.round((float) size.longSide() / LONG_SIDE_BLOCKS));
        columns = Math.max(2, (size.width() + block - 1) / block);
        rows = Math.max(2, (size.height() + block - 1) / block);
        doubt = new float[columns * rows];
        own = new float[columns * rows];
        first = new int[rows];
        last = new int[rows];
        scan = NodeScan.ofBlocks(columns, rows, size, block);
    }

    NodeScan scan() {
        return scan;
    }

    /** How far the frame is to be followed, in [0, 1], at each block; valid after {@link #measure}. */
    float[] doubt() {
        return doubt;
    }

    /** Whether it is to be followed anywhere. */
    boolean any() {
        return Arrays.stream(last).anyMatch(end -> end >= 0);
    }

    /** First column of a row of the frame in which it may have to be followed; not before {@link #to} where it is nowhere. */
    int from(int y) {
        int row = Math.min(rows - 1, y / block);
        int column = Math.min(first[Math.max(0, row - 1)], Math.min(first[row], first[Math.min(rows - 1, row + 1)]));
        return Math.max(0, (column - 1) * block);
    }

    /** Column after the last one. */
    int to(int y) {
        int row = Math.min(rows - 1, y / block);
        int column = Math.max(last[Math.max(0, row - 1)], Math.max(last[row], last[Math.min(rows - 1, row + 1)]));
        return column < 0 ? 0 : Math.min(size.width(), (column + 2) * block);
    }

    /**
     * Measures it.
     *
     * @param rgb pixels of the frame
     * @param mattes what shows where
     * @param layer the layer
     * @param everywhere whether it is seen beyond the columns that the mattes name: the background
     * @param texture the layer before the edit, in its light
     */
    void measure(byte[] rgb, FrameMattes mattes, int layer, boolean everywhere, LayerView texture) {
        double[] sums = new double[SUMS * columns * rows];
        Bands.run(rows, FEWEST, (top, bottom) -> sum(rgb, mattes, layer, everywhere, texture.another(), sums, top, bottom));
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                own[r * columns + c] = share(sums, r, c);
            }
        }
        for (int r = 0; r < rows; r++) {
            first[r] = columns;
            last[r] = -1;
            for (int c = 0; c < columns; c++) {
                float mean = mean(sums, r, c);
                doubt[r * columns + c] = mean;
                if (mean > LEAST) {
                    first[r] = Math.min(first[r], c);
                    last[r] = c;
                }
            }
        }
    }

    /** Adds up what is to be known of some rows of blocks. */
    private void sum(byte[] rgb, FrameMattes mattes, int layer, boolean everywhere, LayerView texture, double[] sums, int top, int bottom) {
        byte[] share = mattes.share(layer);
        int step = Math.max(1, block / SAMPLES);
        for (int y = top * block + step / 2; y < Math.min(size.height(), bottom * block); y += step) {
            int left = everywhere ? 0 : mattes.left(y);
            int right = everywhere ? size.width() : mattes.right(y);
            if (left >= right) {
                continue;
            }
            texture.row(y, left, right);
            int at = y * size.width();
            for (int x = left - left % step + step / 2; x < right; x += step) {
                if (x < left || (share[at + x] & 255) < 128) {
                    continue;
                }
                int texel = texture.texel(x);
                float shown = texture.light(x) * (77 * (texel >> 16 & 255) + 150 * (texel >> 8 & 255) + 29 * (texel & 255)) / 256;
                float seen = Scratch.luma(rgb, at + x);
                int i = SUMS * (y / block * columns + x / block);
                sums[i]++;
                sums[i + 1] += shown;
                sums[i + 2] += seen;
                sums[i + 3] += shown * shown;
                sums[i + 4] += shown * seen;
            }
        }
    }

    private float share(double[] sums, int row, int column) {
        double[] all = new double[SUMS];
        for (int j = Math.max(0, row - 1); j <= Math.min(rows - 1, row + 1); j++) {
            for (int i = Math.max(0, column - 1); i <= Math.min(columns - 1, column + 1); i++) {
                for (int k = 0; k < SUMS; k++) {
                    all[k] += sums[SUMS * (j * columns + i) + k];
                }
            }
        }
        if (all[0] < SAMPLES) {
            return 0;
        }
        double shown = all[1] / all[0];
        double variance = Math.max(0, all[3] / all[0] - shown * shown);
        double common = all[4] / all[0] - shown * all[2] / all[0];
        double missing = (variance - common) / (variance + FLAT);
        double t = Math.max(0, Math.min(1, (missing - BEARABLE) / (WRONG - BEARABLE)));
        return (float) (t * t * (3 - 2 * t));
    }

    /** Mean over the block and its neighbours, of those that the layer shows in. */
    private float mean(double[] sums, int row, int column) {
        double sum = 0;
        double count = 0;
        for (int j = Math.max(0, row - 1); j <= Math.min(rows - 1, row + 1); j++) {
            for (int i = Math.max(0, column - 1); i <= Math.min(columns - 1, column + 1); i++) {
                double n = sums[SUMS * (j * columns + i)] + 1e-9;
                sum += n * own[j * columns + i];
                count += n;
            }
        }
        return (float) (sum / count);
    }
}
