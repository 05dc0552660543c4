package org.stablevideo.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.progress.Progress;

class SceneNoiseTest {

    private static final int PLANE = 500;
    private static final float[] NONE = new float[4 * PLANE];

    @Test
    void shouldBringTheFoundNoiseHalfwayToUnitVariance() {
        NoiseSchedule schedule = NoiseSchedule.ofSteps(20);
        float[] clean = planes(0.2, 0.7);
        float[] answer = planes(-0.1, 0.6);
        float[] found = clean;
        DdimSampler sampler = new DdimSampler(schedule, false);
        for (int step = 0; step < 20; step++) {
            found = sampler.inverse(found, answer, step);
        }
        float[] noise = new SceneNoise(schedule, false).of(clean, NONE, (x, t) -> answer, Progress.NONE);
        for (int k = 0; k < 4; k++) {
            double[] before = moments(found, k);
            double[] after = moments(noise, k);
            assertEquals(before[0] / 2, after[0], 1e-5, "mean of plane " + k);
            assertEquals((before[1] + 1) / 2, after[1], 1e-5, "deviation of plane " + k);
            int i = k * PLANE + 17;
            assertEquals((found[i] - before[0]) / before[1], (noise[i] - after[0]) / after[1], 1e-4, "the pattern stays");
        }
    }

    @Test
    void shouldAddALittleFreshNoise() {
        SceneNoise scene = new SceneNoise(NoiseSchedule.ofSteps(5), true);
        float[] fresh = GaussianNoise.of(3, 4 * PLANE);
        float[] without = scene.of(planes(0, 1), NONE, (x, t) -> planes(0.1, 0.5), Progress.NONE);
        float[] with = scene.of(planes(0, 1), fresh, (x, t) -> planes(0.1, 0.5), Progress.NONE);
        for (int i = 0; i < with.length; i += 37) {
            assertEquals(without[i] + 0.2 * fresh[i], with[i], 1e-5);
        }
    }

    @Test
    void shouldTakeTheColoursAway() {
        Picture picture = new Picture(new FrameSize(2, 1), new byte[] {(byte) 200, 100, 50, 0, 0, (byte) 255});
        assertArrayEquals(new byte[] {124, 124, 124, 29, 29, 29}, SceneNoise.grey(picture).rgb());
    }

    /** Four planes of different spread. */
    private static float[] planes(double mean, double spread) {
        float[] out = GaussianNoise.of(11, 4 * PLANE);
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) (mean + spread * (1 + i / PLANE) * out[i]);
        }
        return out;
    }

    /** Mean and deviation of a plane. */
    private static double[] moments(float[] values, int plane) {
        double sum = 0;
        double squares = 0;
        for (int i = plane * PLANE; i < (plane + 1) * PLANE; i++) {
            sum += values[i];
            squares += (double) values[i] * values[i];
        }
        double mean = sum / PLANE;
        return new double[] {mean, Math.sqrt(squares / PLANE - mean * mean)};
    }
}
