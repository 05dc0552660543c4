package org.stablevideo.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.stablevideo.model.LatentUNet;

/**
 * UNet and ControlNet for frames that look at each other, under classifier-free guidance: as {@link GuidedDenoiser}, but every prediction also gives
 * the features that other frames look at, for either prompt its own.
 */
final class ShotDenoiser {

    private final LatentUNet unet;
    private final List<List<float[]>> runs;
    private final double guidance;
    private final Shape latentShape;

    /**
     * Features of a frame at one step, one list a run of the network; close them when no frame looks at them any more.
     */
    record Seen(List<NDList> runs) implements AutoCloseable {
        @Override
        public void close() {
            runs.forEach(NDList::close);
        }
    }

    /**
     * What the network says about a frame.
     *
     * @param noise noise or velocity, guided
     * @param seen the frame's features
     */
    record Answer(float[] noise, Seen seen) {}

    /**
     * A denoiser for a shot.
     *
     * @param texts features of the negative prompt and the prompt, equally long, row by row; of the prompt alone for guidance 1
     * @param guidance s, at least 1
     * @param latentShape (4, h, w)
     * @param apart whether the two prompts are computed one after the other, which takes half the memory
     */
    ShotDenoiser(LatentUNet unet, List<float[]> texts, double guidance, Shape latentShape, boolean apart) {
        this.unet = unet;
        this.runs = apart ? texts.stream().map(List::of).toList() : List.of(texts);
        this.guidance = guidance;
        this.latentShape = latentShape;
    }

    /**
     * Predicts.
     *
     * @param scope keeps the features
     * @param latents of the frame, as noisy as the timestep says
     * @param anchor features to look at, with those of the frame before; empty for a frame that looks at itself
     * @param previous those of the frame before; there where the anchor's are
     */
    Answer predict(
            NDManager scope, float[] latents, int timestep, Optional<GuidedDenoiser.Structure> structure, Optional<Seen> anchor,
            Optional<Seen> previous) {
        float[][] predicted = new float[runs.size()][];
        List<NDList> seen = new ArrayList<>();
        for (int i = 0; i < predicted.length; i++) {
            int run = i;
            NDList first = anchor.map(a -> a.runs.get(run)).orElseGet(NDList::new);
            NDList before = previous.map(p -> p.runs.get(run)).orElseGet(NDList::new);
            try (NDManager inner = unet.scope()) {
                NDList answer = run(inner, runs.get(i), latents, timestep, structure, first, before);
                predicted[i] = answer.get(0).toFloatArray();
                NDList features = new NDList(answer.subList(1, answer.size()));
                features.attach(scope);
                seen.add(features);
            }
        }
        return new Answer(guided(predicted, latents.length), new Seen(seen));
    }

    private NDList run(
            NDManager scope, List<float[]> texts, float[] latents, int timestep, Optional<GuidedDenoiser.Structure> structure, NDList first,
            NDList before) {
        int size = texts.size();
        int rows = texts.get(0).length;
        float[] x = new float[size * latents.length];
        float[] features = new float[size * rows];
        float[] times = new float[size];
        Arrays.fill(times, timestep);
        for (int i = 0; i < size; i++) {
            System.arraycopy(latents, 0, x, i * latents.length, latents.length);
            System.arraycopy(texts.get(i), 0, features, i * rows, rows);
        }
        NDArray noisy = scope.create(x, new Shape(size).addAll(latentShape));
        NDArray time = scope.create(times);
        NDArray text = scope.create(features, new Shape(size, rows / unet.textWidth(), unet.textWidth()));
        NDList control = structure
                .map(s -> s.network().forward(scope, noisy, time, text, s.hint(), s.strength()))
                .orElseGet(NDList::new);
        return unet.forwardInjected(scope, noisy, time, text, control, first, before);
    }

    private float[] guided(float[][] predicted, int n) {
        float[] without = predicted[0];
        if (predicted.length == 1 && without.length == n) {
            return without;
        }
        float[] with = predicted.length == 1 ? Arrays.copyOfRange(without, n, 2 * n) : predicted[1];
        float[] guided = new float[n];
        for (int i = 0; i < n; i++) {
            guided[i] = (float) (without[i] + guidance * ((double) with[i] - without[i]));
        }
        return guided;
    }
}
