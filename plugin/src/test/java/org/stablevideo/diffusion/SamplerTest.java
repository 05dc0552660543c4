package org.stablevideo.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.stablevideo.progress.Progress;

/** The samplers against diffusers' schedulers ({@code make_sampler_golden.py}), with a network that is a formula. */
class SamplerTest {

    private static final float[] START = {0.7f, -1.3f, 0.01f, 2.5f, -0.4f};

    private record Golden(String name, int steps, boolean velocity, int[] timesteps, float[] answer) {}

    @Test
    void shouldStepAsDiffusersDoes() throws IOException {
        Golden[] goldens;
        try (Reader reader = new InputStreamReader(SamplerTest.class.getResourceAsStream("samplers.json"), StandardCharsets.UTF_8)) {
            goldens = new Gson().fromJson(reader, Golden[].class);
        }
        assertEquals(16, goldens.length);
        for (Golden golden : goldens) {
            Sampler sampler = Sampler.of(golden.name, golden.steps, golden.velocity, 3);
            float[] x = START.clone();
            for (int step = golden.steps - 1; step >= 0; step--) {
                int t = sampler.schedule().timestep(step);
                assertEquals(golden.timesteps[golden.steps - 1 - step], t, golden.name);
                float[] next = sampler.step(x, network(x, t), step);
                x = replaced(sampler, x, next, t, step);
            }
            for (int i = 0; i < x.length; i++) {
                assertEquals(golden.answer[i], x[i], 2e-5 * Math.max(1, Math.abs(golden.answer[i])), golden + ", number " + i);
            }
        }
    }

    /** Puts the reference's noise where ours is: both are added with the same factor. */
    private static float[] replaced(Sampler sampler, float[] x, float[] next, int t, int step) {
        boolean ancestral = sampler instanceof DdimSampler ddim && ddim.eta() > 0;
        if (step == 0 || !ancestral && !(sampler instanceof LcmSampler)) {
            return next;
        }
        NoiseSchedule schedule = sampler.schedule();
        double after = (1 - schedule.alphaAfter(step)) / schedule.alphaAfter(step);
        double before = (1 - schedule.alpha(step)) / schedule.alpha(step);
        double factor = ancestral
                ? Math.sqrt(schedule.alphaAfter(step)) * Math.sqrt(after * (before - after) / before)
                : Math.sqrt(1 - schedule.alphaAfter(step));
        float[] ours = GaussianNoise.of(3, step, x.length);
        float[] out = next.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] += (float) (factor * (((step * 7 + i * 13) % 11 - 5) / 4.0 - ours[i]));
        }
        return out;
    }

    @Test
    void shouldEndWithoutNoiseWhereTheNetworkIsPerfect() {
        float[] clean = {0.3f, -1, 2};
        for (String name : new String[] {"euler-a", "dpm++2m", "lcm"}) {
            for (int steps : new int[] {1, 3, 7, 30}) {
                Sampler sampler = Sampler.of(name, steps, false, 5);
                float[] noisy = sampler.noised(clean, GaussianNoise.of(9, 3), steps - 1);
                float[] found = sampler.sample(noisy, steps, (x, t) -> {
                    float[] noise = new float[x.length];
                    double alpha = NoiseSchedule.alphaOf(t);
                    for (int i = 0; i < noise.length; i++) {
                        noise[i] = (float) ((x[i] - Math.sqrt(alpha) * clean[i]) / Math.sqrt(1 - alpha));
                    }
                    return noise;
                }, Progress.NONE);
                assertArrayEquals(clean, found, 2e-3f, name + ", " + steps + " steps: " + Arrays.toString(found));
            }
        }
    }

    /** Song et al. 2021, equation 16: η times the deviation of the step back in the Markov chain. */
    @Test
    void shouldAddNoiseToDdimAsEtaSays() {
        float[] x = {0.5f, -2, 1};
        float[] predicted = {0.1f, 0.4f, -1};
        for (double eta : new double[] {0.3, 1}) {
            DdimSampler sampler = (DdimSampler) Sampler.of("ddim", 10, false, 5, eta, 1);
            float[] found = sampler.step(x, predicted, 6);
            double a = sampler.schedule().alpha(6);
            double after = sampler.schedule().alphaAfter(6);
            double deviation = eta * Math.sqrt((1 - after) / (1 - a) * (1 - a / after));
            float[] fresh = GaussianNoise.of(5, 6, 3);
            for (int i = 0; i < 3; i++) {
                double clean = (x[i] - Math.sqrt(1 - a) * predicted[i]) / Math.sqrt(a);
                double wanted = Math.sqrt(after) * clean + Math.sqrt(1 - after - deviation * deviation) * predicted[i] + deviation * fresh[i];
                assertEquals(wanted, found[i], 1e-5, "η = " + eta);
            }
        }
        assertEquals(0, ((DdimSampler) Sampler.of("ddim", 10, false, 5)).eta());
    }

    @Test
    void shouldKeepItsNoiseApartFromStepToStepAndSeedToSeed() {
        assertArrayEquals(GaussianNoise.of(5, 2, 8), GaussianNoise.of(5, 2, 8));
        for (float[] other : new float[][] {GaussianNoise.of(5, 3, 8), GaussianNoise.of(6, 2, 8), GaussianNoise.of(5, 8)}) {
            assertTrue(!Arrays.equals(GaussianNoise.of(5, 2, 8), other));
        }
        assertThrows(IllegalArgumentException.class, () -> Sampler.of("heun", 5, false, 1));
        assertEquals(50, Sampler.of("lcm", 200, false, 1).schedule().steps());
        assertEquals(999, Sampler.of("lcm", 4, false, 1).schedule().timestep(3));
    }

    private static float[] network(float[] x, int t) {
        float[] out = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = (float) (Math.sin(1.3 * x[i]) * (0.4 + t / 2000.0) + 0.3 * x[i]);
        }
        return out;
    }
}
