package org.stablevideo.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.model.FormulaWeights;
import org.stablevideo.model.ModelStore;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.SafetensorsWriter;

/** LPIPS and CLIP against the PyPI package lpips and transformers ({@code make_critics.py}). */
class CriticsTest {

    private record Golden(
            Map<String, long[]> lpipsShapes, double[] lpipsP, double[] lpipsT, Map<String, long[]> clipShapes, int[] tokens, double[] clipScore,
            double[] clipNext, double clipAll) {}

    @TempDir Path folder;

    @Test
    void shouldAgreeWithIndependentImplementations() throws IOException {
        Golden golden = golden();
        writeLpips(folder, golden);
        Path clip = Files.createDirectories(folder.resolve("deeper/clip-vit-base-patch32"));
        SafetensorsWriter.write(clip.resolve("model.safetensors"), Map.of(), golden.clipShapes, (name, shape) -> clipWeights(name, shape, golden.tokens));
        List<Picture> source = GoldenClip.pictures("source");
        List<Picture> edited = GoldenClip.pictures("edited");
        try (Critics critics = Critics.of(new ModelStore(List.of(folder)))) {
            Impression got = critics.of(source::get, edited::get, GoldenClip.FRAMES, "A red  car", Progress.NONE);
            assertArrayEquals(golden.lpipsP, got.lpipsSource(), 1e-5);
            assertArrayEquals(golden.lpipsT, got.lpipsNext(), 1e-5);
            assertArrayEquals(golden.clipScore, got.clipPrompt(), 2e-3);
            assertArrayEquals(golden.clipNext, got.clipNext(), 2e-3);
            assertEquals(golden.clipAll, got.clipAll(), 2e-3);
            assertEquals((golden.lpipsP[0] + golden.lpipsP[1] + golden.lpipsP[2]) / 3, got.lpipsP(), 1e-5);
            Impression same = critics.of(source::get, source::get, GoldenClip.FRAMES, "", Progress.NONE);
            assertEquals(0, same.lpipsP());
            assertTrue(same.lpipsT() > 0 && Double.isNaN(same.clipScore()) && same.clipImage() > 0.5);
            Picture tiny = Picture.black(new FrameSize(20, 12));
            Impression small = critics.of(t -> tiny, t -> tiny, 1, "a", Progress.NONE);
            assertTrue(Double.isNaN(small.lpipsP()) && Double.isNaN(small.clipImage()) && Double.isFinite(small.clipScore()));
        }
    }

    @Test
    void shouldDoWithWhatThereIs() throws IOException {
        try (Critics none = Critics.of(new ModelStore(List.of(folder)))) {
            assertEquals(Optional.empty(), none.clip());
            assertEquals(Impression.NONE, none.of(t -> null, t -> null, 3, "a", Progress.NONE));
        }
        writeLpips(folder, golden());
        List<Picture> edited = GoldenClip.pictures("edited");
        try (Critics one = Critics.of(new ModelStore(List.of(folder)))) {
            Impression got = one.of(edited::get, edited::get, GoldenClip.FRAMES, "a", Progress.NONE);
            assertTrue(Double.isNaN(got.clipScore()) && got.clipNext().length == 0 && got.lpipsT() > 0);
        }
        SafetensorsWriter.write(folder.resolve("lpips_alex.safetensors"), Map.of(), Map.of("other", new long[] {3}), FormulaWeights::weights);
        assertThrows(ProblemException.class, () -> Critics.of(new ModelStore(List.of(folder))).close());
    }

    private static Golden golden() throws IOException {
        try (Reader reader = new InputStreamReader(CriticsTest.class.getResourceAsStream("critics.json"), StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, Golden.class);
        }
    }

    private static void writeLpips(Path folder, Golden golden) throws IOException {
        Map<String, long[]> shapes = new LinkedHashMap<>(golden.lpipsShapes);
        shapes.put("scaling_layer.shift", new long[] {1, 3, 1, 1});
        shapes.put("scaling_layer.scale", new long[] {1, 3, 1, 1});
        SafetensorsWriter.write(folder.resolve("lpips_alex.safetensors"), Map.of(), shapes, (name, shape) -> switch (name) {
            case "scaling_layer.shift" -> new float[] {-.030f, -.088f, -.188f};
            case "scaling_layer.scale" -> new float[] {.458f, .448f, .450f};
            default -> FormulaWeights.weights(name, shape);
        });
    }

    /** As everywhere, but of the table of tokens only those rows that are used. */
    private static float[] clipWeights(String name, long[] shape, int... tokens) {
        if (!name.endsWith("token_embedding.weight")) {
            return FormulaWeights.weights(name, shape);
        }
        int width = (int) shape[1];
        float[] table = new float[(int) shape[0] * width];
        for (int token : tokens) {
            System.arraycopy(FormulaWeights.noise("token " + token, width), 0, table, token * width, width);
        }
        return table;
    }
}
