package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What Stable Diffusion 1.5 costs, against what PyTorch's FlopCounterMode counts in diffusers (multiplications and additions as one). */
class NetworkCostTest {

    @Test
    void shouldCountStepsAsPyTorchDoes() {
        near(401.637, cost("unet").step(64, 64));
        near(533.980, cost("unet").step(54, 96));
        near(141.646 - 7.361, cost("controlnet").step(64, 64));
        near(189.391 - 9.316, cost("controlnet").step(54, 96));
    }

    @Test
    void shouldCountPicturesAsPyTorchDoes() {
        near(1257.259, cost("vae").picture("decoder", 64, 64));
        near(1596.995, cost("vae").picture("decoder", 54, 96));
        near(558.329, cost("vae").picture("encoder", 64, 64));
        near(712.411, cost("vae").picture("encoder", 54, 96));
    }

    @Test
    void shouldCountWeights() {
        assertEquals(859_520_964L, cost("unet").weights());
        assertEquals(361_279_120L, cost("controlnet").weights());
        assertEquals(83_653_863L, cost("vae").weights());
    }

    private static NetworkCost cost(String part) {
        return new NetworkCost(CheckpointPartsTest.rows(part));
    }

    private static void near(double billions, double counted) {
        assertEquals(1, counted / 1e9 / billions, 0.01, counted / 1e9 + " instead of " + billions);
    }
}
