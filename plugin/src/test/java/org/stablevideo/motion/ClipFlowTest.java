package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;

class ClipFlowTest {

    private static final Scene SCENE = new Scene(new FrameSize(220, 141), 5, 34, -1.75, 3.25);

    @Test
    void shouldFindKnownMotionBothWays() {
        try (Clip clip = SCENE.clip();
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            assertEquals(4, flow.pairs());
            assertMoves(flow.forward(2), 2, 1);
            assertMoves(flow.backward(1), 2, -1);
            // a quarter of a pixel a frame adds up to less than half a pixel over three
            assertMoves(flow.link(1, 3), 1, 3);
            assertMoves(flow.link(4, -3), 4, -3);
        }
    }

    /** Compares medians inside the disc and in the ground away from it; 0.2 px a frame is what DIS keeps on such texture. */
    private static void assertMoves(FlowField field, int t, int k) {
        double[] disc = new double[0];
        double[] ground = new double[0];
        for (int y = 10; y < 131; y += 3) {
            for (int x = 20; x < 200; x += 3) {
                double fromCentre = Math.hypot(x - SCENE.centreX(t), y - SCENE.centreY());
                if (fromCentre < SCENE.radius() - 8) {
                    disc = append(disc, field.dx(x, y));
                } else if (fromCentre > SCENE.radius() + 20) {
                    ground = append(ground, field.dx(x, y));
                }
            }
        }
        double tolerance = 0.2 + 0.05 * Math.abs(k);
        assertEquals(SCENE.discX() * k, median(disc), tolerance);
        assertEquals(SCENE.groundX() * k, median(ground), tolerance);
    }

    private static double[] append(double[] values, double value) {
        double[] more = Arrays.copyOf(values, values.length + 1);
        more[values.length] = value;
        return more;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    @Test
    void shouldDoubtWhatTheDiscUncoversAndTrustTheRest() {
        try (Clip clip = SCENE.clip();
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            FlowPair far = flow.between(0, 4);
            int behind = (int) (SCENE.centreX(4) - SCENE.radius() - 8);
            float uncovered = far.backward().confidence(behind, 70);
            float open = far.backward().confidence(180, 20);
            assertTrue(uncovered < 0.3, "uncovered ground has confidence " + uncovered);
            assertTrue(open > 0.8, "open ground has confidence " + open);
        }
    }

    @Test
    void shouldGiveTheSameFieldsEveryTime() {
        try (Clip clip = SCENE.clip();
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow first = ClipFlow.of(frames, Progress.NONE);
                ClipFlow second = ClipFlow.of(frames, Progress.NONE)) {
            for (int t = 0; t < first.pairs(); t++) {
                assertArrayEquals(first.forward(t).dx(), second.forward(t).dx());
                assertArrayEquals(first.backward(t).confidence(), second.backward(t).confidence());
            }
        }
    }

    @Test
    void shouldHaveNoPairsInAClipOfOneFrame() {
        try (Clip clip = new Scene(new FrameSize(33, 57), 1, 9, 1, 1).clip();
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            assertEquals(0, flow.pairs());
            assertThrows(IllegalArgumentException.class, () -> flow.forward(0));
        }
    }

    @Test
    void shouldTakeClipsTooSmallForMotion() {
        for (FrameSize size : new FrameSize[] {new FrameSize(1, 1), new FrameSize(15, 40), new FrameSize(17, 16), new FrameSize(20, 300)}) {
            try (Clip clip = new Scene(size, 3, 4, 0, 1).clip();
                    SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                    ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
                assertEquals(size, flow.between(0, 2).forward().size());
            }
        }
    }

    @Test
    void shouldStopWhenCancelled() {
        try (Clip clip = SCENE.clip();
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE)) {
            Progress cancel = (stage, fraction) -> {
                throw new CancelledException();
            };
            assertThrows(CancelledException.class, () -> ClipFlow.of(frames, cancel));
        }
    }

    @Test
    void shouldSolveAtMost768By480AndNeverEnlarge() {
        assertEquals(new FrameSize(768, 432), SolveFrames.solveSize(new FrameSize(1920, 1080)));
        assertEquals(new FrameSize(432, 768), SolveFrames.solveSize(new FrameSize(1080, 1920)));
        assertEquals(new FrameSize(480, 480), SolveFrames.solveSize(new FrameSize(999, 999)));
        assertEquals(new FrameSize(331, 77), SolveFrames.solveSize(new FrameSize(331, 77)));
    }
}
