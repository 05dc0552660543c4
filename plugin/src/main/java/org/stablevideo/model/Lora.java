package org.stablevideo.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.Weights;

/**
 * One LoRA file: W' = W + weight · (alpha / rank) · up · down for the layers that it names. Read are the namings of kohya
 * ({@code lora_unet_…_to_q.lora_down.weight}) and of diffusers ({@code unet.….to_q.lora_A.weight}, {@code ….processor.to_q_lora.down.weight}).
 */
final class Lora implements AutoCloseable {

    /** Networks that a LoRA may change. */
    enum Target { UNET, TEXT }

    private static final List<String> DOWN = List.of(
            ".lora_down.weight", ".lora_A.weight", ".lora_A.default.weight", ".lora.down.weight", "_lora.down.weight", ".lora_linear_layer.down.weight");
    private static final List<String> UP = List.of(
            ".lora_up.weight", ".lora_B.weight", ".lora_B.default.weight", ".lora.up.weight", "_lora.up.weight", ".lora_linear_layer.up.weight");
    private static final List<String> OTHER_KINDS =
            List.of(".hada_w1_a", ".lokr_w1", ".lokr_w1_a", ".lora_mid.weight", ".dora_scale", ".lora_magnitude_vector.weight", ".oft_blocks");

    private final SafetensorsFile file;
    private final Weights weights;
    private final double weight;
    private final Map<Target, Map<String, Pair>> pairs = Map.of(Target.UNET, new LinkedHashMap<>(), Target.TEXT, new LinkedHashMap<>());

    private static final class Pair {
        private String up = "";
        private String down = "";
        private String alpha = "";
    }

    /**
     * Opens a LoRA.
     *
     * @throws ProblemException model-invalid when it is none, or of a kind that is not read
     */
    Lora(Path path, double weight) {
        this.weight = weight;
        file = SafetensorsFile.open(path);
        try {
            ModelKind.LORA.demand(file, "a LoRA");
            weights = file.weights("");
            for (String name : file.entries().keySet()) {
                if (OTHER_KINDS.stream().anyMatch(name::endsWith)) {
                    throw invalid("it is a LoHa, LoKr, DoRA or the like (" + name + ")", "Use a plain LoRA of Stable Diffusion 1.5.");
                }
                sort(name);
            }
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void sort(String name) {
        DOWN.stream().filter(name::endsWith).findFirst().ifPresent(end -> pair(name, end).down = name);
        UP.stream().filter(name::endsWith).findFirst().ifPresent(end -> pair(name, end).up = name);
        if (name.endsWith(".alpha")) {
            pair(name, ".alpha").alpha = name;
        }
    }

    private Pair pair(String name, String end) {
        String layer = name.substring(0, name.length() - end.length());
        boolean text = layer.startsWith("lora_te_") || layer.startsWith("text_encoder.");
        String inside = layer.replaceFirst("^(lora_unet_|lora_te_|unet\\.|text_encoder\\.)", "").replace(".processor.", ".").replace('.', '_');
        return pairs.get(text ? Target.TEXT : Target.UNET).computeIfAbsent(inside, key -> new Pair());
    }

    /** Makes sure that every layer fits a network; the layers' names by those of the network's tensors. */
    Map<String, String> fitted(Target target, Weights network) {
        Map<String, String> byLayer = new LinkedHashMap<>();
        for (String tensor : network.names().keySet()) {
            if (tensor.endsWith(".weight")) {
                String layer = tensor.substring(0, tensor.length() - ".weight".length()).replace('.', '_');
                byLayer.put(layer, tensor);
                if (layer.endsWith("_to_out_0")) {
                    byLayer.putIfAbsent(layer.substring(0, layer.length() - 2), tensor);
                }
            }
        }
        Map<String, String> fitted = new LinkedHashMap<>();
        for (Map.Entry<String, Pair> entry : pairs.get(target).entrySet()) {
            Pair pair = entry.getValue();
            String tensor = byLayer.get(entry.getKey());
            if (pair.up.isEmpty() || pair.down.isEmpty() || tensor == null) {
                throw invalid("its layer " + entry.getKey() + " is none of Stable Diffusion 1.5, or has only one half",
                        "Use a LoRA that was made for Stable Diffusion 1.5.");
            }
            long[] up = file.entries().get(pair.up).shape();
            long[] down = file.entries().get(pair.down).shape();
            if (up[0] * elements(down) / down[0] != elements(network.shapeOf(tensor)) || elements(up) / up[0] != down[0]) {
                throw invalid("its layer " + entry.getKey() + " has another size than that of Stable Diffusion 1.5",
                        "Use a LoRA that was made for Stable Diffusion 1.5.");
            }
            fitted.put(tensor, entry.getKey());
        }
        return fitted;
    }

    /** Adds one layer of it. */
    void add(Target target, String layer, String tensor, Script script) {
        Pair pair = pairs.get(target).get(layer);
        long[] up = file.entries().get(pair.up).shape();
        long[] down = file.entries().get(pair.down).shape();
        double alpha = pair.alpha.isEmpty() ? down[0] : weights.floats(pair.alpha)[0];
        try (NDManager scope = script.scope()) {
            script.addLowRank(
                    tensor,
                    scope.create(weights.floats(pair.up), new Shape(up)),
                    scope.create(weights.floats(pair.down), new Shape(down)),
                    weight * alpha / down[0]);
        }
    }

    private static long elements(long[] shape) {
        long n = 1;
        for (long side : shape) {
            n *= side;
        }
        return n;
    }

    private ProblemException invalid(String what, String remedy) {
        return new ProblemException(new ModelInvalid("The LoRA " + file.path() + " cannot be used: " + what + ".", remedy));
    }

    @Override
    public void close() {
        file.close();
    }
}
