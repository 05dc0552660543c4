package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.progress.Progress;

/** Parts of a drawn disc that motion finds in every frame, and a network in some. */
class OverlookedPartsTest {

    private static final Scene SCENE = new Scene(new FrameSize(220, 141), 5, 30, -1.75, 3.25);

    @Test
    void shouldAddOnlyWhatStandsOnTheThing() {
        float[] found = {0.9f, 0.9f, 0.9f, 0.9f};
        float[] seen = {0.1f, 0.9f, 0.1f, 0.1f};
        OverlookedParts.raise(1, found, new float[] {0.5f, 1, 1, 1}, seen);
        assertArrayEquals(new float[] {0.5f, 0.9f, 0.1f, 0.1f}, seen, 1e-6f, "what lies below may be its shadow");
    }

    @Test
    void shouldLeaveSmallDifferencesAndOtherColours() {
        float[] seen = {0.1f, 0.7f, 0.9f};
        OverlookedParts.raise(1, new float[] {0.9f, 0.9f, 0.9f}, new float[] {-0.2f, 1, 1}, seen);
        assertArrayEquals(new float[] {0.1f, 0.7f, 0.9f}, seen);
    }

    @Test
    void shouldAddHalfADiscThatOtherFramesShowWhole() {
        float[][] found = new float[SCENE.frames()][SCENE.size().area()];
        float[][] seen = new float[SCENE.frames()][SCENE.size().area()];
        for (int t = 0; t < found.length; t++) {
            for (int i = 0; i < found[t].length; i++) {
                boolean disc = SCENE.cover(t, i % 220, i / 220) > 0.5;
                boolean ground = i / 220 > 20 && i / 220 < 30;
                found[t][i] = disc || ground ? 0.9f : 0.05f;
                seen[t][i] = disc && (t > 1 || i / 220 > 70) ? 0.95f : 0;
            }
        }
        try (Clip drawn = SCENE.clip();
                SolveFrames frames = SolveFrames.of(drawn, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            OverlookedParts.add(CoarseClip.of(frames, flow, Progress.NONE), found, seen);
        }
        for (int t = 0; t < 2; t++) {
            int x = (int) SCENE.centreX(t);
            assertTrue(mean(seen[t], x, 50, 68) > 0.8, "frame " + t + ": upper half " + mean(seen[t], x, 50, 68));
            assertTrue(mean(seen[t], x, 21, 29) < 0.1, "frame " + t + ": the ground above it " + mean(seen[t], x, 21, 29));
        }
    }

    private static double mean(float[] map, int x, int top, int bottom) {
        double sum = 0;
        for (int y = top; y < bottom; y++) {
            sum += map[220 * y + x];
        }
        return sum / (bottom - top);
    }
}
