package org.stablevideo.render;

import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;

/**
 * A rectangle of pixels.
 *
 * @param left first column
 * @param top first row
 * @param right column after the last
 * @param bottom row after the last
 */
public record Box(int left, int top, int right, int bottom) {

    public Box {
        if (left < 0 || top < 0 || right < left || bottom < top) {
            throw new IllegalArgumentException("box from " + left + "," + top + " to " + right + "," + bottom);
        }
    }

    /** The smallest box around all values of at least {@code threshold}; empty when there are none. */
    public static Box of(Plane plane, int threshold) {
        int width = plane.size().width();
        int left = width;
        int right = 0;
        int top = -1;
        int bottom = 0;
        byte[] values = plane.values();
        for (int y = 0; y < plane.size().height(); y++) {
            int at = y * width;
            int first = 0;
            while (first < width && (values[at + first] & 255) < threshold) {
                first++;
            }
            if (first == width) {
                continue;
            }
            int last = width - 1;
            while ((values[at + last] & 255) < threshold) {
                last--;
            }
            left = Math.min(left, first);
            right = Math.max(right, last + 1);
            top = top < 0 ? y : top;
            bottom = y + 1;
        }
        return top < 0 ? new Box(0, 0, 0, 0) : new Box(left, top, right, bottom);
    }

    /** Columns. */
    public int width() {
        return right - left;
    }

    /** Rows. */
    public int height() {
        return bottom - top;
    }

    /** Whether it holds no pixel. */
    public boolean isEmpty() {
        return width() == 0 || height() == 0;
    }

    /** Its size; it must not be empty. */
    public FrameSize size() {
        return new FrameSize(width(), height());
    }

    /** This box with a margin on all sides and at least {@code least} pixels a side, moved and cut to lie within a picture of the given size. */
    public Box grown(int margin, int least, FrameSize within) {
        int[] x = span(left - margin, right + margin, least, within.width());
        int[] y = span(top - margin, bottom + margin, least, within.height());
        return new Box(x[0], y[0], x[1], y[1]);
    }

    private static int[] span(int from, int to, int least, int limit) {
        int a = Math.max(0, from);
        int b = Math.min(limit, to);
        int missing = Math.max(0, Math.min(least, limit) - (b - a));
        a = Math.max(0, a - missing / 2);
        b = Math.min(limit, Math.max(b, a + Math.min(least, limit)));
        a = Math.max(0, Math.min(a, b - Math.min(least, limit)));
        return new int[] {a, b};
    }
}
