package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.progress.Progress;

class CleanPlateTest {

    private static final FrameSize SIZE = new FrameSize(220, 141);

    /** The same ground without the disc is the truth; the disc has moved off its first place after 19 frames. */
    @Test
    void shouldShowTheGroundBehindTheObject() {
        Scene scene = new Scene(SIZE, 24, 24, -0.5, 3);
        try (Clip clip = scene.clip();
                Clip ground = new Scene(SIZE, 24, 0, -0.5, 3).clip();
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                SolveFrames empty = SolveFrames.of(ground, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE);
                Mats mats = new Mats()) {
            CoarseClip coarse = CoarseClip.of(frames, flow, Progress.NONE);
            float[][] mattes = new float[24][SIZE.area()];
            for (int t = 0; t < 24; t++) {
                byte[] cover = scene.matte(t).values();
                for (int i = 0; i < SIZE.area(); i++) {
                    mattes[t][i] = (cover[i] & 255) / 255f;
                }
            }
            float[] plate = CleanPlate.of(coarse, mattes, mats).at(12);
            byte[] truth = empty.frame(12).rgb();
            int known = 0;
            int covered = 0;
            double error = 0;
            for (int i = 0; i < SIZE.area(); i++) {
                if (mattes[12][i] > 0.9f) {
                    covered++;
                    if (plate[3 * i] >= 0) {
                        known++;
                        error += Math.abs(plate[3 * i + 1] - (truth[3 * i + 1] & 255));
                    }
                }
            }
            assertTrue(known > 0.95 * covered, known + " of " + covered + " known");
            assertTrue(error / known < 3, "mean error " + error / known + " of 255");
        }
    }
}
