package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;

/** A grey box, 40 across, stands on mottled ground; its shadow lies before it and to the right. */
class CastShadowTest {

    private static final FrameSize SIZE = new FrameSize(120, 80);

    private final float[] plate = new float[3 * SIZE.area()];
    private final byte[] frame = new byte[3 * SIZE.area()];
    private final float[] matte = new float[SIZE.area()];

    CastShadowTest() {
        Random random = new Random(3);
        for (int i = 0; i < SIZE.area(); i++) {
            float mottle = 100 + 30 * (float) Math.sin(i % 120 * 0.3) + 4 * random.nextFloat();
            for (int c = 0; c < 3; c++) {
                plate[3 * i + c] = mottle + 15 * c;
                double shade = inShadow(i) ? 0.55 : 1;
                // the box is as neutral and as much darker than the ground as the shadow is, above its black sill
                frame[3 * i + c] = (byte) (inBox(i) ? (i / 120 > 54 ? 14 : 0.6 * plate[3 * i + c]) : shade * plate[3 * i + c]);
            }
            matte[i] = inBox(i) || inShadow(i) ? 1 : 0;
        }
    }

    private static boolean inBox(int i) {
        int x = i % 120;
        int y = i / 120;
        return x >= 30 && x < 70 && y >= 15 && y < 62;
    }

    private static boolean inShadow(int i) {
        int x = i % 120;
        int y = i / 120;
        return !inBox(i) && x >= 34 && x < 96 && y >= 52 && y < 72;
    }

    @Test
    void shouldFindTheShadowAndNothingOfTheObject() {
        float[] found = CastShadow.find(SIZE, frame, matte, plate);
        int hit = 0;
        int shadow = 0;
        int wrong = 0;
        for (int i = 0; i < found.length; i++) {
            shadow += inShadow(i) ? 1 : 0;
            hit += inShadow(i) && found[i] > 0 ? 1 : 0;
            wrong += !inShadow(i) && matte[i] > 0 && found[i] > 0 ? 1 : 0;
        }
        assertTrue(hit > 0.85 * shadow, hit + " of " + shadow);
        assertTrue(wrong < 30, wrong + " pixels of the box");
    }

    @Test
    void shouldLeaveWhatIsTintedOrWhereThePlateIsUnknown() {
        byte[] tinted = frame.clone();
        for (int i = 0; i < SIZE.area(); i++) {
            if (inShadow(i)) {
                tinted[3 * i] = (byte) (0.3 * plate[3 * i]);
            }
        }
        assertEquals(0, sum(CastShadow.find(SIZE, tinted, matte, plate)));
        float[] unknown = new float[plate.length];
        java.util.Arrays.fill(unknown, -1);
        assertEquals(0, sum(CastShadow.find(SIZE, frame, matte, unknown)));
        assertEquals(0, sum(CastShadow.find(SIZE, frame, new float[SIZE.area()], plate)));
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }
}
