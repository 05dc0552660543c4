package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.progress.Progress;

class DistinctnessTest {

    private static final FrameSize SIZE = new FrameSize(220, 141);

    @Test
    void shouldPreferTheDiscToHalfOfItAndToADiscWithGround() {
        Scene scene = new Scene(SIZE, 9, 34, -1.75, 3.25);
        try (Clip source = scene.clip();
                SolveFrames frames = SolveFrames.of(source, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            CoarseClip clip = CoarseClip.of(frames, flow, Progress.NONE);
            Distinctness judge = new Distinctness(clip);
            float[][] disc = new float[9][];
            float[][] half = new float[9][];
            float[][] more = new float[9][];
            for (int t = 0; t < 9; t++) {
                disc[t] = floats(scene, t, 0);
                half[t] = floats(scene, t, -14);
                more[t] = floats(scene, t, 14);
            }
            double whole = judge.of(disc, 0.5f);
            assertTrue(whole > 1.1 * judge.of(more, 0.5f), whole + " against " + judge.of(more, 0.5f));
            assertTrue(whole > 1.1 * judge.of(half, 0.5f), whole + " against " + judge.of(half, 0.5f));
            assertEquals(0, judge.of(new float[9][SIZE.area()], 0.5f));
        }
    }

    /** The true matte, grown or shrunk by so many pixels. */
    private static float[] floats(Scene scene, int t, int grow) {
        byte[] matte = scene.matte(t).values();
        float[] out = new float[matte.length];
        for (int y = 0; y < SIZE.height(); y++) {
            for (int x = 0; x < SIZE.width(); x++) {
                boolean inside = grow <= 0;
                for (int k = -Math.abs(grow); k <= Math.abs(grow); k++) {
                    int across = y * SIZE.width() + Math.max(0, Math.min(SIZE.width() - 1, x + k));
                    int down = Math.max(0, Math.min(SIZE.height() - 1, y + k)) * SIZE.width() + x;
                    boolean here = (matte[across] & 255) > 127 || grow > 0 && (matte[down] & 255) > 127;
                    inside = grow <= 0 ? inside && here : inside || here;
                }
                out[y * SIZE.width() + x] = inside ? 1 : 0;
            }
        }
        return out;
    }
}
