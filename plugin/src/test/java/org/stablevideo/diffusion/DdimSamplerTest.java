package org.stablevideo.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.stablevideo.progress.Progress;

class DdimSamplerTest {

    private final float[] clean = {0.7f, -1.3f, 0.01f, 2.5f};
    private final float[] noise = GaussianNoise.of(42, 4);

    @Test
    void shouldFindThePictureThatAPerfectNetworkSees() {
        for (int steps : new int[] {1, 7, 20}) {
            for (boolean velocity : new boolean[] {false, true}) {
                DdimSampler sampler = new DdimSampler(NoiseSchedule.ofSteps(steps), velocity);
                float[] start = sampler.noised(clean, noise, steps - 1);
                float[] found = sampler.sample(start, steps, (x, t) -> perfect(velocity, t), Progress.NONE);
                double signal = Math.sqrt(NoiseSchedule.alphaOf(0));
                double sigma = Math.sqrt(1 - NoiseSchedule.alphaOf(0));
                for (int i = 0; i < clean.length; i++) {
                    assertEquals(signal * clean[i] + sigma * noise[i], found[i], 1e-4, "ends at the noise of timestep 0");
                }
            }
        }
    }

    @Test
    void shouldStepAsTheFormulaSays() {
        DdimSampler sampler = new DdimSampler(NoiseSchedule.ofSteps(20), false);
        // from timestep 801 to 751 by hand: x0 = (1 - 0.981557 * 0.5) / 0.191171, x' = 0.236049 * x0 + 0.971741 * 0.5
        assertEquals(1.114633f, sampler.step(new float[] {1}, new float[] {0.5f}, 16)[0], 2e-5f);
    }

    @Test
    void shouldMakeTheSameNoiseFromASeedForEver() {
        float[] noise = GaussianNoise.of(7, 5);
        assertArrayEquals(noise, GaussianNoise.of(7, 5));
        assertEquals(noise[2], GaussianNoise.of(7, 3)[2]);
        double sum = 0;
        double squares = 0;
        for (float n : GaussianNoise.of(1, 100_000)) {
            sum += n;
            squares += n * n;
        }
        assertEquals(0, sum / 100_000, 0.01);
        assertEquals(1, squares / 100_000, 0.02);
    }

    private float[] perfect(boolean velocity, int t) {
        double signal = Math.sqrt(NoiseSchedule.alphaOf(t));
        double sigma = Math.sqrt(1 - NoiseSchedule.alphaOf(t));
        float[] answer = noise.clone();
        for (int i = 0; velocity && i < answer.length; i++) {
            answer[i] = (float) (signal * noise[i] - sigma * clean[i]);
        }
        return answer;
    }
}
