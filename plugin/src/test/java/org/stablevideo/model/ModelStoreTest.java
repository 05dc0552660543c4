package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.SafetensorsWriter;

class ModelStoreTest {

    @TempDir Path first;
    @TempDir Path second;

    @Test
    void shouldFindByNameInTheFirstFolderThatHasIt() throws IOException {
        ModelStore store = new ModelStore(List.of(first, second));
        Path there = Files.write(second.resolve("pocket.safetensors"), new byte[] {1});
        assertEquals(there, store.find("auto"));
        assertEquals(there, store.find("pocket"));
        assertEquals(there, store.find(there.toString()));
        Path nearer = Files.write(first.resolve("pocket.safetensors"), new byte[] {2});
        assertEquals(nearer, store.find("pocket"));
    }

    @Test
    void shouldSayWhereItLooked() {
        ModelStore store = new ModelStore(List.of(first, second));
        ProblemException missing = assertThrows(ProblemException.class, () -> store.find("dreams"));
        assertInstanceOf(ModelMissing.class, missing.problem());
        assertTrue(missing.getMessage().contains("dreams") && missing.getMessage().contains(second.toString()), missing.getMessage());
        assertThrows(ProblemException.class, () -> store.idOf(first.resolve("none.safetensors").toString()));
    }

    @Test
    void shouldNameAModelByItsBytes() throws IOException {
        ModelStore store = new ModelStore(List.of(first, second));
        Path a = tiny(first.resolve("m.safetensors"), 1);
        Path b = tiny(second.resolve("m.safetensors"), 1);
        assertEquals(store.idOf(a.toString()), store.idOf(b.toString()));
        tiny(b, 2);
        assertNotEquals(store.idOf(a.toString()), store.idOf(b.toString()));
        assertTrue(store.idOf("m").startsWith("m-"), store.idOf("m"));
    }

    private static Path tiny(Path path, float value) throws IOException {
        SafetensorsWriter.write(path, Map.of(), Map.of("unet.conv_in.weight", new long[] {1}), (name, shape) -> new float[] {value});
        return path;
    }

    @Test
    void shouldReadACardAndRefuseNonsense() {
        ModelCard card = ModelCard.of(Path.of("small.safetensors"), Map.of("prediction", "v", "scaling_factor", "1.25", "short_side", "96"));
        assertTrue(card.velocity());
        assertEquals(1.25, card.scale());
        assertEquals(192, card.longSide());
        assertEquals("small", card.name());
        assertFalse(card.laidOut());
        ModelCard early = ModelCard.of(
                Path.of("pocket.safetensors"), Map.of("format", "stablevideo-pocket", "vae_scaling_factor", "0.98", "steps", "31000"));
        assertEquals(0.98, early.scale());
        assertEquals(20, early.steps());
        Map<String, String> recommended = Map.of("format", "stablevideo-pocket", "vae_scaling_factor", "0.98", "steps", "31000", "sampling_steps", "8");
        assertEquals(8, ModelCard.of(Path.of("pocket.safetensors"), recommended).steps());
        assertTrue(early.laidOut());
        for (Map<String, String> nonsense : List.of(Map.of("prediction", "x0"), Map.of("guidance", "NaN"), Map.of("steps", "-3"), Map.of("layout", "x"))) {
            ProblemException refusal =
                    assertThrows(ProblemException.class, () -> ModelCard.of(Path.of("small.safetensors"), nonsense));
            assertInstanceOf(ModelInvalid.class, refusal.problem());
        }
    }
}
