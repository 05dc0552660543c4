package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.Weights;

/** The bundled model against the answers that its training program wrote with it ({@code packaging/pocket/golden.safetensors}). */
class PocketGoldenTest {

    private static final String[] PROMPTS = {"a red car", "a snowy winter day", ""};

    private final Path root = Path.of(System.getProperty("stablevideo.root", ".."), "packaging");
    private final Path model = Path.of(System.getProperty("stablevideo.pocket", root.resolve("models/pocket.safetensors").toString()));
    private final Path answers = Path.of(System.getProperty("stablevideo.golden", root.resolve("pocket/golden.safetensors").toString()));

    @Test
    void shouldAnswerAsTheTrainerDoes() {
        Assumptions.assumeTrue(Files.exists(model) && Files.exists(answers), "needs " + model + " and " + answers);
        try (SafetensorsFile file = SafetensorsFile.open(model);
                SafetensorsFile golden = SafetensorsFile.open(answers)) {
            texts(golden.weights(""));
            try (LatentUNet unet = new LatentUNet(file.weights("unet."));
                    ControlNet control = new ControlNet(file.weights("controlnet."));
                    NDManager scope = unet.scope()) {
                NDArray x = of(scope, golden, "x");
                NDArray t = of(scope, golden, "t");
                NDArray text = of(scope, golden, "text_features");
                agree(golden, "unet_out", unet.forward(scope, x, t, text, new NDList()));
                NDList added = control.forward(scope, x, t, text, control.hint(scope, of(scope, golden, "hint")), 1);
                for (int i = 0; i < added.size(); i++) {
                    agree(golden, "control_" + i, added.get(i));
                }
                agree(golden, "unet_control_out", unet.forward(scope, x, t, text, added));
            }
            try (LatentUNet scenes = new LatentUNet(file.weights("unet.").with(file.weights("scene."))); NDManager scope = scenes.scope()) {
                NDArray text = of(scope, golden, "text_features");
                agree(golden, "scene_out", scenes.forward(scope, of(scope, golden, "x"), of(scope, golden, "t"), text, new NDList()));
            }
            Weights scenes = file.weights("unet.").with(file.weights("scene."));
            agreeGuided(golden, "unet_guided", file.weights("unet."));
            agreeGuided(golden, "scene_guided", scenes);
            try (Autoencoder vae = new Autoencoder(file.weights("vae."));
                    NDManager scope = vae.scope()) {
                agree(golden, "vae_mean", vae.encode(scope, of(scope, golden, "vae_image")));
                agree(golden, "vae_decoded", vae.decode(scope, of(scope, golden, "vae_latent")));
            }
        }
    }

    /** A UNet into which guidance was distilled, its weights those of another and differences in 8 bits. */
    private static void agreeGuided(SafetensorsFile golden, String prefix, Weights whole) {
        try (LatentUNet unet = new LatentUNet(whole, Difference.of(whole, prefix + ".")); NDManager scope = unet.scope()) {
            NDList added = new NDList();
            while (golden.entries().containsKey("control_" + added.size())) {
                added.add(of(scope, golden, "control_" + added.size()));
            }
            agree(golden, prefix + "_out", unet.forward(
                    scope, of(scope, golden, "x"), of(scope, golden, "t"), of(scope, golden, "text_features"), added));
        }
    }

    private static void texts(Weights golden) {
        float[] wanted = golden.floats("text_features");
        try (SentenceEncoder encoder = new SentenceEncoder(24)) {
            int n = 24 * encoder.width();
            for (int i = 0; i < PROMPTS.length; i++) {
                float[] row = encoder.encode(PROMPTS[i]);
                double squares = 0;
                double largest = 0;
                for (int k = 0; k < n; k++) {
                    squares += Math.pow(row[k] - wanted[i * n + k], 2);
                    largest = Math.max(largest, Math.abs(row[k] - wanted[i * n + k]));
                }
                System.out.printf("“%s”: rms difference %.4f, largest %.4f%n", PROMPTS[i], Math.sqrt(squares / n), largest);
                // Versions of the quantised network's runtime round apart: one step of 8 bits, here and there.
                assertTrue(largest < 0.1, PROMPTS[i] + " differs by " + largest);
            }
        }
    }

    private static NDArray of(NDManager scope, SafetensorsFile file, String name) {
        return scope.create(file.weights("").floats(name), new Shape(file.entries().get(name).shape()));
    }

    private static void agree(SafetensorsFile golden, String name, NDArray actual) {
        float[] wanted = golden.weights("").floats(name);
        float[] got = actual.toFloatArray();
        double worst = 0;
        for (int i = 0; i < wanted.length; i++) {
            worst = Math.max(worst, Math.abs(wanted[i] - got[i]));
        }
        System.out.printf("%s: largest difference %.2e%n", name, worst);
        assertTrue(wanted.length == got.length && worst <= 1e-4, name + " differs by " + worst);
    }
}
