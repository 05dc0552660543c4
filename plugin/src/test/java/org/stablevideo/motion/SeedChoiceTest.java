package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;

/** A thing and a post that move by as much on their own, the thing against the ground's motion, the post along with it. */
class SeedChoiceTest {

    private static final FrameSize SIZE = new FrameSize(60, 20);
    private static final int FRAMES = 3;
    private static final int THING = 10;
    private static final int POST = 45;

    @Test
    void shouldForgetWhatGoesAlongWithTheGroundWhereTheThingIsFollowed() {
        SeedChoice own = bySpeed(-1, 1);
        assertEquals(1, share(own, THING), 1e-3);
        assertEquals(0, share(own, POST), 1e-3);
    }

    @Test
    void shouldForgetLessWhereTheThingIsHardlyFollowed() {
        SeedChoice own = bySpeed(-0.1, 1);
        assertEquals(1, share(own, THING), 1e-3);
        assertEquals(0.8, share(own, POST), 1e-3);
    }

    @Test
    void shouldTakeBothWhereTheThingIsNotFollowed() {
        for (double thing : new double[] {0, 1}) {
            SeedChoice own = bySpeed(thing, 1);
            assertEquals(1, share(own, THING), 1e-3);
            assertEquals(1, share(own, POST), 1e-3);
        }
    }

    private static SeedChoice bySpeed(double thing, double post) {
        float[][] speeds = new float[FRAMES][SIZE.area()];
        float[][] along = new float[FRAMES][SIZE.area()];
        float[][] map = new float[FRAMES][SIZE.area()];
        for (int t = 0; t < FRAMES; t++) {
            for (int y = 0; y < SIZE.height(); y++) {
                fill(speeds[t], y, THING, 4);
                fill(speeds[t], y, POST, 4);
                fill(along[t], y, THING, (float) thing);
                fill(along[t], y, POST, (float) post);
                fill(map[t], y, THING, 1);
            }
        }
        CoarseClip clip = new CoarseClip(SIZE, 1, new byte[FRAMES][SIZE.rgbBytes()], new FlowField[FRAMES - 1], new FlowField[FRAMES - 1]);
        return new SeedChoice(speeds, 0.5f, speeds, along).bySpeedOf(clip, map);
    }

    private static void fill(float[] map, int y, int x, float value) {
        Arrays.fill(map, y * SIZE.width() + x - 5, y * SIZE.width() + x + 5, value);
    }

    private static double share(SeedChoice choice, int x) {
        return choice.shares()[1][SIZE.height() / 2 * SIZE.width() + x];
    }
}
