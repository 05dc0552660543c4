package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;

/** A red square goes across, behind a post and out again; in the meantime and afterwards something green moves below. */
class PersistentObjectTest {

    private static final FrameSize SIZE = new FrameSize(120, 60);
    private static final int FRAMES = 24;
    private static final int SIDE = 14;
    private static final int GREEN_AT = 40;

    private final float[][] maps = new float[FRAMES][SIZE.area()];
    private final byte[][] rgb = new byte[FRAMES][3 * SIZE.area()];

    private CoarseClip clip(boolean bothRed) {
        FlowField[] steps = new FlowField[FRAMES - 1];
        for (int t = 0; t < FRAMES; t++) {
            Arrays.fill(rgb[t], (byte) 90);
            if (t < 9 || t > 13) {
                draw(t, 4 * t, 10, 0);
            }
            if (t > 8) {
                draw(t, 30, GREEN_AT, bothRed ? 0 : 1);
            }
        }
        for (int t = 0; t + 1 < FRAMES; t++) {
            FlowField still = FlowField.still(SIZE);
            for (int y = 0; y < GREEN_AT - 5; y++) {
                Arrays.fill(still.dx(), y * SIZE.width(), (y + 1) * SIZE.width(), (short) (4 * FlowField.STEPS));
            }
            steps[t] = still;
        }
        return new CoarseClip(SIZE, 1, rgb, steps, steps);
    }

    private void draw(int t, int left, int top, int channel) {
        for (int y = top; y < top + SIDE; y++) {
            for (int x = left; x < left + SIDE; x++) {
                int i = y * SIZE.width() + x;
                maps[t][i] = 0.9f;
                rgb[t][3 * i] = 0;
                rgb[t][3 * i + 1] = 0;
                rgb[t][3 * i + 2] = 0;
                rgb[t][3 * i + channel] = (byte) 220;
            }
        }
    }

    private int kept(int t, int top) {
        int pixels = 0;
        for (int i = top * SIZE.width(); i < (top + SIDE) * SIZE.width(); i++) {
            pixels += maps[t][i] > 0.5f ? 1 : 0;
        }
        return pixels;
    }

    /** What the square gathers before the post. */
    private float[][] seeds() {
        float[][] seeds = new float[FRAMES][SIZE.area()];
        for (int t = 0; t < 9; t++) {
            Arrays.fill(seeds[t], 1);
        }
        return seeds;
    }

    @Test
    void shouldFindAThingAgainByItsColoursWhereItComesOut() {
        CoarseClip clip = clip(false);
        PersistentObject.keepAndFindAgain(clip, maps, seeds(), 0.5f, ColourModel.cells(clip));
        for (int t = 0; t < FRAMES; t++) {
            assertEquals(t < 9 || t > 13 ? SIDE * SIDE : 0, kept(t, 10), "frame " + t);
            assertEquals(0, kept(t, GREEN_AT), "frame " + t);
        }
    }

    @Test
    void shouldLoseItWhereItIsNotLookedForAgain() {
        CoarseClip clip = clip(false);
        PersistentObject.keep(clip, maps, seeds(), 0.5f);
        assertEquals(SIDE * SIDE, kept(8, 10));
        assertEquals(0, kept(20, 10));
    }

    @Test
    void shouldNotTakeWhatIsThereAllAlongForIt() {
        CoarseClip clip = clip(true);
        for (int t = 0; t < 9; t++) {
            draw(t, 30, GREEN_AT, 0);
        }
        PersistentObject.keepAndFindAgain(clip, maps, seeds(2), 0.5f, ColourModel.cells(clip));
        assertTrue(kept(20, 10) > 0);
        assertEquals(0, kept(20, GREEN_AT));
    }

    /** More of it for the square than for what is below. */
    private float[][] seeds(float more) {
        float[][] seeds = seeds();
        for (float[] seed : seeds) {
            for (int i = 0; i < (GREEN_AT - 5) * SIZE.width(); i++) {
                seed[i] *= 10 * more;
            }
        }
        return seeds;
    }
}
