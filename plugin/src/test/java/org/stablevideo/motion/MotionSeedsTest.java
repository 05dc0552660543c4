package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.progress.Progress;

/** Two blocks move by as much on their own, one to the left, one to the right; what the camera does tells which of them is a thing. */
class MotionSeedsTest {

    private static final FrameSize SIZE = new FrameSize(160, 90);
    private static final int FRAMES = 5;
    private static final int OWN = 3;

    @Test
    void shouldDoubtWhatMovesAsTheGroundDoes() {
        MotionSeeds seeds = seeds(-6);
        double post = speed(seeds, 30);
        double followed = speed(seeds, 120);
        assertTrue(followed > 1, "what the camera follows is found: " + followed);
        assertTrue(post < 0.4 * followed, "a post that the pan passes counts less: " + post + " of " + followed);
    }

    @Test
    void shouldTakeBothWaysAlikeWhereTheCameraRests() {
        MotionSeeds seeds = seeds(0);
        assertEquals(speed(seeds, 120), speed(seeds, 30), 1e-3);
        assertTrue(speed(seeds, 30) > 1, "what moves is found: " + speed(seeds, 30));
    }

    /** Blocks at 30 and at 120 that stay in their places of the picture, so that they can be read there in every frame. */
    private static MotionSeeds seeds(int ground) {
        FlowField[] forward = new FlowField[FRAMES - 1];
        FlowField[] backward = new FlowField[FRAMES - 1];
        Arrays.fill(forward, field(ground, 1));
        Arrays.fill(backward, field(ground, -1));
        byte[][] rgb = new byte[FRAMES][];
        Arrays.setAll(rgb, t -> picture(ground, t));
        return MotionSeeds.proven(new CoarseClip(SIZE, 1, rgb, forward, backward), Progress.NONE);
    }

    private static byte[] picture(int ground, int t) {
        byte[] rgb = new byte[SIZE.rgbBytes()];
        for (int i = 0; i < SIZE.area(); i++) {
            int x = i % SIZE.width();
            int from = x - (ground + own(x)) * t;
            Arrays.fill(rgb, 3 * i, 3 * i + 3, (byte) (128 + 80 * Math.sin(from * 0.23) * Math.cos(i / SIZE.width() * 0.4)));
        }
        return rgb;
    }

    private static int own(int x) {
        return Math.abs(x - 30) < 16 ? -OWN : Math.abs(x - 120) < 16 ? OWN : 0;
    }

    private static FlowField field(int ground, int way) {
        FlowField field = FlowField.still(SIZE);
        for (int i = 0; i < SIZE.area(); i++) {
            field.dx()[i] = (short) (FlowField.STEPS * way * (ground + own(i % SIZE.width())));
        }
        return field;
    }

    private static double speed(MotionSeeds seeds, int x) {
        return seeds.speeds()[FRAMES / 2][SIZE.height() / 2 * SIZE.width() + x];
    }
}
