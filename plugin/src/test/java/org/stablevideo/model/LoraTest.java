package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.Precision;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.SafetensorsWriter;
import org.stablevideo.tensor.Weights;

/** LoRAs in the namings that there are, against diffusers with the same LoRA loaded ({@code make_lora_golden.py}). */
class LoraTest {

    private record Layer(String network, String layer, String kohya, long[] down, long[] up, double alpha) {}

    private record Golden(double weight, List<Layer> layers, Map<String, float[]> answers) {}

    @TempDir static Path folder;
    private static Golden golden;
    private static Path checkpoint;

    @BeforeAll
    static void write() throws IOException {
        golden = json("lora.json", Golden.class);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        Map<String, String> formulas = new LinkedHashMap<>();
        JsonObject names = json("/org/stablevideo/diffusion/edit.json", JsonObject.class).getAsJsonObject("names");
        names.entrySet().stream().filter(e -> !e.getKey().startsWith("control_model.")).forEach(e -> {
            shapes.put(e.getKey(), new Gson().fromJson(e.getValue().getAsJsonObject().get("shape"), long[].class));
            formulas.put(e.getKey(), e.getValue().getAsJsonObject().get("formula").getAsString());
        });
        checkpoint = folder.resolve("small.safetensors");
        SafetensorsWriter.write(checkpoint, Map.of(), shapes, (name, shape) -> FormulaWeights.weights(formulas.get(name), shape));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kohya", "peft", "old", "lora-dots"})
    void shouldAddAsDiffusersDoes(String naming) throws IOException {
        Path lora = write(naming);
        try (LoraStack stack = new LoraStack(Map.of(lora, golden.weight)); SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
            assertEquals(ModelKind.LORA, kind(lora));
            Weights weights = CheckpointParts.unet(file);
            try (LatentUNet unet = new LatentUNet(weights, Precision.SINGLE, stack.forUnet(weights)); NDManager scope = unet.scope()) {
                float[] answer = unet.forward(
                                scope, scope.create(FormulaWeights.noise("latents", 1, 4, 8, 12), new Shape(1, 4, 8, 12)),
                                scope.create(new float[] {501}), scope.create(FormulaWeights.noise("text", 1, 7, 128), new Shape(1, 7, 128)), new NDList())
                        .toFloatArray();
                agree("unet", golden.answers.get("unet"), answer);
            }
            Weights text = CheckpointParts.textEncoder(file);
            try (ClipTextEncoder encoder = new ClipTextEncoder(text, stack.forText(text))) {
                agree("text", golden.answers.get("text"), Arrays.copyOf(encoder.encode("a red car"), 5 * 128));
            }
        }
    }

    @Test
    void shouldSumSeveral() throws IOException {
        Path lora = write("kohya");
        Path second = folder.resolve("second.safetensors");
        Files.copy(lora, second, StandardCopyOption.REPLACE_EXISTING);
        Map<Path, Double> both = Map.of(lora, golden.weight + 0.5, second, -0.5);
        try (LoraStack stack = new LoraStack(both); SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
            Weights text = CheckpointParts.textEncoder(file);
            try (ClipTextEncoder encoder = new ClipTextEncoder(text, stack.forText(text))) {
                agree("text", golden.answers.get("text"), Arrays.copyOf(encoder.encode("a red car"), 5 * 128));
            }
        }
    }

    @Test
    void shouldRefuseWhatDoesNotFit() throws IOException {
        refused("lora_unet_mid_block_other", 4, 256, "none of Stable Diffusion 1.5");
        refused("lora_unet_mid_block_attentions_0_proj_in", 4, 99, "another size");
        Map<String, long[]> hada = Map.of(
                "lora_unet_mid_block_attentions_0_proj_in.hada_w1_a", new long[] {2}, "lora_unet_x.lora_up.weight", new long[] {2});
        Path loha = SafetensorsWriter.sparse(folder.resolve("loha.safetensors"), hada);
        assertTrue(assertThrows(ProblemException.class, () -> new LoraStack(Map.of(loha, 1.0)).close()).getMessage().contains("LoHa"));
        ProblemException none = assertThrows(ProblemException.class, () -> new LoraStack(Map.of(checkpoint, 1.0)).close());
        assertTrue(none.problem() instanceof ModelInvalid && none.getMessage().contains("checkpoint"), none.getMessage());
    }

    @Test
    void shouldReadListsOfLoras() {
        assertEquals(List.of(new LoraChoice("film", 0.8), new LoraChoice("lcm", 1)), LoraChoice.listOf(" film:0.8, lcm "));
        assertEquals(List.of(new LoraChoice("film", -0.5)), LoraChoice.listOf("<lora:film:-0.5>"));
        assertEquals(List.of(), LoraChoice.listOf(""));
        assertThrows(ProblemException.class, () -> LoraChoice.listOf("film:much"));
        assertThrows(ProblemException.class, () -> LoraChoice.listOf("film:11"));
        ModelCard card = ModelCard.ofCheckpoint(Path.of("a.safetensors"), Map.of());
        try (LoraStack none = new LoraStack(Map.of())) {
            assertEquals(card, none.hurry(card));
        }
    }

    private static void refused(String layer, long rank, long in, String because) throws IOException {
        Map<String, long[]> shapes = Map.of(
                layer + ".lora_down.weight", new long[] {rank, in}, layer + ".lora_up.weight", new long[] {256, rank});
        Path path = SafetensorsWriter.sparse(folder.resolve("unfit.safetensors"), shapes);
        try (LoraStack stack = new LoraStack(Map.of(path, 1.0)); SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
            ProblemException refusal = assertThrows(ProblemException.class, () -> stack.forUnet(CheckpointParts.unet(file)));
            assertTrue(refusal.getMessage().contains(because) && refusal.getMessage().contains("unfit"), refusal.getMessage());
        }
    }

    private static ModelKind kind(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            return ModelKind.of(file);
        }
    }

