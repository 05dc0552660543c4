package org.stablevideo.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;

class SafetensorsFileTest {

    private static final String ONE = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

    @TempDir Path dir;

    @Test
    void shouldGiveBackWhatWasWritten() throws IOException {
        Path path = dir.resolve("good.safetensors");
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("unet.a", new long[] {2, 3});
        shapes.put("vae.b", new long[] {});
        SafetensorsWriter.write(path, Map.of("prediction", "v"), shapes, (name, shape) -> name.equals("vae.b") ? new float[] {7} : new float[] {0, 1, 2, 3, 4, 5});
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(Map.of("prediction", "v"), file.metadata());
            assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, file.weights("unet.").floats("a"));
            assertArrayEquals(new float[] {7}, file.weights("vae.").floats("b"));
            assertEquals(1, file.weights("unet.").shapes().size());
        }
    }

    @Test
    void shouldReadHalves() throws IOException {
        byte[] halves = {0, 0x3c, 0, (byte) 0xc0, 1, 0, (byte) 0xff, 0x7b}; // 1, -2, the smallest, the largest
        Path path = file("{\"a\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]}}", halves);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertArrayEquals(new float[] {1, -2, 0x1p-24f, 65504}, file.weights("").floats("a"));
        }
    }

    @Test
    void shouldRefuseHeadersThatContradictThemselves() throws IOException {
        refused("{" + ONE + "," + ONE + "}", 16, "twice");
        refused("{" + ONE + ",\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", 12, "overlaps");
        refused("{" + ONE + "}", 7, "ends early");
        refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "8 bytes for 3");
        refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[8,0]}}", 8, "no sense");
        refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", 8, "cannot be read");
        refused("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}", 8, "F8_E4M3");
        refused("{\"a\":{\"dtype\":\"F32\"}}", 8, "lacks");
        refused("{\"a\":[1,2", 8, "cannot be read");
        refused("[[[[[[[[", 8, "cannot be read");
    }

    @Test
    void shouldRefuseAFileCutAnywhere() throws IOException {
        byte[] whole = Files.readAllBytes(file("{" + ONE + "}", new byte[8]));
        for (int length = 0; length < whole.length; length++) {
            Path cut = Files.write(dir.resolve("cut.safetensors"), Arrays.copyOf(whole, length));
            assertThrows(ProblemException.class, () -> SafetensorsFile.open(cut).close());
        }
    }

    @Test
    void shouldOnlyFailWithAProblemOnRubbish() throws IOException {
        long seed = 11;
        SplittableRandom random = new SplittableRandom(seed);
        byte[] whole = Files.readAllBytes(file("{" + ONE + "}", new byte[8]));
        for (int i = 0; i < 500; i++) {
            byte[] bytes = whole.clone();
            for (int k = 0; k < 3; k++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            Path rubbish = Files.write(dir.resolve("rubbish.safetensors"), bytes);
            try (SafetensorsFile file = SafetensorsFile.open(rubbish)) {
                file.entries().keySet().forEach(file::bytes);
            } catch (ProblemException e) {
                assertInstanceOf(ModelInvalid.class, e.problem(), "seed " + seed + ", round " + i);
            }
        }
    }

    @Test
    void shouldSayHowToConvertAPickle() throws IOException {
        Path zip = Files.write(dir.resolve("v1-5.ckpt"), new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 0, 0});
        Path old = Files.write(dir.resolve("old.ckpt"), new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 'l', (byte) 0xfc, (byte) 0x9c, 'F'});
        for (Path pickle : new Path[] {zip, old}) {
            ProblemException refusal = assertThrows(ProblemException.class, () -> SafetensorsFile.open(pickle).close());
            assertTrue(refusal.getMessage().contains("pickle") && refusal.problem().remedy().contains("safetensors"), refusal.getMessage());
        }
    }

    private void refused(String json, int dataBytes, String because) throws IOException {
        Path path = file(json, new byte[dataBytes]);
        ProblemException refusal = assertThrows(ProblemException.class, () -> SafetensorsFile.open(path).close(), json);
        assertTrue(refusal.getMessage().contains(because) && refusal.getMessage().contains(path.toString()), refusal.getMessage());
    }

    private Path file(String json, byte[] data) throws IOException {
        Path path = dir.resolve("some.safetensors");
        Files.write(path, SafetensorsWriter.head(json));
        return Files.write(path, data, java.nio.file.StandardOpenOption.APPEND);
    }
}
