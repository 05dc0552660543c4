package org.stablevideo.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.RgbFrame;

class LetterboxTest {

    private static void whiten(RgbFrame frame) {
        ByteBuffer pixels = frame.pixels();
        for (int i = 0; i < pixels.limit(); i++) {
            pixels.put(i, (byte) 255);
        }
    }

    @Test
    void shouldFillTheFrameWhenAspectsAgree() {
        assertTrue(Letterbox.of(new FrameSize(640, 360), 768.0 / 432, 16.0 / 9).isFull());
        assertTrue(Letterbox.of(new FrameSize(959, 540), 1.778, 16.0 / 9).isFull());
    }

    @Test
    void shouldChangeOnlyThePicture() {
        FrameSize size = new FrameSize(64, 36);
        RgbFrame frame = RgbFrame.allocate(size);
        Letterbox pillars = Letterbox.of(size, 9.0 / 16, 16.0 / 9);
        assertEquals(new FrameSize(20, 36), pillars.picture());
        pillars.apply(frame, LetterboxTest::whiten);
        for (int x = 0; x < 64; x++) {
            assertEquals(x >= 22 && x < 42 ? 255 : 0, frame.pixels().get((17 * 64 + x) * 3) & 0xFF, "column " + x);
        }
    }

    @Test
    void shouldLeaveBarsAboveAndBelow() {
        Letterbox bars = Letterbox.of(new FrameSize(64, 48), 16.0 / 9, 4.0 / 3);
        assertEquals(new FrameSize(64, 36), bars.picture());
        assertEquals(6, bars.top());
        assertEquals(0, bars.left());
    }

    @Test
    void shouldMarkFramesOfAnySize() {
        for (FrameSize size : new FrameSize[] {new FrameSize(1, 1), new FrameSize(5, 300), new FrameSize(1280, 720)}) {
            RgbFrame frame = RgbFrame.allocate(size);
            CornerMark.draw(frame, "analysing 34 %");
            long lit = 0;
            for (byte value : frame.copy().rgb()) {
                lit += value != 0 ? 1 : 0;
            }
            assertTrue(lit > 0 && (size.area() < 2000 || lit < size.area() / 10), size + ": " + lit);
        }
    }
}
