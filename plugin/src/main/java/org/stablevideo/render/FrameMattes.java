package org.stablevideo.render;

import java.util.Arrays;
import java.util.List;
import org.stablevideo.atlas.Layer;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.space.SolveToFrame;

/**
 * How much of each layer is seen at each pixel of one frame: opacity times what the layers before it let through, in 255ths. The shares of
 * all layers of a pixel sum to 255 exactly.
 */
final class FrameMattes {

    private final FrameSize size;
    private final byte[][] share;
    private final int[] left;
    private final int[] right;
    private final boolean[] filled;

    FrameMattes(FrameSize size, int layers) {
        this.size = size;
        share = new byte[layers][size.area()];
        left = new int[size.height()];
        right = new int[size.height()];
        filled = new boolean[layers];
    }

    /** Share of a layer at each pixel, row-major, 0…255. */
    byte[] share(int layer) {
        return share[layer];
    }

    /** First column of a row in which an object shows; {@link #right} when none does. */
    int left(int y) {
        return left[y];
    }

    /** Column after the last one of a row in which an object shows. */
    int right(int y) {
        return right[y];
    }

    /** Computes the shares of one frame of a clip. */
    void fill(List<Layer> layers, int frame) {
        byte[] background = share[layers.size() - 1];
        Arrays.fill(background, (byte) 255);
        Arrays.fill(left, size.width());
        Arrays.fill(right, 0);
        for (int i = 0; i < layers.size() - 1; i++) {
            if (filled[i]) {
                Arrays.fill(share[i], (byte) 0);
            }
            filled[i] = occlude(layers.get(i).opacity().get(frame), share[i], background);
        }
    }

    /** Takes the layer's part from what is still seen; false when the matte is empty. */
    private boolean occlude(Plane matte, byte[] own, byte[] rest) {
        FrameSize solve = matte.size();
        Box box = Box.of(matte, 1);
        if (box.isEmpty()) {
            return false;
        }
        SolveToFrame sizes = new SolveToFrame(solve, size);
        int x0 = clamp((int) Math.floor(sizes.frameX(box.left() - 1)), size.width());
        int x1 = clamp((int) Math.ceil(sizes.frameX(box.right())) + 1, size.width());
        int y0 = clamp((int) Math.floor(sizes.frameY(box.top() - 1)), size.height());
        int y1 = clamp((int) Math.ceil(sizes.frameY(box.bottom())) + 1, size.height());
        boolean same = solve.equals(size);
        int[] column = new int[size.width()];
        int[] weight = new int[size.width()];
        for (int x = x0; x < x1; x++) {
            double at = Math.min(solve.width() - 1.0, Math.max(0, sizes.solveX(x)));
            column[x] = Math.min((int) at, Math.max(0, solve.width() - 2));
            weight[x] = (int) Math.round((at - column[x]) * 256);
        }
        byte[] values = matte.values();
        for (int y = y0; y < y1; y++) {
            double at = Math.min(solve.height() - 1.0, Math.max(0, sizes.solveY(y)));
            int row = Math.min((int) at, Math.max(0, solve.height() - 2));
            int down = (int) Math.round((at - row) * 256);
            int top = row * solve.width();
            int bottom = Math.min(row + 1, solve.height() - 1) * solve.width();
            int first = x1;
            int end = x0;
            for (int x = x0; x < x1; x++) {
                int alpha;
                if (same) {
                    alpha = values[y * solve.width() + x] & 255;
                } else {
                    int c = column[x];
                    int d = Math.min(c + 1, solve.width() - 1);
                    int f = weight[x];
                    int a = (values[top + c] & 255) * (256 - f) + (values[top + d] & 255) * f;
                    int b = (values[bottom + c] & 255) * (256 - f) + (values[bottom + d] & 255) * f;
                    alpha = (a * (256 - down) + b * down + 32768) >> 16;
                }
                if (alpha > 0) {
                    int i = y * size.width() + x;
                    int seen = rest[i] & 255;
                    int taken = (seen * alpha + 127) / 255;
                    own[i] = (byte) taken;
                    rest[i] = (byte) (seen - taken);
                    first = Math.min(first, x);
                    end = x + 1;
                }
            }
            left[y] = Math.min(left[y], first);
            right[y] = Math.max(right[y], end);
        }
        return true;
    }

    private static int clamp(int value, int limit) {
        return Math.max(0, Math.min(limit, value));
    }
}
