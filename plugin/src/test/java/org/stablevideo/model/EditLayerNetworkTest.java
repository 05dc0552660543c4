package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.model.AggregationNetwork.Target;
import org.stablevideo.model.EditLayerNetwork.EditLayer;
import org.stablevideo.model.EditLayerNetwork.Training;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.TensorEngine;

class EditLayerNetworkTest {

    private static final FrameSize ATLAS = new FrameSize(40, 28);
    private static final FrameSize FRAME = new FrameSize(64, 64);

    @TempDir private static Path folder;

    private static Path clip;

    @BeforeAll
    static void write() throws IOException {
        clip = FormulaClip.write(folder.resolve("clip-vit-base-patch32.safetensors"));
    }

    private static EditLayer fit(Training training, Progress progress) {
        try (SafetensorsFile file = SafetensorsFile.open(clip); EditLayerNetwork network = new EditLayerNetwork(file)) {
            assertEquals(64, network.side());
            return network.fit(ATLAS, uniform("atlas", 3 * ATLAS.area()), List.of(frame(0), frame(1), frame(2), frame(3)), "a red car", 5, training, progress);
        }
    }

    /** A frame that sees three quarters of the atlas, with a matte on its middle; the colours are noise, as sharp as can be. */
    private static Target frame(int t) {
        int side = FRAME.width();
        float[] weight = new float[FRAME.area()];
        float[] grid = new float[2 * FRAME.area()];
        for (int i = 0; i < weight.length; i++) {
            int x = i % side;
            int y = i / side;
            weight[i] = x > 12 && x < 52 && y > 12 && y < 52 ? 1 : 0;
            grid[2 * i] = -1 + 1.5f * x / (side - 1) + 0.1f * t;
            grid[2 * i + 1] = -1 + 1.8f * y / (side - 1);
        }
        return new Target(FRAME, uniform("frame " + t, 3 * FRAME.area()), weight, grid);
    }

    private static float[] uniform(String name, long... shape) {
        float[] out = FormulaWeights.noise(name, shape);
        for (int i = 0; i < out.length; i++) {
            out[i] = (out[i] + 1) / 2;
        }
        return out;
    }

    @Test
    void shouldComeNearerToTheWords() {
        EditLayer layer = fit(new Training(60, 3, 8, 4), Progress.NONE);
        double before = mean(layer.losses(), 0, 10);
        double after = mean(layer.losses(), 50, 60);
        assertTrue(after < before - 0.2, "composition and green screen went from " + before + " to " + after);
        for (float value : layer.colour()) {
            assertTrue(value >= 0 && value <= 1);
        }
        assertEquals(3 * ATLAS.area(), layer.colour().length);
        assertEquals(ATLAS.area(), layer.opacity().length);
    }

    /** Of the words' two parts; structure and sparsity pull the other way. */
    private static double mean(float[][] losses, int from, int to) {
        return Arrays.stream(losses, from, to).mapToDouble(parts -> parts[1] + parts[2]).average().orElseThrow();
    }

    @Test
    void shouldGiveTheSameLayerAgainOnAnyThreadCount() {
        int threads = TensorEngine.threads();
        EditLayer one = fit(new Training(4, 2, 8, 4), Progress.NONE);
        try {
            TensorEngine.useThreads(threads == 1 ? 2 : 1);
            EditLayer other = fit(new Training(4, 2, 8, 4), Progress.NONE);
            assertArrayEquals(one.colour(), other.colour());
            assertArrayEquals(one.opacity(), other.opacity());
        } finally {
            TensorEngine.useThreads(threads);
        }
    }

    @Test
    void shouldStopWhenCancelled() {
        AtomicInteger reports = new AtomicInteger();
        assertThrows(CancelledException.class, () -> fit(new Training(500, 2, 8, 4), (stage, fraction) -> {
            if (reports.incrementAndGet() == 4) {
                throw new CancelledException();
            }
        }));
        assertEquals(4, reports.get());
    }

    @Test
    void shouldRefuseOtherWeights() throws IOException {
        Path other = FormulaModel.write(folder);
        try (SafetensorsFile file = SafetensorsFile.open(other)) {
            assertThrows(ProblemException.class, () -> new EditLayerNetwork(file).close());
        }
    }

    private record Golden(Map<String, long[]> generator, double[] layer, double[] parts) {}

    /** The losses and two steps of training as PyTorch and transformers have them ({@code make_text2live_golden.py}). */
    @Test
    void shouldAgreeWithAnIndependentImplementation() throws IOException {
        Golden golden;
        try (Reader reader = new InputStreamReader(ModelCard.class.getResourceAsStream("text2live.json"), StandardCharsets.UTF_8)) {
            golden = new Gson().fromJson(reader, Golden.class);
        }
        try (SafetensorsFile file = SafetensorsFile.open(clip);
                Script script = Script.ofResources(EditLayerNetwork.class, "text2live.ts", "clip_image.ts", "clip_text.ts", "blocks.ts");
                NDManager scope = script.scope()) {
            file.weights("").pourInto(script);
            Map<String, NDArray> generator = new LinkedHashMap<>();
            golden.generator.forEach((name, shape) -> generator.put(name, scope.create(FormulaWeights.weights(name, shape), new Shape(shape))));
            script.train(scope, "begin", generator);
            NDArray atlas = scope.create(uniform("atlas", 3 * ATLAS.area()), new Shape(1, 3, ATLAS.height(), ATLAS.width()));
            assertArrayEquals(golden.layer, some(script.call(scope, "layer", atlas).singletonOrThrow().toFloatArray()), 1e-4);
            NDList pictures = new NDList();
            NDList weights = new NDList();
            NDList grids = new NDList();
            for (int t = 0; t < 2; t++) {
                pictures.add(scope.create(frame(t).colour(), new Shape(1, 3, 64, 64)));
                weights.add(scope.create(frame(t).weight(), new Shape(1, 1, 64, 64)));
                grids.add(scope.create(frame(t).grid(), new Shape(1, 64, 64, 2)));
            }
            NDArray texts = scope.create(texts(), new Shape(3, 48));
            for (int step = 0; step < 3; step++) {
                float[] loss = script.train(scope, "learn", atlas, pictures, weights, grids, texts, 3, 5, 56, true, 64, 10.0, 2.5e-3, step)
                        .singletonOrThrow()
                        .toFloatArray();
                double[] got = new double[loss.length];
                Arrays.setAll(got, i -> loss[i]);
                assertArrayEquals(Arrays.copyOfRange(golden.parts, 6 * step, 6 * step + 6), got, 2e-4, "step " + step);
            }
        }
    }

    private static float[] texts() {
        float[] all = new float[3 * 48];
        for (int row = 0; row < 3; row++) {
            float[] one = FormulaWeights.noise("text " + row, 48);
            double square = 0;
            for (float value : one) {
                square += (double) value * value;
            }
            for (int i = 0; i < 48; i++) {
                all[48 * row + i] = (float) (one[i] / Math.sqrt(square));
            }
        }
        return all;
    }

    private static double[] some(float... values) {
        List<Double> out = new ArrayList<>();
        for (int i = 0; i < values.length; i += 101) {
            out.add((double) values[i]);
        }
        return out.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
