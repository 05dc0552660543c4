package org.stablevideo.diffusion;

import java.util.SplittableRandom;

/** Normal noise from a seed, the same on every machine and device: Box and Muller's transform of {@link SplittableRandom}, in strict arithmetic. */
final class GaussianNoise {

    private GaussianNoise() {}

    /** Noise for one step of a picture, independent of its first noise and of other steps'. */
    static float[] of(long seed, int step, int count) {
        return of(seed * 0x9E3779B97F4A7C15L + step + 1, count);
    }

    /** So many independent numbers of mean 0 and variance 1. */
    static float[] of(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] noise = new float[count];
        for (int i = 0; i < count; i += 2) {
            double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
            double angle = 2 * Math.PI * random.nextDouble();
            noise[i] = (float) (radius * StrictMath.cos(angle));
            if (i + 1 < count) {
                noise[i + 1] = (float) (radius * StrictMath.sin(angle));
            }
        }
        return noise;
    }
}
