package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.SafetensorsWriter;
import org.stablevideo.tensor.Weights;

/** Additions in a model's own file, against a file whose weights have them already. */
class LowRankTest {

    private static final String KERNEL = "down_blocks.0.resnets.0.conv1";
    private static final String MATRIX = "mid_block.attentions.0.transformer_blocks.0.attn2.to_k";
    private static final int RANK = 3;

    @TempDir Path folder;

    @Test
    void shouldAddToKernelsAndMatrices() throws IOException {
        Path model = FormulaModel.write(folder);
        Path added = folder.resolve("added.safetensors");
        Path sums = folder.resolve("sums.safetensors");
        try (SafetensorsFile plain = SafetensorsFile.open(model)) {
            Weights all = plain.weights("");
            Map<String, long[]> shapes = new LinkedHashMap<>(all.shapes());
            for (String layer : new String[] {KERNEL, MATRIX}) {
                long[] whole = all.shapeOf("unet." + layer + ".weight");
                shapes.put("unet_few." + layer + ".lora_up.weight", new long[] {whole[0], RANK});
                shapes.put("unet_few." + layer + ".lora_down.weight", new long[] {RANK, inner(whole)});
            }
            SafetensorsWriter.write(added, plain.metadata(), shapes, (name, shape) -> name.startsWith("unet_few.") ? half(name, shape) : all.floats(name));
            SafetensorsWriter.write(sums, plain.metadata(), all.shapes(), (name, shape) -> {
                float[] values = all.floats(name);
                String layer = name.replaceFirst("^unet\\.", "").replaceFirst("\\.weight$", "");
                return name.startsWith("unet.") && (layer.equals(KERNEL) || layer.equals(MATRIX)) ? sum(values, layer, shape) : values;
            });
        }
        try (SafetensorsFile plain = SafetensorsFile.open(added); SafetensorsFile wanted = SafetensorsFile.open(sums)) {
            Weights weights = plain.weights("unet.");
            LowRank addition = LowRank.of(weights, plain.weights("unet_few."));
            assertTrue(addition.touches(KERNEL + ".weight"));
            assertFalse(addition.touches(KERNEL + ".bias") || addition.touches("conv_in.weight"));
            float[] answer = answer(new LatentUNet(weights, addition));
            assertArrayEquals(answer(new LatentUNet(wanted.weights("unet."))), answer, 1e-5f);
            assertFalse(Arrays.equals(answer(new LatentUNet(weights)), answer));
            ProblemException lacking = assertThrows(ProblemException.class, () -> LowRank.of(plain.weights("vae."), plain.weights("unet_few.")));
            assertTrue(lacking.problem() instanceof ModelInvalid);
        }
    }

    @Test
    void shouldRefuseWhatDoesNotFit() throws IOException {
        Path bad = folder.resolve("bad.safetensors");
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("unet.a.weight", new long[] {4, 6, 3, 3});
        shapes.put("thin.a.lora_up.weight", new long[] {4, 2});
        shapes.put("thin.a.lora_down.weight", new long[] {2, 53});
        shapes.put("apart.a.lora_up.weight", new long[] {4, 2});
        shapes.put("apart.a.lora_down.weight", new long[] {3, 54});
        shapes.put("half.a.lora_up.weight", new long[] {4, 2});
        shapes.put("good.a.lora_up.weight", new long[] {4, 2});
        shapes.put("good.a.lora_down.weight", new long[] {2, 54});
        SafetensorsWriter.write(bad, Map.of(), shapes, FormulaWeights::weights);
        try (SafetensorsFile file = SafetensorsFile.open(bad)) {
            Weights network = file.weights("unet.");
            assertTrue(LowRank.of(network, file.weights("good.")).touches("a.weight"));
            for (String prefix : new String[] {"thin.", "apart.", "half."}) {
                assertThrows(ProblemException.class, () -> LowRank.of(network, file.weights(prefix)), prefix);
            }
        }
    }

    private static float[] answer(LatentUNet network) {
        try (LatentUNet unet = network; NDManager scope = unet.scope()) {
            return unet.forward(
                            scope, scope.create(FormulaWeights.noise("x", 1, 4, 8, 12), new Shape(1, 4, 8, 12)), scope.create(new float[] {501}),
                            scope.create(FormulaWeights.noise("text", 1, 5, 48), new Shape(1, 5, 48)), new NDList())
                    .toFloatArray();
        }
    }

    private static float[] half(String name, long... shape) {
        float[] values = FormulaWeights.noise(name, (int) shape[0], (int) shape[1]);
        for (int i = 0; i < values.length; i++) {
            values[i] *= 0.2f;
        }
        return values;
    }

    private static float[] sum(float[] values, String layer, long... shape) {
        int inner = (int) inner(shape);
        float[] up = half("unet_few." + layer + ".lora_up.weight", shape[0], RANK);
        float[] down = half("unet_few." + layer + ".lora_down.weight", RANK, inner);
        float[] sum = values.clone();
        for (int i = 0; i < sum.length; i++) {
            for (int r = 0; r < RANK; r++) {
                sum[i] += up[i / inner * RANK + r] * down[r * inner + i % inner];
            }
        }
        return sum;
    }

    private static long inner(long... shape) {
        return Arrays.stream(shape).skip(1).reduce(1, (a, b) -> a * b);
    }
}
