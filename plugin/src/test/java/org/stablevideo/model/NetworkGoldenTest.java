package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.tensor.Patches;
import org.stablevideo.tensor.Precision;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.SafetensorsWriter;
import org.stablevideo.tensor.Weights;

/** The network texts against diffusers ({@code make_goldens.py} made the answers). */
class NetworkGoldenTest {

    @TempDir Path dir;

    private record Goldens(Map<String, Integer> sizes, Map<String, long[]> shapes, Map<String, float[]> answers) {}

    @Test
    void shouldAnswerAsDiffusersDoes() throws IOException {
        try (Reader reader = new InputStreamReader(NetworkGoldenTest.class.getResourceAsStream("goldens.json"), StandardCharsets.UTF_8)) {
            Goldens goldens = new Gson().fromJson(reader, Goldens.class);
            compare(goldens, false, 1e-4);
            compare(goldens, true, 1e-4);
        }
    }

    @Test
    void shouldPredictTheSameAfterTuning() throws IOException {
        Path path = FormulaModel.write(dir);
        try (SafetensorsFile file = SafetensorsFile.open(path);
                LatentUNet unet = new LatentUNet(file.weights("unet."), Precision.SINGLE, Patches.NONE);
                NDManager scope = unet.scope()) {
            NDArray x = value(scope, "latents", 1, 4, 10, 14);
            NDArray text = value(scope, "text", 1, 5, unet.textWidth());
            NDArray time = scope.create(new float[] {501});
            float[] before = unet.forward(scope, x, time, text, new NDList()).toFloatArray();
            unet.tuneBegin();
            unet.tuneEnd();
            assertArrayEquals(before, unet.forward(scope, x, time, text, new NDList()).toFloatArray());
        }
    }

    private void compare(Goldens goldens, boolean fast, double tolerance) throws IOException {
        Map<String, Integer> s = goldens.sizes;
        int h = s.get("height");
        int w = s.get("width");
        Path path = dir.resolve("formula.safetensors");
        SafetensorsWriter.write(path, Map.of(), goldens.shapes, FormulaWeights::weights);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            try (LatentUNet unet = unet(file.weights("unet."), fast);
                    ControlNet control = control(file.weights("controlnet."), fast);
                    NDManager scope = unet.scope()) {
                assertEquals(s.get("text"), unet.textWidth());
                NDArray x = value(scope, "latents", 2, 4, h, w);
                NDArray text = value(scope, "text", 2, s.get("tokens"), s.get("text"));
                NDArray time = scope.create(new float[] {501, 37});
                agree("unet", goldens, unet.forward(scope, x, time, text, new NDList()), tolerance);
                int side = s.get("hintScale");
                NDArray hint = control.hint(scope, value(scope, "hint", 1, 3, h * side, w * side).add(1).div(2));
                NDList added = control.forward(scope, x, time, text, hint, 0.7);
                agree("controlled", goldens, unet.forward(scope, x, time, text, added), tolerance);
            }
            try (Autoencoder vae = autoencoder(file.weights("vae."), fast);
                    NDManager scope = vae.scope()) {
                assertEquals(s.get("stride"), vae.stride());
                NDArray picture = value(scope, "picture", 1, 3, h * vae.stride(), w * vae.stride());
                agree("encoded", goldens, vae.encode(scope, picture), tolerance);
                agree("decoded", goldens, vae.decode(scope, value(scope, "latents", 1, 4, h, w)), tolerance);
            }
        }
    }

    private static LatentUNet unet(Weights weights, boolean fast) {
        return fast ? new LatentUNet(weights, Precision.SINGLE, Patches.NONE) : new LatentUNet(weights);
    }

    private static ControlNet control(Weights weights, boolean fast) {
        return fast ? new ControlNet(weights, Precision.SINGLE) : new ControlNet(weights);
    }

    private static Autoencoder autoencoder(Weights weights, boolean fast) {
        return fast ? new Autoencoder(weights, Precision.SINGLE) : new Autoencoder(weights);
    }

    private static NDArray value(NDManager scope, String name, long... shape) {
        return scope.create(FormulaWeights.noise(name, shape), new Shape(shape));
    }

    private static void agree(String what, Goldens goldens, NDArray actual, double tolerance) {
        float[] wanted = goldens.answers.get(what);
        float[] got = actual.toFloatArray();
        assertEquals(wanted.length, got.length, what);
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < wanted.length; i++) {
            worst = Math.max(worst, Math.abs(wanted[i] - got[i]));
            largest = Math.max(largest, Math.abs(wanted[i]));
        }
        System.out.printf("%s: largest difference %.2e of values up to %.2f%n", what, worst, largest);
        assertTrue(worst <= tolerance, what + " differs by " + worst);
    }
}