    /** Where a naming has no alpha, the factor alpha / rank is in the upper half already. */
    private static Path write(String naming) throws IOException {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        Map<String, float[]> values = new LinkedHashMap<>();
        for (Layer layer : golden.layers) {
            float[] down = scaled(FormulaWeights.noise(layer.kohya + ".down", layer.down), 0.2f);
            boolean alpha = naming.equals("kohya");
            float[] up = scaled(FormulaWeights.noise(layer.kohya + ".up", layer.up), 0.2f * (alpha ? 1 : (float) (layer.alpha / layer.down[0])));
            String dots = layer.network + layer.layer;
            String old = dots.replaceFirst("(attn\\d)\\.to_out\\.0$", "$1.processor.to_out_lora").replaceFirst("(attn\\d)\\.(to_[qkv])$", "$1.processor.$2_lora");
            String start = switch (naming) {
                case "kohya" -> layer.kohya + ".lora_";
                case "peft" -> dots + ".lora_";
                case "old" -> old + (old.endsWith("_lora") ? "." : layer.network.startsWith("text") ? ".lora_linear_layer." : ".lora.");
                default -> dots + ".lora.";
            };
            boolean peft = naming.equals("peft");
            put(shapes, values, start + (peft ? "A" : "down") + ".weight", layer.down, down);
            put(shapes, values, start + (peft ? "B" : "up") + ".weight", layer.up, up);
            if (alpha) {
                put(shapes, values, layer.kohya + ".alpha", new long[0], new float[] {(float) layer.alpha});
            }
        }
        Path path = folder.resolve(naming + ".safetensors");
        SafetensorsWriter.write(path, Map.of(), shapes, (name, shape) -> values.get(name));
        return path;
    }

    private static void put(Map<String, long[]> shapes, Map<String, float[]> values, String name, long[] shape, float[] value) {
        shapes.put(name, shape);
        values.put(name, value);
    }

    private static float[] scaled(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return values;
    }

    private static void agree(String what, float[] wanted, float[] got) {
        assertEquals(wanted.length, got.length, what);
        double worst = 0;
        for (int i = 0; i < wanted.length; i++) {
            worst = Math.max(worst, Math.abs(wanted[i] - got[i]));
        }
        System.out.printf("%s: largest difference %.2e%n", what, worst);
        assertTrue(worst < 1e-4, what + " differs by " + worst);
    }

    private static <T> T json(String resource, Class<T> type) throws IOException {
        try (Reader reader = new InputStreamReader(LoraTest.class.getResourceAsStream(resource), StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, type);
        }
    }
}
