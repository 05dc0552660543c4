package org.stablevideo.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.model.FormulaWeights;
import org.stablevideo.model.ModelStore;
import org.stablevideo.problem.MemoryShort;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.FreeMemory;
import org.stablevideo.tensor.Precision;
import org.stablevideo.tensor.SafetensorsWriter;

/**
 * A key frame painted from a checkpoint and a ControlNet in the files that users have, against diffusers ({@code make_edit_golden.py}): words, edges
 * and a seed in, a picture out, twenty steps. The networks are small, their weights a formula.
 */
class KeyframeParityTest {

    private record Named(String formula, long[] shape) {}

    private record Request(String prompt, String negative, long seed, int steps, double guidance, double control, int height, int width) {}

    private record Golden(Request request, Map<String, Named> names, float[] text, float[] negative, float[] latents, int[] picture) {}

    @TempDir Path folder;

    @Test
    void shouldPaintAsDiffusersDoes() throws IOException {
        compare(Precision.SINGLE, 1);
    }

    /** Sixteen bits lose two digits: after twenty steps at guidance 9 this shows, and is no more than this. */
    @Test
    @Tag("slow")
    void shouldPaintNearlyTheSameInBfloat16() throws IOException {
        compare(Precision.BFLOAT16, 24);
    }

    /** Networks that are at rest, or alone in memory, paint the same pixels; what does not fit at all is not begun. */
    @Test
    void shouldPaintTheSameInLittleMemory() throws IOException {
        Golden golden = golden();
        write("small.safetensors", golden, false);
        write("control_v11p_sd15_canny.safetensors", golden, true);
        PaintRequest request = request(golden.request);
        List<String> told = new ArrayList<>();
        Progress notes = new Progress() {
            @Override
            public void report(String stage, double fraction) {}

            @Override
            public void note(String sentence) {
                told.add(sentence);
            }
        };
        try (PictureModel model = new PictureModels(new ModelStore(List.of(folder)), () -> Precision.SINGLE).open("small")) {
            PaintEstimate estimate = model.estimate(request.size(), 1, 2, true).orElseThrow();
            assertTrue(estimate.text().matches("about \\d+ (s|min|h), \\d+\\.\\d GB"), estimate.text());
            PaintRequest brief = new PaintRequest(
                    request.prompt(), request.negative(), request.size(), request.structure(), 1, Optional.empty(), 1, 2, 9, 5);
            byte[] wanted = model.paint(brief, notes).rgb();
            assertEquals(List.of(), told);
            System.setProperty(FreeMemory.PROPERTY, "1000");
            assertArrayEquals(wanted, model.paint(brief, notes).rgb(), "what is loaded already needs no room");
            model.putAway();
            ProblemException refusal = assertThrows(ProblemException.class, () -> model.paint(brief, notes));
            assertTrue(refusal.problem() instanceof MemoryShort && refusal.getMessage().contains("0.0 GB are free"), refusal.getMessage());
            System.clearProperty(FreeMemory.PROPERTY);
            assertArrayEquals(wanted, model.paint(brief, notes).rgb());
            assertEquals(List.of("memory is short; only the networks at work are kept in it"), told);
        } finally {
            System.clearProperty(FreeMemory.PROPERTY);
        }
    }

    private void compare(Precision precision, int most) throws IOException {
        Golden golden = golden();
        write("small.safetensors", golden, false);
        write("control_v11p_sd15_canny.safetensors", golden, true);
        try (PictureModel model = new PictureModels(new ModelStore(List.of(folder)), () -> precision).open("small")) {
            Picture picture = model.paint(request(golden.request), Progress.NONE);
            assertEquals(new FrameSize(golden.request.width, golden.request.height), picture.size());
            int area = picture.size().area();
            int worst = 0;
            long sum = 0;
            for (int i = 0; i < golden.picture.length; i++) {
                int difference = Math.abs((picture.rgb()[3 * (i % area) + i / area] & 255) - golden.picture[i]);
                worst = Math.max(worst, difference);
                sum += difference;
            }
            System.out.printf("%s, twenty steps against diffusers: largest difference %d of 255, mean %.3f%n", precision, worst, sum / (3.0 * area));
            assertTrue(worst <= most, "largest difference " + worst);
        }
    }

    /** Two lines, as in the reference. */
    static Plane edges(FrameSize size) {
        Plane plane = Plane.empty(size);
        int w = size.width();
        int h = size.height();
        Arrays.fill(plane.values(), h / 4 * w + w / 4, h / 4 * w + 3 * w / 4, (byte) 255);
        Arrays.fill(plane.values(), 3 * h / 4 * w + w / 4, 3 * h / 4 * w + 3 * w / 4, (byte) 255);
        return plane;
    }

    private static PaintRequest request(Request r) {
        FrameSize size = new FrameSize(r.width, r.height);
        return new PaintRequest(
                r.prompt, r.negative, size, Optional.of(edges(size)), r.control, Optional.empty(), 1, r.steps, r.guidance, r.seed);
    }

    private void write(String name, Golden golden, boolean control) throws IOException {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        golden.names.forEach((key, named) -> {
            if (key.startsWith("control_model.") == control) {
                shapes.put(key, named.shape);
            }
        });
        SafetensorsWriter.write(folder.resolve(name), Map.of(), shapes, (key, shape) -> {
            Named named = golden.names.get(key);
            return FormulaWeights.weights(named.formula, shape);
        });
    }

    private static Golden golden() throws IOException {
        try (Reader reader = new InputStreamReader(KeyframeParityTest.class.getResourceAsStream("edit.json"), StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, Golden.class);
        }
    }
}
