package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.SafetensorsWriter;

/** Depth Anything and DPT-Hybrid against transformers ({@code make_depth_golden.py}). */
class DepthEstimatorTest {

    private record Golden(int height, int width, Map<String, long[]> shapes, float[] answer) {}

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"depth.json", "hybrid.json"})
    void shouldAnswerAsTransformersDoes(String answers) throws IOException {
        try (Reader reader = new InputStreamReader(DepthEstimatorTest.class.getResourceAsStream(answers), StandardCharsets.UTF_8)) {
            compare(new Gson().fromJson(reader, Golden.class));
        }
    }

    private void compare(Golden golden) throws IOException {
        for (boolean old : new boolean[] {false, true}) {
            Map<String, long[]> shapes = new LinkedHashMap<>();
            Map<String, String> formulas = new LinkedHashMap<>();
            golden.shapes.forEach((name, shape) -> {
                String written = old ? asOlderVersionsWrite(name) : name;
                shapes.put(written, shape);
                formulas.put(written, name);
            });
            Path path = folder.resolve("depth.safetensors");
            SafetensorsWriter.write(path, Map.of(), shapes, (name, shape) -> FormulaWeights.weights(formulas.get(name), shape));
            try (SafetensorsFile file = SafetensorsFile.open(path); DepthEstimator depth = new DepthEstimator(file); NDManager scope = depth.scope()) {
                Shape shape = new Shape(1, 3, golden.height, golden.width);
                NDArray picture = scope.create(FormulaWeights.noise("picture", 1, 3, golden.height, golden.width), shape);
                float[] answer = depth.predict(scope, picture).toFloatArray();
                double worst = 0;
                double largest = 0;
                for (int i = 0; i < golden.answer.length; i++) {
                    worst = Math.max(worst, Math.abs(golden.answer[i] - answer[i]));
                    largest = Math.max(largest, Math.abs(golden.answer[i]));
                }
                System.out.printf("depth: largest difference %.2e of values up to %.2f%n", worst, largest);
                assertTrue(worst <= 1e-3 * largest, "differs by " + worst);
                float[] near = depth.near(scope, picture.add(1).div(2)).toFloatArray();
                assertEquals(golden.height * golden.width, near.length);
                for (float value : near) {
                    assertTrue(value >= 0 && value <= 1, "nearness " + value);
                }
            }
        }
    }

    @Test
    void shouldRefuseOtherFiles() throws IOException {
        Path path = SafetensorsWriter.sparse(folder.resolve("other.safetensors"), Map.of("unet.conv_in.weight", new long[] {4}));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThrows(ProblemException.class, () -> new DepthEstimator(file).close());
        }
    }

    private static String asOlderVersionsWrite(String name) {
        return name.replace(".attention.q_proj.", ".attention.attention.query.").replace(".attention.k_proj.", ".attention.attention.key.")
                .replace(".attention.v_proj.", ".attention.attention.value.").replace(".attention.o_proj.", ".attention.output.dense.");
    }
}
