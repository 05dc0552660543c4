package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;

/** A ground that moves by three pixels; in the middle a band of it stays in its place. */
class MotionProofTest {

    private static final FrameSize SIZE = new FrameSize(160, 90);
    private static final int GROUND = 3;
    private static final int DRAWN = 60;
    private static final int MIDDLE = 45 * SIZE.width() + 80;

    @Test
    void shouldProveWhatPicturesShow() {
        assertEquals(1, proof(DRAWN, 0, 1), 0);
        assertEquals(1, proof(DRAWN, 0, -1), 0);
    }

    @Test
    void shouldProveAsMuchOfFadedPictures() {
        assertEquals(1, proof(DRAWN / 10, DRAWN / 10, 0, 1), 0);
    }

    @Test
    void shouldProveNothingWherePicturesShowNothing() {
        assertEquals(0, proof(2, 0, 1), 0);
    }

    @Test
    void shouldProveNothingWherePicturesShowSomethingElse() {
        assertEquals(0, proof(DRAWN, -GROUND, 1), 0);
    }

    @Test
    void shouldNotProveThatTheGroundMovesOnItsOwn() {
        assertEquals(0, proof(DRAWN, GROUND, 1), 0);
    }

    /** Proof in the middle of the band, which shows so much, by a flow that says so much of it. */
    private static double proof(int contrast, int flow, int way) {
        return proof(DRAWN, contrast, flow, way);
    }

    private static double proof(int drawn, int contrast, int flow, int way) {
        FlowField field = FlowField.still(SIZE);
        float[] rest = new float[2 * SIZE.area()];
        for (int i = 0; i < SIZE.area(); i++) {
            int shown = band(i) ? flow : GROUND;
            field.dx()[i] = (short) (FlowField.STEPS * way * shown);
            rest[2 * i] = way * (shown - GROUND);
        }
        byte[][] rgb = {picture(drawn, contrast, 0), picture(drawn, contrast, 1)};
        CoarseClip clip = new CoarseClip(SIZE, 1, rgb, new FlowField[] {field}, new FlowField[] {field});
        int t = way > 0 ? 0 : 1;
        return MotionProof.of(clip, t, way, Grain.of(clip, t), rest)[MIDDLE];
    }

    private static byte[] picture(int drawn, int contrast, int t) {
        byte[] rgb = new byte[SIZE.rgbBytes()];
        for (int i = 0; i < SIZE.area(); i++) {
            int x = i % SIZE.width() - (band(i) ? 0 : GROUND * t);
            Arrays.fill(rgb, 3 * i, 3 * i + 3, (byte) (128 + (band(i) ? contrast : drawn) * Math.sin(x * 0.7) * Math.cos(i / SIZE.width() * 0.5)));
        }
        return rgb;
    }

    private static boolean band(int i) {
        return Math.abs(i / SIZE.width() - 45) < 20;
    }
}
