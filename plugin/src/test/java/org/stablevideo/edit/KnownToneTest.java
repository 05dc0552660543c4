package org.stablevideo.edit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;

class KnownToneTest {

    private static final FrameSize SIZE = new FrameSize(64, 48);

    /** A fine pattern on a tone. */
    private static Canvas painting(float red, float green) {
        Canvas canvas = Canvas.blank(SIZE);
        for (int i = 0; i < SIZE.area(); i++) {
            float fine = (i % SIZE.width() + i / SIZE.width()) % 2 == 0 ? 0.05f : -0.05f;
            canvas.colour()[0][i] = red + fine;
            canvas.colour()[1][i] = green + fine;
            canvas.weight()[i] = 1;
        }
        return canvas;
    }

    private static Canvas plain(float red, float green, int knownColumns) {
        Canvas canvas = Canvas.blank(SIZE);
        for (int i = 0; i < SIZE.area(); i++) {
            boolean known = i % SIZE.width() < knownColumns;
            canvas.colour()[0][i] = known ? red : 0;
            canvas.colour()[1][i] = known ? green : 0;
            canvas.weight()[i] = known ? 1 : 0;
        }
        return canvas;
    }

    @Test
    void shouldComeNearTheKnownToneAndKeepTheDrawing() {
        Canvas toned = KnownTone.of(painting(0.8f, 0.4f), plain(0.5f, 0.6f, 24));
        Canvas wanted = painting(0.59f, 0.54f); // seven tenths of the way
        // also where nothing is known: what is painted there belongs to the same thing
        for (int i = 0; i < SIZE.area(); i++) {
            assertEquals(wanted.colour()[0][i], toned.colour()[0][i], 0.01, "red at " + i);
            assertEquals(wanted.colour()[1][i], toned.colour()[1][i], 0.01, "green at " + i);
        }
    }

    @Test
    void shouldLeaveAPaintingOfWhichNothingIsKnown() {
        Canvas painted = painting(0.8f, 0.4f);
        Canvas toned = KnownTone.of(painted, plain(0.5f, 0.6f, 0));
        assertArrayEquals(painted.colour()[0], toned.colour()[0], 1e-6f);
    }
}
