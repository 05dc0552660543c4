package org.stablevideo.motion;

import org.stablevideo.frame.FrameSize;

/**
 * Where every pixel of one frame lies in another: pixel (x, y) moves to (x + dx, y + dy). Pixels are addressed by their centres, (0, 0) is
 * the centre of the top left one. Displacements are fixed point, {@value #STEPS} steps a pixel, up to ±511 pixels. The arrays are shared.
 *
 * @param size pixels across and down of both frames
 * @param dx displacement to the right in steps, one a pixel, rows from top to bottom
 * @param dy displacement down in steps
 * @param confidence 0 (occluded, outside, unsure) to 255 (forward and backward flow agree), unsigned
 */
public record FlowField(FrameSize size, short[] dx, short[] dy, byte[] confidence) {

    /** Steps a pixel. */
    public static final int STEPS = 64;

    public FlowField {
        if (dx.length != size.area() || dy.length != size.area() || confidence.length != size.area()) {
            throw new IllegalArgumentException("a flow field of " + size + " has " + size.area() + " vectors");
        }
    }

    /** The field that moves nothing, fully sure. */
    public static FlowField still(FrameSize size) {
        byte[] sure = new byte[size.area()];
        java.util.Arrays.fill(sure, (byte) 255);
        return new FlowField(size, new short[size.area()], new short[size.area()], sure);
    }

    /** Displacement to the right of a whole pixel, in pixels. */
    public float dx(int x, int y) {
        return dx[y * size.width() + x] / (float) STEPS;
    }

    /** Displacement down of a whole pixel, in pixels. */
    public float dy(int x, int y) {
        return dy[y * size.width() + x] / (float) STEPS;
    }

    /** Confidence of a whole pixel, in [0, 1]. */
    public float confidence(int x, int y) {
        return (confidence[y * size.width() + x] & 255) / 255f;
    }

    /** Displacement to the right at any place, bilinear, in pixels; places outside take the nearest border. */
    public float dx(float x, float y) {
        return sample(dx, x, y) / STEPS;
    }

    /** Displacement down at any place, bilinear, in pixels; places outside take the nearest border. */
    public float dy(float x, float y) {
        return sample(dy, x, y) / STEPS;
    }

    /** Confidence at any place, bilinear, in [0, 1]; 0 outside the frame. */
    public float confidence(float x, float y) {
        if (!(x >= 0 && y >= 0 && x <= size.width() - 1 && y <= size.height() - 1)) {
            return 0;
        }
        int w = size.width();
        int x0 = Math.min((int) x, Math.max(0, w - 2));
        int y0 = Math.min((int) y, Math.max(0, size.height() - 2));
        int right = w > 1 ? 1 : 0;
        int down = size.height() > 1 ? w : 0;
        float fx = x - x0;
        float fy = y - y0;
        int i = y0 * w + x0;
        float top = (confidence[i] & 255) * (1 - fx) + (confidence[i + right] & 255) * fx;
        float bottom = (confidence[i + down] & 255) * (1 - fx) + (confidence[i + down + right] & 255) * fx;
        return (top * (1 - fy) + bottom * fy) / 255f;
    }

    private float sample(short[] values, float x, float y) {
        int w = size.width();
        float cx = Math.max(0, Math.min(w - 1, x));
        float cy = Math.max(0, Math.min(size.height() - 1, y));
        int x0 = Math.min((int) cx, Math.max(0, w - 2));
        int y0 = Math.min((int) cy, Math.max(0, size.height() - 2));
        int right = w > 1 ? 1 : 0;
        int down = size.height() > 1 ? w : 0;
        float fx = cx - x0;
        float fy = cy - y0;
        int i = y0 * w + x0;
        float top = values[i] * (1 - fx) + values[i + right] * fx;
        float bottom = values[i + down] * (1 - fx) + values[i + down + right] * fx;
        return top * (1 - fy) + bottom * fy;
    }
}
