package org.stablevideo.diffusion;

import org.stablevideo.progress.Progress;

/** A way to take noise out, step by step. Made for one picture: some remember the step before. */
sealed interface Sampler permits DdimSampler, DpmSampler, LcmSampler {

    /** Its steps. */
    NoiseSchedule schedule();

    /**
     * Takes one step.
     *
     * @param x latents as noisy as the step wants them
     * @param predicted what the network says about them
     * @param step a step of the schedule; they are taken from the highest to 0
     * @return latents as noisy as the step below wants them
     */
    float[] step(float[] x, float[] predicted, int step);

    /**
     * Latents as noisy as a step wants them.
     *
     * @param clean latents without noise
     * @param noise as many numbers of variance 1
     * @param step a step of the schedule
     */
    default float[] noised(float[] clean, float[] noise, int step) {
        double signal = Math.sqrt(schedule().alpha(step));
        double sigma = Math.sqrt(1 - schedule().alpha(step));
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
    default float[] sample(float[] latents, int steps, Denoiser denoiser, Progress progress) {
        float[] x = latents.clone();
        for (int step = steps - 1; step >= 0; step--) {
            progress.report("painting", (double) (steps - 1 - step) / steps);
            x = step(x, denoiser.predict(x, schedule().timestep(step)), step);
        }
        progress.report("painting", 1);
        return x;
    }

    /** A sampler without fresh noise where it has none of its own. */
    static Sampler of(String name, int steps, boolean velocity, long seed) {
        return of(name, steps, velocity, seed, 0, 1);
    }

    /**
     * A sampler by the name that users know.
     *
     * @param name {@code ddim}, {@code ddim-trailing}, {@code euler-a}, {@code dpm++2m} or {@code lcm}
     * @param steps how many
     * @param velocity whether the network predicts velocity instead of noise
     * @param seed of the noise that some add on their way
     * @param eta share of fresh noise in DDIM's steps, in [0, 1]; others have their own
     * @param share how much of a picture is painted anew, in (0, 1]: it has only the steps for that
     */
    static Sampler of(String name, int steps, boolean velocity, long seed, double eta, double share) {
        return switch (name) {
            case "ddim" -> new DdimSampler(NoiseSchedule.ofSteps(steps).last(share), velocity, eta, seed);
            case "ddim-trailing" -> new DdimSampler(NoiseSchedule.trailing(steps, share), velocity, eta, seed);
            case "euler-a" -> new DdimSampler(NoiseSchedule.ofSteps(steps).endingClean().last(share), velocity, 1, seed);
            case "dpm++2m" -> new DpmSampler(NoiseSchedule.ofSteps(steps).endingClean().last(share), velocity);
            case "lcm" -> new LcmSampler(NoiseSchedule.ofConsistencySteps(steps).last(share), velocity, seed);
            default -> throw new IllegalArgumentException("no sampler " + name);
        };
    }
}
