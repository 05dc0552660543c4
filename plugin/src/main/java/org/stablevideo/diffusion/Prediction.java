package org.stablevideo.diffusion;

/**
 * What a network's answer means. Where it predicts noise ε, x₀ = (x − √(1−ᾱ)·ε) / √ᾱ; where it predicts velocity v = √ᾱ·ε − √(1−ᾱ)·x₀,
 * x₀ = √ᾱ·x − √(1−ᾱ)·v and ε = √ᾱ·v + √(1−ᾱ)·x.
 *
 * @param signal √ᾱ
 * @param sigma √(1−ᾱ)
 * @param velocity whether it predicts velocity
 */
record Prediction(double signal, double sigma, boolean velocity) {

    /** At a noise level ᾱ. */
    Prediction(double alpha, boolean velocity) {
        this(Math.sqrt(alpha), Math.sqrt(1 - alpha), velocity);
    }

    /** The clean number in a noisy one. */
    double clean(double x, double predicted) {
        return velocity ? signal * x - sigma * predicted : (x - sigma * predicted) / signal;
    }

    /** The noise in a noisy number. */
    double noise(double x, double predicted) {
        return velocity ? signal * predicted + sigma * x : predicted;
    }
}
