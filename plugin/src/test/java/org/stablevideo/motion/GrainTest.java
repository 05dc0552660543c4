package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;

/** A picture in three parts: stripes, stripes of half the contrast, and nothing. */
class GrainTest {

    private static final FrameSize SIZE = new FrameSize(160, 40);

    @Test
    void shouldWeighByTheSquareOfTheGradients() {
        byte[] rgb = new byte[SIZE.rgbBytes()];
        for (int i = 0; i < SIZE.area(); i++) {
            int x = i % SIZE.width();
            int gray = 100 + (x < 60 ? 20 : x < 110 ? 10 : 0) * (x / 2 % 2);
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = (byte) gray;
            }
        }
        Grain grain = Grain.of(new CoarseClip(SIZE, 1, new byte[][] {rgb}, new FlowField[0], new FlowField[0]), 0);
        assertEquals(10, grain.most(), 1e-3);
        assertEquals(1, grain.shares()[30], 0);
        assertEquals(0.25, grain.shares()[85], 0.02);
        assertEquals(0, grain.shares()[140], 0);
    }
}
