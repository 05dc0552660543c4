package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;

class SmallPartsTest {

    private static final FrameSize SIZE = new FrameSize(40, 30);

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
        SmallParts.tidy(SIZE, matte);
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
        float[] matte = new float[SIZE.area()];
        rectangle(matte, 0, 5, 30, 20, 1);
        rectangle(matte, 32, 8, 4, 4, 0.4f);
        rectangle(matte, 33, 9, 2, 2, 1);
        rectangle(matte, 33, 16, 6, 9, 0.9f);
        rectangle(matte, 30, 5, 1, 20, 0.3f);
        SmallParts.tidy(SIZE, matte);
        assertEquals(0, at(matte, 33, 9), "an island");
        assertEquals(0, at(matte, 32, 8), "its soft rim");
        assertEquals(0.9f, at(matte, 35, 20), "too large: a leg told apart by a stripe");
        assertEquals(0.3f, at(matte, 30, 10), "the object's own soft rim");
        assertEquals(1, at(matte, 20, 10), "the object");
    }

    private static float at(float[] matte, int x, int y) {
        return matte[y * SIZE.width() + x];
    }

    private static void rectangle(float[] matte, int left, int top, int width, int height, float value) {
        for (int y = top; y < top + height; y++) {
            java.util.Arrays.fill(matte, y * SIZE.width() + left, y * SIZE.width() + left + width, value);
        }
    }
}
