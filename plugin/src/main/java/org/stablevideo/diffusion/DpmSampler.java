package org.stablevideo.diffusion;

/**
 * DPM-Solver++ of second order, multistep, midpoint (Lu et al. 2022, algorithm 2), known as DPM++ 2M: with λ = log(√ᾱ/√(1−ᾱ)) and h = λ' − λ,
 * x' = (σ'/σ)·x − √ᾱ'·(e^{−h} − 1)·(x₀ + (x₀ − x₀ of the step before)·h / (2·h of the step before)). The first and the last step are of first order.
 */
final class DpmSampler implements Sampler {

    private final NoiseSchedule schedule;
    private final boolean velocity;
    private double[] cleanBefore = {};

    /**
     * A sampler for one picture.
     *
     * @param schedule the steps
     * @param velocity whether the network predicts velocity instead of noise
     */
    DpmSampler(NoiseSchedule schedule, boolean velocity) {
        this.schedule = schedule;
        this.velocity = velocity;
    }

    @Override
    public NoiseSchedule schedule() {
        return schedule;
    }

    @Override
    public float[] step(float[] x, float[] predicted, int step) {
        double alpha = schedule.alpha(step);
        double after = schedule.alphaAfter(step);
        Prediction prediction = new Prediction(alpha, velocity);
        double[] clean = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            clean[i] = prediction.clean(x[i], predicted[i]);
        }
        boolean last = after == 1;
        double h = last ? Double.POSITIVE_INFINITY : lambda(after) - lambda(alpha);
        boolean second = cleanBefore.length == x.length && !last;
        double slope = second ? h / (2 * (lambda(alpha) - lambda(schedule.alpha(step + 1)))) : 0;
        double keep = Math.sqrt((1 - after) / (1 - alpha));
        double take = -Math.sqrt(after) * Math.expm1(-h);
        float[] next = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            double target = second ? clean[i] + slope * (clean[i] - cleanBefore[i]) : clean[i];
            next[i] = (float) (keep * x[i] + take * target);
        }
        cleanBefore = clean;
        return next;
    }

    private static double lambda(double alpha) {
        return 0.5 * Math.log(alpha / (1 - alpha));
    }
}
