package org.stablevideo.diffusion;

/**
 * DDIM (Song et al. 2021, equation 12). With x₀ the clean latents, ε their noise, σ² = (1−ᾱ)/ᾱ before and σ'² after the step, and fresh noise z:
 * x' = √ᾱ'·(x₀ + d·ε + u·z), where u = η·√(σ'²·(σ²−σ'²)/σ²) and d = √(σ'²−u²). For η = 0 nothing is random; for η = 1 this is the ancestral
 * sampler that is known as Euler a.
 *
 * @param schedule the steps
 * @param velocity whether the network predicts velocity instead of noise
 * @param eta η, in [0, 1]
 * @param seed of z
 */
record DdimSampler(NoiseSchedule schedule, boolean velocity, double eta, long seed) implements Sampler {

    /** Without randomness. */
    DdimSampler(NoiseSchedule schedule, boolean velocity) {
        this(schedule, velocity, 0, 0);
    }

    @Override
    public float[] step(float[] x, float[] predicted, int step) {
        Prediction prediction = new Prediction(schedule.alpha(step), velocity);
        double before = (1 - schedule.alpha(step)) / schedule.alpha(step);
        double after = (1 - schedule.alphaAfter(step)) / schedule.alphaAfter(step);
        double up = eta * Math.sqrt(Math.max(0, after * (before - after) / before));
        double down = Math.sqrt(after - up * up);
        double signal = Math.sqrt(schedule.alphaAfter(step));
        float[] fresh = up == 0 ? new float[0] : GaussianNoise.of(seed, step, x.length);
        float[] next = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            double z = up == 0 ? 0 : fresh[i];
            next[i] = (float) (signal * (prediction.clean(x[i], predicted[i]) + down * prediction.noise(x[i], predicted[i]) + up * z));
        }
        return next;
    }

    /** The clean latents in noisy ones. */
    float[] clean(float[] x, float[] predicted, int step) {
        Prediction prediction = new Prediction(schedule.alpha(step), velocity);
        float[] clean = new float[x.length];
        for (int i = 0; i < clean.length; i++) {
            clean[i] = (float) prediction.clean(x[i], predicted[i]);
        }
        return clean;
    }

    /**
     * A step backwards (DDIM inversion), of η = 0: x' = √ᾱ·x₀ + √(1−ᾱ)·ε with x₀ and ε of the noise level below.
     *
     * @param x latents as noisy as the step leaves them
     * @param predicted what the network says about them at the step's timestep
     * @param step a step of the schedule; they are taken from 0 to the highest
     * @return latents as noisy as the step wants them
     */
    float[] inverse(float[] x, float[] predicted, int step) {
        Prediction prediction = new Prediction(schedule.alphaAfter(step), velocity);
        double signal = Math.sqrt(schedule.alpha(step));
        double sigma = Math.sqrt(1 - schedule.alpha(step));
        float[] before = new float[x.length];
        for (int i = 0; i < before.length; i++) {
            before[i] = (float) (signal * prediction.clean(x[i], predicted[i]) + sigma * prediction.noise(x[i], predicted[i]));
        }
        return before;
    }
}
