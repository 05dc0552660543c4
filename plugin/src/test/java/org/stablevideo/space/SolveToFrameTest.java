package org.stablevideo.space;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;

class SolveToFrameTest {

    @Test
    void shouldKeepTheEdgesOfThePictureWhereTheyAre() {
        SolveToFrame sizes = new SolveToFrame(new FrameSize(768, 432), new FrameSize(1920, 1080));

        assertEquals(-0.5, sizes.frameX(-0.5), 1e-12);
        assertEquals(1919.5, sizes.frameX(767.5), 1e-9);
        assertEquals(1079.5, sizes.frameY(431.5), 1e-9);
        assertEquals(0.75, sizes.frameX(0), 1e-12);
    }

    @Test
    void shouldComeBackToTheSamePixel() {
        long seed = 20;
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            FrameSize a = new FrameSize(1 + random.nextInt(900), 1 + random.nextInt(900));
            FrameSize b = new FrameSize(1 + random.nextInt(4000), 1 + random.nextInt(4000));
            SolveToFrame sizes = new SolveToFrame(a, b);
            double x = random.nextDouble() * 1000 - 50;
            assertEquals(x, sizes.solveX(sizes.frameX(x)), 1e-8, "seed " + seed + " round " + i);
            assertEquals(x, sizes.inverse().frameY(sizes.frameY(x)), 1e-8, "seed " + seed + " round " + i);
        }
    }

    @Test
    void shouldKeepPixelsSquareInPortraitClips() {
        NormalisedFrame frame = new NormalisedFrame(new FrameSize(432, 768), 70);

        assertEquals(0.125, frame.normalise(432), 1e-12);
        assertEquals(1, frame.normalise(768), 1e-12);
        assertEquals(217.3, frame.pixel(frame.normalise(217.3)), 1e-9);
        assertEquals(34, frame.frame(frame.normaliseTime(34)), 1e-9);
    }
}
