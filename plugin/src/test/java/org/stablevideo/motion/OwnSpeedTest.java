package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OwnSpeedTest {

    private static final int AREA = 4000;

    /** An object over two per cent of the picture that comes nearer: four times as fast in the last frame as in the first. */
    @Test
    void shouldFollowAnObjectThatComesNearer() {
        float[][] speeds = new float[13][AREA];
        for (int t = 0; t < 13; t++) {
            Arrays.fill(speeds[t], 0, 80, 2 + t * 0.5f);
            Arrays.fill(speeds[t], 80, AREA, 0.1f);
        }
        float[] own = OwnSpeed.of(speeds).perFrame();
        for (int t = 2; t < 11; t++) {
            assertEquals(2 + t * 0.5, own[t], 0.3, "frame " + t);
        }
    }

    @Test
    void shouldCallWhatHardlyMovesASmallShare() {
        float[][] speeds = new float[3][AREA];
        speeds[1][7] = 0.02f;
        float[][] shares = OwnSpeed.of(speeds).shares(speeds, 0.25f);
        assertEquals(0.08, shares[1][7], 1e-6);
        assertEquals(0, shares[0][7]);
    }

    @Test
    void shouldNotLetOneFrameStandOut() {
        float[][] speeds = new float[9][AREA];
        for (int t = 0; t < 9; t++) {
            Arrays.fill(speeds[t], 0, 100, t == 4 ? 40 : 4);
        }
        float[] own = OwnSpeed.of(speeds).perFrame();
        assertTrue(own[4] < 5, Arrays.toString(own));
        float[] steady = OwnSpeed.of(speeds).steady().perFrame();
        assertEquals(steady[0], steady[8]);
    }

    /** A thing that slows down and is hidden for a while: its own speed, and next to it what it last had. */
    @Test
    void shouldTellTheSpeedInsideAThing() {
        float[][] speeds = new float[12][AREA];
        float[][] thing = new float[12][AREA];
        for (int t = 0; t < 12; t++) {
            Arrays.fill(speeds[t], 0, 100, t < 6 ? 4 : 1);
            Arrays.fill(speeds[t], 100, AREA, 9);
            Arrays.fill(thing[t], 0, t == 9 || t == 10 ? 0 : 100, 1);
        }
        float[] own = OwnSpeed.inside(speeds, thing).perFrame();
        assertEquals(4, own[1], 1e-5);
        assertEquals(1, own[9], 1e-5);
        assertEquals(1, own[11], 1e-5);
    }
}
