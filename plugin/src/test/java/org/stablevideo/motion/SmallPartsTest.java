package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;

class SmallPartsTest {

    private static final FrameSize SIZE = new FrameSize(40, 30);
    private static final FrameSize WIDE = new FrameSize(80, 60);

    @Test
    void shouldCloseSmallHolesAlone() {
        OpenCv.load();
        float[] matte = new float[SIZE.area()];
        rectangle(matte, 0, 5, 30, 20, 1);
        rectangle(matte, 6, 8, 3, 3, 0.6f);
        rectangle(matte, 7, 9, 1, 1, 0.1f);
        rectangle(matte, 14, 9, 8, 8, 0);
        rectangle(matte, 28, 12, 2, 2, 0);
        rectangle(matte, 0, 15, 2, 2, 0);
        SmallParts.fillHoles(SIZE, matte);
        assertEquals(1, at(matte, 7, 9), "a hole");
        assertEquals(1, at(matte, 6, 8), "what shines through around it");
        assertEquals(0, at(matte, 16, 11), "too large: an arm's crook");
        assertEquals(0, at(matte, 29, 13), "a notch in the outline");
        assertEquals(0, at(matte, 0, 15), "at the frame's border nothing is known to be enclosed");
        assertEquals(0, at(matte, 35, 2), "outside");
    }

    @Test
    void shouldDropSmallIslandsAlone() {
        OpenCv.load();
        float[] matte = new float[WIDE.area()];
        rectangle(matte, 0, 5, 60, 40, 1);
        rectangle(matte, 60, 5, 1, 40, 0.3f);
        rectangle(matte, 64, 8, 8, 6, 0.4f);
        rectangle(matte, 67, 9, 4, 4, 1);
        rectangle(matte, 64, 28, 12, 18, 0.9f);
        rectangle(matte, 70, 52, 3, 3, 0.2f);
        byte[] values = new byte[matte.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) Math.round(255 * matte[i]);
        }
        Plane tidy = SmallParts.dropIslands(new Plane(WIDE, values));
        assertEquals(0, tidy.values()[10 * 80 + 68], "an island");
        assertEquals(0, tidy.values()[8 * 80 + 65], "its soft rim");
        assertEquals(Math.round(255 * 0.9f), tidy.values()[40 * 80 + 70] & 255, "too large: a leg told apart by a stripe");
        assertEquals(Math.round(255 * 0.3f), tidy.values()[10 * 80 + 60] & 255, "the object's own soft rim");
        assertEquals(255, tidy.values()[20 * 80 + 20] & 255, "the object");
        assertEquals(0, tidy.values()[53 * 80 + 71], "a faint speck");
    }

    private static float at(float[] matte, int x, int y) {
        return matte[y * SIZE.width() + x];
    }

    private static void rectangle(float[] matte, int left, int top, int width, int height, float value) {
        int stride = matte.length == SIZE.area() ? SIZE.width() : WIDE.width();
        for (int y = top; y < top + height; y++) {
            java.util.Arrays.fill(matte, y * stride + left, y * stride + left + width, value);
        }
    }
}
