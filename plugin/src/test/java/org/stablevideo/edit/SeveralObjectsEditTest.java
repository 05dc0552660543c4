package org.stablevideo.edit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.AtlasQuality;
import org.stablevideo.atlas.Layer;
import org.stablevideo.diffusion.PaintRequest;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.DrawnShot;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.LayerEdit;
import org.stablevideo.render.RenderSettings;

/** Two objects of one shot, each with its own prompt: the halves of the drawn disc, and their overlap. */
class SeveralObjectsEditTest {

    private static final FrameSize SIZE = new FrameSize(322, 180);

    private final DrawnShot shot = new DrawnShot(SIZE, SIZE);
    private final Atlas halves = halves(shot.atlas());

    /** The disc's left half as object 1; all of it, behind that, as object 2. */
    private static Atlas halves(Atlas atlas) {
        Layer disc = atlas.layers().get(0);
        List<Plane> left = new ArrayList<>();
        for (int t = 0; t < atlas.frameCount(); t++) {
            byte[] values = disc.opacity().get(t).values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = i % SIZE.width() < DrawnShot.centreX(t, SIZE) ? values[i] : 0;
            }
            left.add(new Plane(SIZE, values));
        }
        return new Atlas("halves", atlas.clip(), atlas.clipSize(), atlas.solveSize(), atlas.rate(), List.of(
                new Layer(Layer.Role.FOREGROUND, "object 1", disc.mapping(), left, disc.light(), disc.texture()),
                new Layer(Layer.Role.FOREGROUND, "object 2", disc.mapping(), disc.opacity(), disc.light(), disc.texture()),
                atlas.background()), new AtlasQuality(new double[DrawnShot.FRAMES], new double[DrawnShot.FRAMES], new double[3], 0, 0));
    }

    private static EditRequest request(String foreground, String background) {
        return new EditRequest(foreground, background, "", "auto", "auto", 11, OptionalInt.empty(), OptionalDouble.empty(), 0.8, List.of());
    }

    /** Paints what is asked for by its name. */
    private static final class Colours {

        private final FakePainter red = new FakePainter((x, y) -> new int[] {200, 30, 25});

        Edit edit(EditMethod method, Atlas atlas, EditRequest request, DrawnShot shot) {
            return method.edit("e1", shot, atlas, request, red, Progress.NONE);
        }
    }

    @Test
    void shouldReadPromptsOfSeveralObjects() {
        assertEquals(List.of("a red car"), ObjectPrompts.of("a red car").each());
        assertEquals(List.of("a red car", "a blue bus"), ObjectPrompts.of(" a red car|a blue bus ").each());
        assertEquals(List.of("", "a blue bus"), ObjectPrompts.of("| a blue bus").each());
        assertEquals(List.of("a [red|blue] car", "(a|b)"), ObjectPrompts.of("a [red|blue] car | (a|b)").each());
        assertEquals(List.of("odd ] bracket", "bus"), ObjectPrompts.of("odd ] bracket | bus").each());
        assertFalse(ObjectPrompts.of(" | ").changes());
        assertFalse(request(" | ", "").changesSomething());
        ObjectPrompts all = ObjectPrompts.of("a | b | c");
        assertEquals(List.of("", "b", ""), ObjectPrompts.of(all.only(i -> i == 1).text()).each());
        assertEquals(List.of(0, 2), ObjectPrompts.of("a||c").changed());
    }

    @Test
    void shouldPaintEachObjectByItsOwnPrompt() {
        Colours colours = new Colours();
        Edit edit = colours.edit(new StableVideoEdit(), halves, request("a red ball | a blue ball", "snow"), shot);
        assertEquals(List.of(0, 1, 2), edit.layers().stream().map(LayerEdit::layer).toList());
        List<String> prompts = colours.red.asked.stream().map(PaintRequest::prompt).distinct().toList();
        assertEquals(List.of("a red ball, best quality", "a blue ball, best quality"), prompts.subList(0, 2));
        assertTrue(prompts.get(2).startsWith("snow"), prompts.toString());
        List<Long> seeds = colours.red.asked.stream().map(PaintRequest::seed).distinct().toList();
        assertEquals(3, seeds.size(), "noise of its own for each layer");
    }

    @Test
    void shouldLeaveAnObjectWithoutPromptAsItIs() {
        Edit edit = new Colours().edit(new StableVideoEdit(), halves, request("| a red ball", ""), shot);
        assertEquals(List.of(1), edit.layers().stream().map(LayerEdit::layer).toList());
        RgbFrame source = shot.frame(6);
        RgbFrame frame = shot.frame(6);
        try (FrameRenderer renderer = edit.renderer(halves)) {
            renderer.render(6, frame, RenderSettings.DEFAULT);
        }
        int row = SIZE.height() / 2 * SIZE.width();
        int left = row + (int) (DrawnShot.centreX(6, SIZE) - DrawnShot.radius(6, SIZE) / 2);
        int right = row + (int) (DrawnShot.centreX(6, SIZE) + DrawnShot.radius(6, SIZE) / 2);
        assertArrayEquals(pixel(source, left), pixel(frame, left), "object 1 lies before object 2 and keeps its pixels");
        assertTrue(frame.pixels().get(3 * right + 1) < 60, "object 2 is red: " + Arrays.toString(pixel(frame, right)));
    }

    private static int[] pixel(RgbFrame frame, int i) {
        return new int[] {frame.pixels().get(3 * i) & 255, frame.pixels().get(3 * i + 1) & 255, frame.pixels().get(3 * i + 2) & 255};
    }

    /** What hides an object is none of its picture: of the disc behind its own left half, the right half is painted. */
    @Test
    void shouldPaintOnlyWhatIsSeenOfAnObject() {
        Colours colours = new Colours();
        colours.edit(new StableVideoEdit(), halves, request("| a red ball", ""), shot);
        assertFalse(colours.red.asked.isEmpty());
        for (PaintRequest asked : colours.red.asked) {
            assertTrue(asked.size().height() > asked.size().width(), "half a disc is higher than wide: " + asked.size());
        }
    }

    @Test
    void shouldPaintSeveralObjectsFrameByFrame() {
        Colours colours = new Colours();
        Edit edit = colours.edit(FramewiseEdit.sdedit(false), halves, request("a red ball | a blue ball", ""), shot);
        assertEquals(List.of(0, 1), edit.shots().stream().map(PaintedShot::layer).toList());
        float[] share = ShotRenderer.share(halves, 1, 6, SIZE);
        int row = SIZE.height() / 2 * SIZE.width();
        assertEquals(0, share[row + (int) DrawnShot.centreX(6, SIZE) - 10], "hidden by object 1");
        assertEquals(1, share[row + (int) DrawnShot.centreX(6, SIZE) + 10]);
    }

    @Test
    void shouldSayWhichPromptHasNoObject() {
        ProblemException e = assertThrows(ProblemException.class,
                () -> new Colours().edit(new StableVideoEdit(), shot.atlas(), request("| a blue ball", ""), shot));
        assertEquals("request-invalid", e.problem().code());
        assertTrue(e.problem().sentence().contains("One object was found") && e.problem().sentence().contains("a blue ball"), e.problem().sentence());
        Edit edit = new Colours().edit(new StableVideoEdit(), shot.atlas(), request("a red ball | a blue ball", ""), shot);
        assertEquals(List.of(0), edit.layers().stream().map(LayerEdit::layer).toList(), "what can be painted is");
    }

    /** The first object's texture explains the shot, the second's does not: it is painted frame by frame, and both are joined. */
    @Test
    void shouldChooseTheMethodForEachObject() {
        Layer disc = halves.layers().get(1);
        byte[] grey = new byte[disc.texture().colour().rgb().length];
        Arrays.fill(grey, (byte) 128);
        Layer blurred = new Layer(Layer.Role.FOREGROUND, "object 2", disc.mapping(), disc.opacity(), List.of(), new org.stablevideo.atlas.AtlasTexture(
                new org.stablevideo.frame.Picture(disc.texture().size(), grey), disc.texture().coverage()));
        Atlas atlas = new Atlas("mixed", halves.clip(), halves.clipSize(), halves.solveSize(), halves.rate(),
                List.of(halves.layers().get(0), blurred, halves.background()), halves.quality());
        AutomaticEdit method = new AutomaticEdit(new StableVideoEdit(), FramewiseEdit.sdedit(false));
        Edit edit = new Colours().edit(method, atlas, request("a red ball | a blue ball", "snow"), shot);
        assertEquals(List.of(0, 2), edit.layers().stream().map(LayerEdit::layer).toList());
        assertEquals(List.of(1), edit.shots().stream().map(PaintedShot::layer).toList());
        assertEquals("a red ball | a blue ball", edit.request().foreground());
    }
}
