package org.stablevideo.diffusion;

/** A network that sees noisy latents and tells what in them is noise. */
@FunctionalInterface
interface Denoiser {

    /**
     * Predicts noise (or velocity, as the sampler was told).
     *
     * @param latents noisy latents; not changed
     * @param timestep how noisy, in 0…999
     * @return as many numbers
     */
    float[] predict(float[] latents, int timestep);
}
