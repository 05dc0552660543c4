package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/** Differences in a model's own file, against a file whose weights have them already. In 8 bits the bundled model has them ({@code PocketGoldenTest}). */
class DifferenceTest {

    private static final String KERNEL = "down_blocks.0.resnets.0.conv1.weight";
    private static final String BIAS = "conv_out.bias";

    @TempDir Path folder;

    @Test
    void shouldAddWithAndWithoutScales() throws IOException {
        Path model = FormulaModel.write(folder);
        Path added = folder.resolve("added.safetensors");
        Path sums = folder.resolve("sums.safetensors");
        try (SafetensorsFile plain = SafetensorsFile.open(model)) {
            Weights all = plain.weights("");
            Map<String, long[]> shapes = new LinkedHashMap<>(all.shapes());
            shapes.put("other." + KERNEL, all.shapeOf("unet." + KERNEL));
            shapes.put("other." + KERNEL + ".scale", new long[] {all.shapeOf("unet." + KERNEL)[0]});
            shapes.put("other." + BIAS, all.shapeOf("unet." + BIAS));
            SafetensorsWriter.write(added, plain.metadata(), shapes, (name, shape) -> name.startsWith("other.") ? ramp(shape) : all.floats(name));
            SafetensorsWriter.write(sums, plain.metadata(), all.shapes(), (name, shape) -> {
                float[] values = all.floats(name).clone();
                float[] ramp = ramp(shape);
                float[] scale = ramp(shape[0]);
                for (int i = 0; i < values.length && (name.equals("unet." + KERNEL) || name.equals("unet." + BIAS)); i++) {
                    values[i] += ramp[i] * (name.endsWith("bias") ? 1 : scale[i / (values.length / scale.length)]);
                }
                return values;
            });
        }
        try (SafetensorsFile file = SafetensorsFile.open(added); SafetensorsFile wanted = SafetensorsFile.open(sums)) {
            Weights weights = file.weights("unet.");
            assertTrue(Difference.isIn(weights, "other."));
            assertFalse(Difference.isIn(weights, "another."));
            Difference difference = Difference.of(weights, "other.");
            assertTrue(difference.touches(KERNEL) && difference.touches(BIAS));
            assertFalse(difference.touches("conv_in.weight"));
            float[] answer = FormulaModel.answer(new LatentUNet(weights, difference));
            assertArrayEquals(FormulaModel.answer(new LatentUNet(wanted.weights("unet."))), answer, 1e-5f);
            assertFalse(Arrays.equals(FormulaModel.answer(new LatentUNet(weights)), answer));
        }
    }

    @Test
    void shouldRefuseWhatDoesNotFit() throws IOException {
        Path bad = folder.resolve("bad.safetensors");
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("unet.a.weight", new long[] {4, 6, 3, 3});
        shapes.put("good.a.weight", new long[] {4, 6, 3, 3});
        shapes.put("good.a.weight.scale", new long[] {4});
        shapes.put("thin.a.weight", new long[] {4, 6, 3, 2});
        shapes.put("apart.a.weight", new long[] {4, 6, 3, 3});
        shapes.put("apart.a.weight.scale", new long[] {6});
        shapes.put("lost.b.weight", new long[] {4, 6, 3, 3});
        SafetensorsWriter.write(bad, Map.of(), shapes, FormulaWeights::weights);
        try (SafetensorsFile file = SafetensorsFile.open(bad)) {
            Weights network = file.weights("unet.");
            assertTrue(Difference.of(network, "good.").touches("a.weight"));
            for (String prefix : new String[] {"thin.", "apart.", "lost."}) {
                ProblemException refused = assertThrows(ProblemException.class, () -> Difference.of(network, prefix), prefix);
                assertTrue(refused.problem() instanceof ModelInvalid);
            }
        }
    }

    private static float[] ramp(long... shape) {
        float[] ramp = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = 0.1f + 0.2f * i / ramp.length;
        }
        return ramp;
    }
}
