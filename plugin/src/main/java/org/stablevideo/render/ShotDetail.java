package org.stablevideo.render;

import org.stablevideo.frame.FrameSize;

/**
 * Fine detail of a shot on one layer: luminance over its local mean, where only pixels of the layer count, so that the silhouette of an
 * object is no detail of it. The mean spans about 1/85 of the frame's long side (9 px of 768) whatever the size.
 *
 * <p>The factor is (Y + {@value #FLOOR})/(mean + {@value #FLOOR}): the floor keeps noise of dark pixels from being blown up.
 */
final class ShotDetail {

    /** Added to luminances before they are divided, in 255ths. */
    static final float FLOOR = 24f;

    private static final int LONG_SIDE_BLOCKS = 256;

    private final NodeScan scan;
    private final int block;
    private final int columns;
    private final int rows;
    private final FrameSize size;
    private final float[] inverse;

    ShotDetail(FrameSize size) {
        this.size = size;
        block = Math.max(2, Math.round((float) size.longSide() / LONG_SIDE_BLOCKS));
        columns = Math.max(2, (size.width() + block - 1) / block);
        rows = Math.max(2, (size.height() + block - 1) / block);
        inverse = new float[columns * rows];
        scan = NodeScan.ofBlocks(columns, rows, size, block);
    }

    NodeScan scan() {
        return scan;
    }

    /** 1/(mean + floor) at each block; valid after {@link #measure}. */
    float[] inverse() {
        return inverse;
    }

    /**
     * Measures the local mean.
     *
     * @param rgb pixels of the frame
     * @param share of the layer at each pixel, 0…255
     */
    void measure(byte[] rgb, byte[] share) {
        int[] weighted = new int[columns * rows];
        int[] weight = new int[columns * rows];
        int step = Math.max(1, block / 3);
        int width = size.width();
        for (int y = step / 2; y < size.height(); y += step) {
            int row = y / block * columns;
            int at = y * width;
            for (int b = 0; b < columns; b++) {
                int end = Math.min(width, (b + 1) * block);
                int sum = 0;
                int total = 0;
                for (int x = b * block + step / 2; x < end; x += step) {
                    int s = share[at + x] & 255;
                    sum += s * Scratch.luma(rgb, at + x);
                    total += s;
                }
                weighted[row + b] += sum;
                weight[row + b] += total;
            }
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                long sum = 0;
                long total = 0;
                for (int j = Math.max(0, r - 1); j <= Math.min(rows - 1, r + 1); j++) {
                    for (int i = Math.max(0, c - 1); i <= Math.min(columns - 1, c + 1); i++) {
                        sum += weighted[j * columns + i];
                        total += weight[j * columns + i];
                    }
                }
                int x = Math.min(width - 1, c * block + block / 2);
                int y = Math.min(size.height() - 1, r * block + block / 2);
                float mean = total > 0 ? (float) sum / total : Scratch.luma(rgb, y * width + x);
                inverse[r * columns + c] = 1f / (mean + FLOOR);
            }
        }
    }
}
