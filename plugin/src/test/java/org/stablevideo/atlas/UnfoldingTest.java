package org.stablevideo.atlas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;

class UnfoldingTest {

    private static final FrameSize SIZE = new FrameSize(161, 121);
    private static final Lattice LATTICE = Lattice.over(SIZE, 8);

    /** A turned, stretched frame. */
    private static float[] affine() {
        float[] uv = LATTICE.identity();
        for (int i = 0; i < uv.length; i += 2) {
            float x = uv[i];
            float y = uv[i + 1];
            uv[i] = 1.2f * x - 0.3f * y + 17;
            uv[i + 1] = 0.3f * x + 1.1f * y - 5;
        }
        return uv;
    }

    private static Plane shown(int value) {
        byte[] values = new byte[SIZE.area()];
        Arrays.fill(values, (byte) value);
        return new Plane(SIZE, values);
    }

    private static int folded(float[] uv) {
        int count = 0;
        for (int r = 0; r + 1 < LATTICE.rows(); r++) {
            for (int c = 0; c + 1 < LATTICE.columns(); c++) {
                count += LATTICE.area(uv, c, r) <= 0 ? 1 : 0;
            }
        }
        return count;
    }

    /** Pushes a node over its right neighbours. */
    private static float[] pushed(int column, int row) {
        float[] uv = affine();
        uv[2 * (row * LATTICE.columns() + column)] += 60;
        return uv;
    }

    @Test
    void shouldTurnASmallPatchBackAndLeaveTheRest() {
        for (int[] at : new int[][] {{7, 6}, {0, 4}, {0, 0}}) {
            float[] uv = pushed(at[0], at[1]);
            assertTrue(folded(uv) > 0, "the push folds cells");
            float[] flat = Unfolding.of(LATTICE, uv, shown(255));
            assertEquals(0, folded(flat), "cells turned over at " + Arrays.toString(at));
            float[] sound = affine();
            for (int i = 0; i < flat.length; i++) {
                assertEquals(sound[i], flat[i], 30, "node " + i / 2);
                boolean far = Math.abs(i / 2 % LATTICE.columns() - at[0]) > 4 || Math.abs(i / 2 / LATTICE.columns() - at[1]) > 4;
                if (far) {
                    assertEquals(sound[i], flat[i], "node " + i / 2 + " is far from what was pushed");
                }
            }
        }
    }

    @Test
    void shouldLeaveWhatIsNotFoldedOrNotShown() {
        float[] sound = affine();
        assertSame(sound, Unfolding.of(LATTICE, sound, shown(255)));
        float[] hidden = pushed(7, 6);
        assertSame(hidden, Unfolding.of(LATTICE, hidden, shown(0)));
    }

    /** What one thing hides of another fits nowhere: half a frame that is mirrored stays as it is. */
    @Test
    void shouldLeaveALargePatch() {
        float[] uv = affine();
        for (int r = 0; r < LATTICE.rows(); r++) {
            for (int c = 14; c < LATTICE.columns(); c++) {
                uv[2 * (r * LATTICE.columns() + c)] = uv[2 * (r * LATTICE.columns() + 13)] - 8 * (c - 13);
            }
        }
        assertTrue(folded(uv) > 50);
        assertSame(uv, Unfolding.of(LATTICE, uv, shown(255)));
    }
}
