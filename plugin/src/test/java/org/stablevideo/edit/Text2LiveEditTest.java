package org.stablevideo.edit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.model.EditLayerNetwork;
import org.stablevideo.model.FormulaClip;
import org.stablevideo.model.ModelStore;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.DrawnShot;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.LayerEdit;
import org.stablevideo.render.RenderSettings;

/** Text2LIVE with a small CLIP of random weights: what it paints means nothing, where it paints does. */
class Text2LiveEditTest {

    private static final FrameSize SIZE = new FrameSize(322, 180);

    @TempDir private Path folder;

    private final DrawnShot shot = new DrawnShot(SIZE, SIZE);

    private Text2LiveEdit method() throws IOException {
        return method(9);
    }

    private Text2LiveEdit method(int steps) throws IOException {
        FormulaClip.write(Files.createDirectories(folder.resolve("clip-vit-base-patch32")).resolve("model.safetensors"));
        return new Text2LiveEdit(new ModelStore(List.of(folder)), new EditLayerNetwork.Training(steps, 3, 8, 4));
    }

    private static EditRequest request(String foreground, String background) {
        return new EditRequest(
                foreground, background, "", "text2live", "auto", 11, OptionalInt.empty(), OptionalDouble.empty(), 0.7, List.of());
    }

    private Edit edit(EditMethod method, EditRequest request, Progress progress) {
        return method.edit("e", shot, shot.atlas(), request, new FakePainter((x, y) -> new int[3]), progress);
    }

    @Test
    void shouldLayItsEditWhereTheMatteIsAndNowhereElse() throws IOException {
        Edit edit = edit(method(), request("a red ball", ""), Progress.NONE);
        assertEquals(1, edit.layers().size());
        LayerEdit layer = edit.layers().get(0);
        assertEquals(0, layer.layer());
        assertEquals(shot.atlas().layers().get(0).texture().size(), layer.colour().size());
        assertTrue(edit.modelId().startsWith("fake-1+model-"), edit.modelId());
        Path file = folder.resolve("e.svedit");
        EditFile.write(edit, file);
        int t = 6;
        RgbFrame frame = shot.frame(t);
        byte[] source = frame.copy().rgb();
        try (FrameRenderer renderer = EditFile.read(file).renderer(shot.atlas())) {
            renderer.render(t, frame, new RenderSettings(0.7, 0.6, 1));
        }
        int changed = 0;
        int inside = 0;
        for (int i = 0; i < SIZE.area(); i++) {
            double alpha = DrawnShot.alpha(t, SIZE, i % SIZE.width(), i / SIZE.width());
            for (int k = 0; k < 3; k++) {
                int apart = Math.abs((frame.pixels().get(3 * i + k) & 255) - (source[3 * i + k] & 255));
                assertTrue(alpha > 0 || apart == 0, "pixel " + i + " is outside the matte and changed by " + apart);
                changed += alpha == 1 && apart > 3 ? 1 : 0;
                inside += alpha == 1 ? 1 : 0;
            }
        }
        assertTrue(changed > inside / 4, changed + " of " + inside + " values inside the matte changed");
    }

    @Test
    void shouldLayOneEditOnEveryLayerAskedFor() throws IOException {
        Edit both = edit(method(2), request("a red ball", "snow"), Progress.NONE);
        assertEquals(List.of(0, 1), both.layers().stream().map(LayerEdit::layer).toList());
        Edit scene = edit(method(2), request("", "snow"), Progress.NONE);
        assertEquals(List.of(1), scene.layers().stream().map(LayerEdit::layer).toList());
        assertArrayEquals(both.layers().get(1).colour().rgb(), scene.layers().get(0).colour().rgb());
    }

    @Test
    void shouldSayWhatItNeeds() {
        EditMethods methods = new EditMethods(folder, new ModelStore(List.of(folder)));
        assertTrue(methods.names().contains("text2live"));
        ProblemException before = assertThrows(ProblemException.class, () -> methods.named("text2live").weights());
        assertEquals("model-missing", before.problem().code());
        assertTrue(before.problem().remedy().contains("models pull clip"), before.problem().remedy());
        assertThrows(ProblemException.class, () -> edit(methods.named("text2live"), request("a", ""), Progress.NONE));
        assertEquals("", methods.named("atlas").weights());
    }

    @Test
    void shouldNameTheWeightsAndStopWhenCancelled() throws IOException {
        Text2LiveEdit method = method();
        assertTrue(method.weights().startsWith("model-") && method.weights().length() > 12, method.weights());
        assertThrows(CancelledException.class, () -> edit(method, request("a", "b"), (stage, fraction) -> {
            assertFalse(fraction > 0.3, stage);
            if (fraction > 0.2) {
                throw new CancelledException();
            }
        }));
        assertThrows(ProblemException.class, () -> edit(method, request("", ""), Progress.NONE));
        Atlas whole = shot.atlas();
        Atlas bare = new Atlas(
                whole.id(), whole.clip(), whole.clipSize(), whole.solveSize(), whole.rate(), List.of(whole.background()), whole.quality());
        ProblemException none = assertThrows(ProblemException.class, () -> method.edit(
                "e", shot, bare, request("a red ball", ""), new FakePainter((x, y) -> new int[3]), Progress.NONE));
        assertTrue(none.problem().remedy().contains("mask"), none.problem().remedy());
    }
}
