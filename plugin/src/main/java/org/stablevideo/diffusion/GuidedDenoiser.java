package org.stablevideo.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.model.ControlNet;
import org.stablevideo.model.LatentUNet;
import org.stablevideo.tensor.MemoryShortException;

/**
 * UNet and ControlNet under classifier-free guidance: ε = ε(negative) + s·(ε(prompt) − ε(negative)), both computed as one batch, or one after the
 * other where there is no memory for that.
 */
final class GuidedDenoiser implements Denoiser {

    private static final Logger LOG = LoggerFactory.getLogger(GuidedDenoiser.class);

    private final LatentUNet unet;
    private final List<float[]> texts;
    private final double guidance;
    private final List<Structure> structures;
    private final Shape latentShape;
    private boolean apart;

    /**
     * Structure that a picture keeps.
     *
     * @param network its ControlNet
     * @param hint from {@link ControlNet#hint}
     * @param choice how strongly, and when
     */
    record Structure(ControlNet network, NDArray hint, ControlChoice choice) {

        /** All the way. */
        Structure(ControlNet network, NDArray hint, double strength) {
            this(network, hint, new ControlChoice(ControlChoice.Kind.EDGES, strength, 0, 1));
        }

        double strength() {
            return choice.strength();
        }
    }

    /**
     * A denoiser for one picture.
     *
     * @param texts features of the negative prompt and the prompt, equally long, row by row; of the prompt alone for guidance 1
     * @param guidance s, at least 1
     * @param structures what they add is summed
     * @param latentShape (4, h, w)
     * @param apart whether the two are computed one after the other from the start
     */
    GuidedDenoiser(LatentUNet unet, List<float[]> texts, double guidance, List<Structure> structures, Shape latentShape, boolean apart) {
        this.unet = unet;
        this.texts = List.copyOf(texts);
        this.guidance = guidance;
        this.structures = List.copyOf(structures);
        this.latentShape = latentShape;
        this.apart = apart;
    }

    @Override
    public float[] predict(float[] latents, int timestep) {
        if (!apart) {
            try {
                return guided(run(texts, latents, timestep), latents.length);
            } catch (MemoryShortException e) {
                if (texts.size() == 1) {
                    throw e;
                }
                LOG.warn("not enough memory for both prompts at once; they are computed one after the other: {}", e.getMessage());
                apart = true;
            }
        }
        float[] both = new float[texts.size() * latents.length];
        for (int i = 0; i < texts.size(); i++) {
            System.arraycopy(run(List.of(texts.get(i)), latents, timestep), 0, both, i * latents.length, latents.length);
        }
        return guided(both, latents.length);
    }

    private float[] run(List<float[]> batch, float[] latents, int timestep) {
        int size = batch.size();
        int n = latents.length;
        int rows = batch.get(0).length;
        float[] x = new float[size * n];
        float[] features = new float[size * rows];
        float[] times = new float[size];
        Arrays.fill(times, timestep);
        for (int i = 0; i < size; i++) {
            System.arraycopy(latents, 0, x, i * n, n);
            System.arraycopy(batch.get(i), 0, features, i * rows, rows);
        }
        try (NDManager scope = unet.scope()) {
            NDArray noisy = scope.create(x, new Shape(size).addAll(latentShape));
            NDArray time = scope.create(times);
            NDArray text = scope.create(features, new Shape(size, rows / unet.textWidth(), unet.textWidth()));
            NDList control = new NDList();
            for (Structure structure : structures) {
                if (structure.choice.isAt(timestep)) {
                    control = sum(control, structure.network.forward(scope, noisy, time, text, structure.hint, structure.strength()));
                }
            }
            return unet.forward(scope, noisy, time, text, control).toFloatArray();
        }
    }

    private static NDList sum(NDList a, NDList b) {
        if (a.isEmpty()) {
            return b;
        }
        NDList sum = new NDList();
        for (int i = 0; i < a.size(); i++) {
            sum.add(a.get(i).add(b.get(i)));
        }
        return sum;
    }

    private float[] guided(float[] predicted, int n) {
        if (predicted.length == n) {
            return predicted;
        }
        float[] guided = new float[n];
        for (int i = 0; i < n; i++) {
            guided[i] = (float) (predicted[i] + guidance * ((double) predicted[n + i] - predicted[i]));
        }
        return guided;
    }
}
