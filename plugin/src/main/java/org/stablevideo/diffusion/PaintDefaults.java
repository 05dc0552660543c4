package org.stablevideo.diffusion;

/**
 * What a model paints best with.
 *
 * @param steps sampling steps, at least 1
 * @param guidance classifier-free guidance scale, at least 1
 * @param foregroundControl structure strength for objects, in [0, 2]
 * @param backgroundControl structure strength for backgrounds, in [0, 2]
 * @param foregroundSuffix added to a foreground prompt after a comma, or empty
 * @param backgroundSuffix added to a background prompt after a comma, or empty
 * @param negative negative prompt where the user gives none
 * @param sampler its sampler
 */
public record PaintDefaults(
        int steps,
        double guidance,
        double foregroundControl,
        double backgroundControl,
        String foregroundSuffix,
        String backgroundSuffix,
        String negative,
        String sampler) {

    /** With DDIM. */
    public PaintDefaults(
            int steps,
            double guidance,
            double foregroundControl,
            double backgroundControl,
            String foregroundSuffix,
            String backgroundSuffix,
            String negative) {
        this(steps, guidance, foregroundControl, backgroundControl, foregroundSuffix, backgroundSuffix, negative, "ddim");
    }
}
