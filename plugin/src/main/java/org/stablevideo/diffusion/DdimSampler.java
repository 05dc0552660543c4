package org.stablevideo.diffusion;

import org.stablevideo.progress.Progress;

/**
 * Deterministic DDIM (Song et al. 2021, equation 12 with η = 0): x₀ = (x − √(1−ᾱ)·ε) / √ᾱ, then x' = √ᾱ'·x₀ + √(1−ᾱ')·ε. A network that predicts
 * velocity v = √ᾱ·ε − √(1−ᾱ)·x₀ gives x₀ = √ᾱ·x − √(1−ᾱ)·v and ε = √ᾱ·v + √(1−ᾱ)·x.
 *
 * @param schedule the steps
 * @param velocity whether the network predicts velocity instead of noise
 */
record DdimSampler(NoiseSchedule schedule, boolean velocity) {

    /**
     * Latents as noisy as a step wants them.
     *
     * @param clean latents without noise
     * @param noise as many numbers of variance 1
     * @param step a step of the schedule
     */
    float[] noised(float[] clean, float[] noise, int step) {
        double signal = Math.sqrt(schedule.alpha(step));
        double sigma = Math.sqrt(1 - schedule.alpha(step));
        float[] noisy = new float[clean.length];
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] = (float) (signal * clean[i] + sigma * noise[i]);
        }
        return noisy;
    }

    /**
     * Takes the noise out.
     *
     * @param latents as noisy as step {@code steps - 1} wants them
     * @param steps the last so many of the schedule
     * @return latents without noise
     */
    float[] sample(float[] latents, int steps, Denoiser denoiser, Progress progress) {
        float[] x = latents.clone();
        for (int step = steps - 1; step >= 0; step--) {
            progress.report("painting", (double) (steps - 1 - step) / steps);
            x = step(x, denoiser.predict(x, schedule.timestep(step)), step);
        }
        progress.report("painting", 1);
        return x;
    }

    /** One step of the formula above. */
    float[] step(float[] x, float[] predicted, int step) {
        double signal = Math.sqrt(schedule.alpha(step));
        double sigma = Math.sqrt(1 - schedule.alpha(step));
        double nextSignal = Math.sqrt(schedule.alphaAfter(step));
        double nextSigma = Math.sqrt(1 - schedule.alphaAfter(step));
        float[] next = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            double noise = velocity ? signal * predicted[i] + sigma * x[i] : predicted[i];
            double clean = velocity ? signal * x[i] - sigma * predicted[i] : (x[i] - sigma * noise) / signal;
            next[i] = (float) (nextSignal * clean + nextSigma * noise);
        }
        return next;
    }
}
