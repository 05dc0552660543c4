package org.stablevideo.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import org.stablevideo.model.LatentUNet;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.TensorEngine;

/**
 * One-shot tuning of a UNet on a shot (Tune-A-Video, Wu et al., ICCV 2023): the queries of its attention learn to predict the noise in the shot's frames
 * while these look at the first frame and the frame before. Deviations: one frame a step, and no temporal attention is added.
 *
 * @param unet the network; changed until {@link LatentUNet#tuneEnd}
 * @param velocity whether it predicts velocity instead of noise
 * @param text features of the caption, shape (1, tokens, width) as one row
 * @param shape (4, h, w)
 */
record ShotTuning(LatentUNet unet, boolean velocity, float[] text, Shape shape) {

    /** Learning rate of the paper. */
    static final double RATE = 3e-5;

    private static final int SEED = 17;

    /**
     * Tunes.
     *
     * @param steps steps of Adam, at least 1; the paper takes 500
     * @param count frames of the shot
     * @param clean latents of a frame
     * @param structure the frame's structure, in a scope
     * @return mean square errors, step by step
     */
    double[] run(
            int steps, int count, IntFunction<float[]> clean, BiFunction<NDManager, Integer, Optional<GuidedDenoiser.Structure>> structure,
            Progress progress) {
        return TensorEngine.onOneThread(() -> {
            double[] errors = new double[steps];
            SplittableRandom random = new SplittableRandom(SEED);
            unet.tuneBegin();
            for (int step = 0; step < steps; step++) {
                progress.report("learning the shot, step " + (step + 1) + " of " + steps, (double) step / steps);
                int frame = count == 1 ? 0 : 1 + random.nextInt(count - 1);
                int timestep = random.nextInt(NoiseSchedule.TIMESTEPS);
                try (NDManager scope = unet.scope()) {
                    NDList first = features(scope, clean.apply(0), timestep, 3L * step, structure.apply(scope, 0));
                    NDList before = frame < 2
                            ? first
                            : features(scope, clean.apply(frame - 1), timestep, 3L * step + 1, structure.apply(scope, frame - 1));
                    float[] x0 = clean.apply(frame);
                    float[] noise = GaussianNoise.of(SEED + 3L * step + 2, x0.length);
                    NDArray noisy = array(scope, noised(x0, noise, timestep));
                    NDArray time = scope.create(new float[] {timestep});
                    NDArray words = words(scope);
                    errors[step] = unet.tuneStep(
                            scope, noisy, time, words, control(scope, noisy, time, words, structure.apply(scope, frame)), first, before,
                            array(scope, target(x0, noise, timestep)), RATE, step + 1);
                }
            }
            progress.report("learning the shot", 1);
            return errors;
        });
    }

    private NDList features(NDManager scope, float[] x0, int timestep, long seed, Optional<GuidedDenoiser.Structure> structure) {
        NDArray noisy = array(scope, noised(x0, GaussianNoise.of(SEED + seed, x0.length), timestep));
        NDArray time = scope.create(new float[] {timestep});
        NDArray words = words(scope);
        NDList answer = unet.forwardInjected(scope, noisy, time, words, control(scope, noisy, time, words, structure), new NDList(), new NDList());
        return new NDList(answer.subList(1, answer.size()));
    }

    private static NDList control(NDManager scope, NDArray noisy, NDArray time, NDArray words, Optional<GuidedDenoiser.Structure> structure) {
        return structure.map(s -> s.network().forward(scope, noisy, time, words, s.hint(), s.strength())).orElseGet(NDList::new);
    }

    private NDArray words(NDManager scope) {
        return scope.create(text, new Shape(1, text.length / unet.textWidth(), unet.textWidth()));
    }

    private NDArray array(NDManager scope, float... values) {
        return scope.create(values, new Shape(1).addAll(shape));
    }

    private static float[] noised(float[] x0, float[] noise, int timestep) {
        double signal = Math.sqrt(NoiseSchedule.alphaOf(timestep));
        double sigma = Math.sqrt(1 - NoiseSchedule.alphaOf(timestep));
        float[] out = new float[x0.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) (signal * x0[i] + sigma * noise[i]);
        }
        return out;
    }

    private float[] target(float[] x0, float[] noise, int timestep) {
        if (!velocity) {
            return noise;
        }
        double signal = Math.sqrt(NoiseSchedule.alphaOf(timestep));
        double sigma = Math.sqrt(1 - NoiseSchedule.alphaOf(timestep));
        float[] out = new float[x0.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) (signal * noise[i] - sigma * x0[i]);
        }
        return out;
    }
}
