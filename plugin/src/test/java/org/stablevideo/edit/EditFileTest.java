package org.stablevideo.edit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.render.LayerEdit;

class EditFileTest {

    @TempDir
    Path folder;

    private static Edit edit() {
        FrameSize size = new FrameSize(37, 21);
        byte[] rgb = new byte[size.rgbBytes()];
        byte[] opacity = new byte[size.area()];
        new Random(3).nextBytes(rgb);
        new Random(4).nextBytes(opacity);
        EditRequest request = new EditRequest(
                "a “red” car\n= 🚗", "snow", "", "auto", "pocket", -5, OptionalInt.of(9), OptionalDouble.empty(), 0.7, List.of(3, 1));
        return new Edit("e9", "a7", request, "pocket-1", List.of(3, 1), List.of(new LayerEdit(1, new Picture(size, rgb), new Plane(size, opacity))));
    }

    @Test
    void shouldComeBackAsItWasWritten() {
        Edit edit = edit();
        Path file = folder.resolve("deep/e9.svedit");
        EditFile.write(edit, file);
        Edit back = EditFile.read(file);
        assertEquals(edit.request(), back.request());
        assertEquals(List.of(edit.id(), edit.atlasId(), edit.modelId()), List.of(back.id(), back.atlasId(), back.modelId()));
        assertEquals(edit.keyframes(), back.keyframes());
        assertEquals(1, back.layers().get(0).layer());
        assertArrayEquals(edit.layers().get(0).colour().rgb(), back.layers().get(0).colour().rgb());
        assertArrayEquals(edit.layers().get(0).opacity().values(), back.layers().get(0).opacity().values());
    }

    @Test
    void shouldSayThatADamagedFileIsDamagedWhereverItIs() throws IOException {
        Path file = folder.resolve("e9.svedit");
        EditFile.write(edit(), file);
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at += 97) {
            byte[] bent = whole.clone();
            bent[at] ^= 0x40;
            Files.write(file, bent);
            assertEquals("edit-invalid", refused(file), "flipped at " + at);
            Files.write(file, Arrays.copyOf(whole, at));
            assertEquals("edit-invalid", refused(file), "cut at " + at);
        }
    }

    @Test
    void shouldSayThatAFileIsMissing() {
        assertEquals("edit-invalid", refused(folder.resolve("none.svedit")));
    }

    @Test
    void shouldLeaveNoPartBehind() throws IOException {
        EditFile.write(edit(), folder.resolve("e9.svedit"));
        try (var files = Files.list(folder)) {
            assertEquals(List.of("e9.svedit"), files.map(f -> f.getFileName().toString()).toList());
        }
    }

    private static String refused(Path file) {
        return assertThrows(ProblemException.class, () -> EditFile.read(file)).problem().code();
    }
}
