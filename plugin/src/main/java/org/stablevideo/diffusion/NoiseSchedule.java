package org.stablevideo.diffusion;

import java.util.Arrays;

/**
 * How much noise there is at each of the 1000 timesteps of Stable Diffusion: ᾱ(t) = Π (1 − β), √β linear from √0.00085 to √0.012. A latent at
 * timestep t is √ᾱ·x₀ + √(1−ᾱ)·ε.
 */
public final class NoiseSchedule {

    /** Timesteps that networks were trained on. */
    public static final int TIMESTEPS = 1000;

    private static final double[] ALPHAS = alphas();

    /** Steps of the schedule with which consistency models are distilled. */
    private static final int CONSISTENCY = 50;

    private final int[] timesteps;
    private final double end;

    private NoiseSchedule(int[] timesteps, double end) {
        this.timesteps = timesteps;
        this.end = end;
    }

    /**
     * A schedule that visits some timesteps, evenly: ⌊1000·i/steps⌋ + 1, as the reference does where steps divide 1000 (1, 51, … 951 for 20).
     * Where they do not, the reference has too many and may reach 1000, which does not exist; this has as many as asked for.
     *
     * @param steps 1…1000
     */
    public static NoiseSchedule ofSteps(int steps) {
        if (steps < 1 || steps > TIMESTEPS) {
            throw new IllegalArgumentException("steps must be in 1.." + TIMESTEPS + ", got " + steps);
        }
        int[] timesteps = new int[steps];
        int offset = steps == TIMESTEPS ? 0 : 1;
        for (int i = 0; i < steps; i++) {
            timesteps[i] = i * TIMESTEPS / steps + offset;
        }
        return new NoiseSchedule(timesteps, ALPHAS[0]);
    }

    /**
     * A schedule that starts at the most noise there is, for distilled models such as Hyper-SD: 1000 − ⌊1000·i/steps⌉ − 1 for i from 0.
     *
     * @param steps 1…1000
     */
    static NoiseSchedule trailing(int steps) {
        return trailing(steps, 1);
    }

    /**
     * As above for a picture that is painted anew by a share: it starts at that share of the timesteps, in that share of the steps.
     *
     * @param share in (0, 1]
     */
    static NoiseSchedule trailing(int steps, double share) {
        ofSteps(steps);
        int count = (int) Math.max(1, Math.rint(steps * share));
        double top = Math.max(1, TIMESTEPS * share);
        int[] timesteps = new int[count];
        for (int i = 0; i < count; i++) {
            timesteps[count - 1 - i] = (int) Math.rint(top - i * top / count) - 1;
        }
        return new NoiseSchedule(timesteps, ALPHAS[0]);
    }

    /**
     * Some of the timesteps with which latent consistency models are distilled: 19, 39, … 999.
     *
     * @param steps at least 1; beyond 50 all of them
     */
    static NoiseSchedule ofConsistencySteps(int steps) {
        int count = Math.min(steps, CONSISTENCY);
        int[] timesteps = new int[count];
        for (int i = 0; i < count; i++) {
            timesteps[count - 1 - i] = TIMESTEPS - 1 - i * CONSISTENCY / count * (TIMESTEPS / CONSISTENCY);
        }
        return new NoiseSchedule(timesteps, ALPHAS[0]);
    }

    /** The steps of {@link #stepsFor} alone. */
    NoiseSchedule last(double share) {
        return new NoiseSchedule(Arrays.copyOf(timesteps, stepsFor(share)), end);
    }

    /** The same steps, the last of which leaves no noise at all. */
    NoiseSchedule endingClean() {
        return new NoiseSchedule(timesteps, 1);
    }

    /** Number of steps. */
    public int steps() {
        return timesteps.length;
    }

    /** Timestep of a step; step 0 has the least noise. */
    public int timestep(int step) {
        return timesteps[step];
    }

    /** ᾱ where a step begins. */
    public double alpha(int step) {
        return ALPHAS[timesteps[step]];
    }

    /** ᾱ where a step ends: that of the step below; below the last ᾱ(0), or 1 where all noise goes. */
    public double alphaAfter(int step) {
        return step == 0 ? end : ALPHAS[timesteps[step - 1]];
    }

    /**
     * Steps that are left when a picture is painted anew by a share: the last ⌊share·steps⌋, at least one.
     *
     * <p>The picture is noised to the level at which the first of them begins. The reference noises one step further (to √ᾱ = 0.191 instead of
     * 0.236 at 16 of 20 steps) and leaves its range at share 1.
     *
     * @param share strength of the painting, t0, in (0, 1]
     */
    public int stepsFor(double share) {
        return Math.max(1, Math.min(steps(), (int) Math.floor(share * steps() + 1e-9)));
    }

    /** ᾱ of a timestep in 0…999. */
    static double alphaOf(int timestep) {
        return ALPHAS[timestep];
    }

    private static double[] alphas() {
        double[] alphas = new double[TIMESTEPS];
        double first = Math.sqrt(0.00085);
        double last = Math.sqrt(0.012);
        double product = 1;
        for (int t = 0; t < TIMESTEPS; t++) {
            double root = first + (last - first) * t / (TIMESTEPS - 1);
            product *= 1 - root * root;
            alphas[t] = product;
        }
        return alphas;
    }
}
