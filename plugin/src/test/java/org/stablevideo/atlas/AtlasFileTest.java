package org.stablevideo.atlas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.problem.AtlasInvalid;
import org.stablevideo.problem.ProblemException;

class AtlasFileTest {

    @TempDir
    Path folder;

    private static Atlas random(long seed) {
        Random random = new Random(seed);
        int frames = 1 + random.nextInt(4);
        FrameSize solve = new FrameSize(1 + random.nextInt(40), 1 + random.nextInt(40));
        List<Layer> layers = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            layers.add(layer(random, frames, solve, i == 0));
        }
        AtlasQuality quality = new AtlasQuality(
                random.doubles(frames).toArray(), random.doubles(frames).toArray(), random.doubles(layers.size()).toArray(), 0.25, 1.5,
                health(random, frames));
        ClipIdentity clip = new ClipIdentity("/clips/“ß”=\n🦢.mp4", "00ff00ff00", random.nextInt(9), frames);
        return new Atlas("id" + seed, clip, new FrameSize(77, 31), solve, new FrameRate(30000, 1001), layers, quality);
    }

    private static AtlasHealth health(Random random, int frames) {
        int columns = random.nextInt(5);
        int tiles = columns * 3 * frames;
        double[] object = random.doubles(frames).toArray();
        object[0] = Double.NaN;
        return new AtlasHealth(columns, 3, bytes(random, tiles), bytes(random, tiles), bytes(random, tiles), bytes(random, tiles), object,
                random.doubles(frames).toArray(), frames > 2 ? List.of(1, 2) : List.of());
    }

    private static Layer layer(Random random, int frames, FrameSize solve, boolean background) {
        List<ControlGrid> mapping = new ArrayList<>();
        List<Plane> opacity = new ArrayList<>();
        List<LightGrid> light = new ArrayList<>();
        boolean lit = random.nextBoolean();
        for (int t = 0; t < frames; t++) {
            int columns = 2 + random.nextInt(2);
            mapping.add(new ControlGrid(columns, 3, 8.5f, floats(random, 3 * columns), floats(random, 3 * columns)));
            if (!background) {
                opacity.add(new Plane(solve, bytes(random, solve.area())));
            }
            if (lit) {
                light.add(new LightGrid(2, 3, 17, floats(random, 18)));
            }
        }
        FrameSize size = new FrameSize(1 + random.nextInt(30), 1 + random.nextInt(30));
        AtlasTexture texture =
                new AtlasTexture(new Picture(size, bytes(random, size.rgbBytes())), new Plane(size, bytes(random, size.area())));
        return new Layer(background ? Layer.Role.BACKGROUND : Layer.Role.FOREGROUND, "layer", mapping, opacity, light, texture);
    }

    private static float[] floats(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * 1000;
        }
        return values;
    }

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void assertSame(AtlasHealth a, AtlasHealth b, String hint) {
        assertEquals(List.of(a.columns(), a.rows(), a.cuts()), List.of(b.columns(), b.rows(), b.cuts()), hint);
        assertArrayEquals(a.error(), b.error(), hint);
        assertArrayEquals(a.stretch(), b.stretch(), hint);
        assertArrayEquals(a.slip(), b.slip(), hint);
        assertArrayEquals(a.coverage(), b.coverage(), hint);
        assertArrayEquals(a.objectPsnr(), b.objectPsnr(), hint);
        assertArrayEquals(a.meanSlip(), b.meanSlip(), hint);
    }

    private static void assertSame(Atlas a, Atlas b, String hint) {
        assertEquals(a.id(), b.id(), hint);
        assertEquals(a.clip(), b.clip(), hint);
        assertEquals(List.of(a.clipSize(), a.solveSize(), a.rate()), List.of(b.clipSize(), b.solveSize(), b.rate()), hint);
        assertArrayEquals(a.quality().psnr(), b.quality().psnr(), hint);
        assertArrayEquals(a.quality().staticPsnr(), b.quality().staticPsnr(), hint);
        assertArrayEquals(a.quality().coverage(), b.quality().coverage(), hint);
        assertEquals(a.quality().foldedShare(), b.quality().foldedShare(), hint);
        assertEquals(a.quality().seconds(), b.quality().seconds(), hint);
        assertSame(a.quality().health(), b.quality().health(), hint);
        assertEquals(a.layers().size(), b.layers().size(), hint);
        for (int i = 0; i < a.layers().size(); i++) {
            Layer x = a.layers().get(i);
            Layer y = b.layers().get(i);
            assertEquals(List.of(x.role(), x.name(), x.light().size()), List.of(y.role(), y.name(), y.light().size()), hint);
            assertArrayEquals(x.texture().colour().rgb(), y.texture().colour().rgb(), hint);
            assertArrayEquals(x.texture().coverage().values(), y.texture().coverage().values(), hint);
            for (int t = 0; t < x.mapping().size(); t++) {
                assertEquals(x.mapping().get(t).spacing(), y.mapping().get(t).spacing(), hint);
                assertArrayEquals(x.mapping().get(t).u(), y.mapping().get(t).u(), hint);
                assertArrayEquals(x.mapping().get(t).v(), y.mapping().get(t).v(), hint);
            }
            for (int t = 0; t < x.opacity().size(); t++) {
                assertArrayEquals(x.opacity().get(t).values(), y.opacity().get(t).values(), hint);
            }
            for (int t = 0; t < x.light().size(); t++) {
                assertArrayEquals(x.light().get(t).gain(), y.light().get(t).gain(), hint);
            }
        }
    }

    @Test
    void shouldReadWhatWasWritten() {
        for (long seed = 1; seed <= 40; seed++) {
            Atlas atlas = random(seed);
            Path file = folder.resolve("deep/er/a.svatlas");
            AtlasFile.write(atlas, file);
            assertSame(atlas, AtlasFile.read(file), "seed " + seed);
        }
    }

    @Test
    void shouldLeaveNothingButTheFile() throws IOException {
        AtlasFile.write(random(3), folder.resolve("a.svatlas"));
        AtlasFile.write(random(4), folder.resolve("a.svatlas"));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("a.svatlas")), files.toList());
        }
    }

    @Test
    void shouldRefuseAFileCutAnywhere() throws IOException {
        byte[] whole = AtlasFile.encode(random(5));
        Path file = folder.resolve("cut.svatlas");
        for (int length = 0; length < whole.length; length += length < 200 ? 1 : 37) {
            Files.write(file, Arrays.copyOf(whole, length));
            refused(file, "cut at " + length);
        }
    }

    @Test
    void shouldRefuseAnyFlippedBit() throws IOException {
        byte[] whole = AtlasFile.encode(random(6));
        Path file = folder.resolve("flipped.svatlas");
        long seed = 12;
        Random random = new Random(seed);
        for (int i = 0; i < 150; i++) {
            byte[] bytes = whole.clone();
            int at = i < 24 ? i : random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, bytes);
            refused(file, "seed " + seed + " flipped at " + at);
        }
    }

    @Test
    void shouldNameTheVersionThatItCannotRead() throws IOException {
        byte[] bytes = AtlasFile.encode(random(7));
        bytes[8] = 9;
        Path file = folder.resolve("later.svatlas");
        Files.write(file, bytes);
        String sentence = refused(file, "version");

        assertTrue(sentence.contains("version 9"), sentence);
        assertTrue(sentence.contains("Update StableVideo"), sentence);
    }

    @Test
    void shouldSayThatAFileIsMissing() {
        assertTrue(refused(folder.resolve("none.svatlas"), "missing").contains("is not there"));
    }

    private static String refused(Path file, String hint) {
        ProblemException e = assertThrows(ProblemException.class, () -> AtlasFile.read(file), hint);
        assertTrue(e.problem() instanceof AtlasInvalid, hint);
        assertTrue(e.problem().sentence().contains(file.toString()), e.problem().sentence());
        return e.problem().sentence();
    }
}
