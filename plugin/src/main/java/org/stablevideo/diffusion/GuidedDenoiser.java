package org.stablevideo.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Optional;
import org.stablevideo.model.ControlNet;
import org.stablevideo.model.LatentUNet;

/**
 * UNet and ControlNet under classifier-free guidance: ε = ε(negative) + s·(ε(prompt) − ε(negative)), both computed as one batch.
 *
 * @param unet the network
 * @param text features of the negative prompt and the prompt, shape (2, tokens, width); of the prompt alone, shape (1, …), for guidance 1
 * @param guidance s, at least 1
 * @param structure what the structure asks for
 * @param latentShape (4, h, w)
 */
record GuidedDenoiser(LatentUNet unet, NDArray text, double guidance, Optional<Structure> structure, Shape latentShape) implements Denoiser {

    /**
     * Structure that a picture keeps.
     *
     * @param network its ControlNet
     * @param hint from {@link ControlNet#hint}
     * @param strength factor, in (0, 2]
     */
    record Structure(ControlNet network, NDArray hint, double strength) {}

    @Override
    public float[] predict(float[] latents, int timestep) {
        int batch = (int) text.getShape().get(0);
        int n = latents.length;
        float[] both = Arrays.copyOf(latents, n * batch);
        float[] times = new float[batch];
        Arrays.fill(times, timestep);
        if (batch == 2) {
            System.arraycopy(latents, 0, both, n, n);
        }
        try (NDManager scope = unet.scope()) {
            NDArray x = scope.create(both, new Shape(batch).addAll(latentShape));
            NDArray time = scope.create(times);
            NDList control = structure
                    .map(s -> s.network.forward(scope, x, time, text, s.hint, s.strength))
                    .orElseGet(NDList::new);
            return guided(unet.forward(scope, x, time, text, control).toFloatArray(), n);
        }
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
