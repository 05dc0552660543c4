package org.stablevideo.diffusion;

/**
 * The sampler of latent consistency models (Luo et al. 2023): each step guesses the clean latents, f = c_out·x₀ + c_skip·x with s = 10·t,
 * c_skip = ¼ / (s² + ¼) and c_out = s / √(s² + ¼), and noises them again for the step below.
 *
 * @param schedule the steps, of {@link NoiseSchedule#ofConsistencySteps}
 * @param velocity whether the network predicts velocity instead of noise
 * @param seed of the noise
 */
record LcmSampler(NoiseSchedule schedule, boolean velocity, long seed) implements Sampler {

    @Override
    public float[] step(float[] x, float[] predicted, int step) {
        Prediction prediction = new Prediction(schedule.alpha(step), velocity);
        double s = 10.0 * schedule.timestep(step);
        double skip = 0.25 / (s * s + 0.25);
        double out = s / Math.sqrt(s * s + 0.25);
        float[] clean = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            clean[i] = (float) (out * prediction.clean(x[i], predicted[i]) + skip * x[i]);
        }
        return step == 0 ? clean : noised(clean, GaussianNoise.of(seed, step, x.length), step - 1);
    }
}
