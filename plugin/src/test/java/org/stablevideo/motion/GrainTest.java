package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;

/** The left half of a picture is even but for a grey level of noise here and there, the right half is drawn upon. */
class GrainTest {

    private static final FrameSize SIZE = new FrameSize(120, 40);

    @Test
    void shouldSeeMotionWhereAnythingIsDrawnAndNoneInAnEvenSky() {
        Random random = new Random(3);
        byte[] rgb = new byte[SIZE.rgbBytes()];
        for (int i = 0; i < SIZE.area(); i++) {
            int x = i % SIZE.width();
            int gray = x < 60 ? random.nextInt(8) == 0 ? 181 : 180 : 100 + 4 * (x / 3 % 2);
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = (byte) gray;
            }
        }
        float[] grain = Grain.of(SIZE, rgb);
        for (int y = 0; y < SIZE.height(); y++) {
            assertEquals(0, grain[y * SIZE.width() + 25], 0, "sky");
            assertEquals(1, grain[y * SIZE.width() + 80], 0, "drawn");
            assertEquals(1, grain[y * SIZE.width() + 56], 0, "beside what is drawn");
        }
    }
}
