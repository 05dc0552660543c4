package org.stablevideo.edit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.diffusion.FrameAttention;
import org.stablevideo.diffusion.PaintRequest;
import org.stablevideo.diffusion.ShotRequest;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.Box;
import org.stablevideo.render.DrawnShot;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.RenderSettings;

class FramewiseEditTest {

    private static final FrameSize SIZE = new FrameSize(322, 180);

    @TempDir
    Path folder;

    private final DrawnShot shot = new DrawnShot(SIZE, SIZE);

    private static EditRequest request(String foreground, String background, String method) {
        return new EditRequest(
                foreground, background, "", method, "auto", 11, OptionalInt.empty(), OptionalDouble.empty(), 0.7, List.of());
    }

    @Test
    void shouldPaintEveryFrameFromItselfAndLeaveTheBackgroundAlone() {
        FakePainter painter = new FakePainter((x, y) -> new int[] {1, 2, 3});
        Edit edit = sdedit(painter, request("a red ball", "", "sdedit"));
        assertEquals(DrawnShot.FRAMES, painter.asked.size());
        Set<Long> seeds = new HashSet<>();
        for (PaintRequest asked : painter.asked) {
            assertEquals(0.7, asked.strength());
            assertTrue(asked.start().isPresent() && asked.structure().isPresent());
            assertEquals(painter.asked.get(0).size(), asked.size());
            seeds.add(asked.seed());
        }
        assertEquals(DrawnShot.FRAMES, seeds.size(), "every frame has noise of its own");
        Picture before = shot.frame(5).copy();
        Picture after = rendered(edit, 5, 1);
        double x = DrawnShot.centreX(5, SIZE);
        assertArrayEquals(pixel(before, 3, 3), pixel(after, 3, 3), "background");
        assertArrayEquals(before.rgb(), rendered(edit, 5, 0).rgb(), "nothing of the edit is mixed in");
        // the fake gives back the crop, so the disc keeps about its colours through enlarging and shading
        assertEquals(pixel(before, (int) x, 90)[0], pixel(after, (int) x, 90)[0], 30);
    }

    @Test
    void shouldShowWhatWasPaintedWhereTheObjectIs() {
        Atlas atlas = shot.atlas();
        List<Box> boxes = Crop.around(atlas.layers().get(0), SIZE);
        Picture red = DrawnShot.picture(new FrameSize(48, 48), (x, y) -> new int[] {220, 20, 20});
        PaintedShot painted = new PaintedShot(0, SIZE, boxes, java.util.Collections.nCopies(DrawnShot.FRAMES, red));
        Edit edit = new Edit("e", atlas.id(), request("red", "", "sdedit"), "m", List.of(), List.of(), List.of(painted));
        Path file = folder.resolve("e.svedit");
        EditFile.write(edit, file);
        Edit back = EditFile.read(file);
        assertEquals(boxes, back.shots().get(0).boxes());
        for (int t : new int[] {0, 6, 11}) {
            int[] colour = pixel(rendered(back, t, 1), (int) DrawnShot.centreX(t, SIZE), (int) DrawnShot.centreY(SIZE));
            assertTrue(colour[0] > 2.5 * colour[1] && colour[0] > 2.5 * colour[2], "frame " + t + " is " + java.util.Arrays.toString(colour));
            assertArrayEquals(rendered(edit, t, 1).rgb(), rendered(back, t, 1).rgb());
        }
        assertThrows(IllegalArgumentException.class, () -> new PaintedShot(0, SIZE, boxes.subList(0, 3), List.of(red)));
    }

    @Test
    void shouldFollowTheObjectWithBoxesOfOneShape() {
        List<Box> boxes = Crop.around(shot.atlas().layers().get(0), SIZE);
        for (int t = 0; t < DrawnShot.FRAMES; t++) {
            Box box = boxes.get(t);
            double radius = DrawnShot.radius(t, SIZE);
            assertTrue(box.left() <= DrawnShot.centreX(t, SIZE) - radius + 1 && box.right() >= DrawnShot.centreX(t, SIZE) + radius - 1, "frame " + t);
            assertTrue(box.top() <= DrawnShot.centreY(SIZE) - radius + 1 && box.bottom() >= DrawnShot.centreY(SIZE) + radius - 1, "frame " + t);
            assertEquals(1, (double) box.width() / box.height(), 0.1, "frame " + t);
        }
    }

    @Test
    void shouldPaintTheWholeFrameForABackground() {
        FakePainter painter = new FakePainter((x, y) -> new int[] {1, 2, 3});
        Edit edit = sdedit(painter, request("", "snow", "sdedit"));
        assertEquals(1, edit.shots().get(0).layer());
        assertEquals(new Box(0, 0, SIZE.width(), SIZE.height()), edit.shots().get(0).boxes().get(3));
    }

    @Test
    void shouldStopWhenCancelled() {
        Progress impatient = (stage, fraction) -> {
            if (fraction > 0.3) {
                throw new CancelledException();
            }
        };
        assertThrows(CancelledException.class, () -> new EditMethods(folder).named("sdedit").edit(
                "e", shot, shot.atlas(), request("a", "b", "sdedit"), new FakePainter((x, y) -> new int[] {1, 2, 3}), impatient));
    }

    @Test
    void shouldPaintKeyframesAsThePapersAblationsDo() {
        FakePainter independent = ablation("independent");
        assertTrue(independent.asked.stream().allMatch(asked -> asked.start().isEmpty() && asked.strength() == 1));
        assertNotEquals(independent.asked.get(0).seed(), independent.asked.get(1).seed());
        FakePainter fixed = ablation("fixed-latent");
        assertTrue(fixed.asked.stream().allMatch(asked -> asked.start().isEmpty()));
        assertEquals(fixed.asked.get(0).seed(), fixed.asked.get(1).seed());
        FakePainter sequential = ablation("sequential");
        Picture start = sequential.asked.get(1).start().orElseThrow();
        assertEquals(200, start.rgb()[0] & 255, "the frame before as it stands, with what was around the object");
        FakePainter atlas = ablation("direct-atlas");
        assertEquals(1, atlas.asked.size());
        assertEquals("a red ball, best quality", atlas.asked.get(0).prompt());
        assertThrows(ProblemException.class, () -> new EditMethods(folder).named("guess"));
    }

    @Test
    void shouldPaintFramesThatLookAtEachOther() {
        FakePainter painter = new FakePainter((x, y) -> new int[] {1, 2, 3});
        EditRequest request = request("a red ball", "snow", "pix2video");
        Edit edit = new EditMethods(folder).named("pix2video").edit("e", shot, shot.atlas(), request, painter, Progress.NONE);
        assertEquals(2, painter.shots.size());
        ShotRequest ball = painter.shots.get(0);
        assertEquals("a red ball, best quality", ball.prompt());
        assertEquals("blurry", ball.negative());
        assertEquals(List.of(0), ball.anchors());
        assertEquals(DrawnShot.FRAMES, ball.count());
        assertEquals(FrameAttention.ANCHOR_AND_PREVIOUS, ball.attention());
        assertTrue(ball.guided() && !ball.deep() && painter.shots.get(1).deep());
        assertNotEquals(ball.key(), painter.shots.get(1).key());
        assertEquals(DrawnShot.FRAMES, edit.shots().get(0).pictures().size());
        for (String ablation : List.of("pix2video-previous", "pix2video-anchor", "pix2video-unguided", "pix2video-apart")) {
            new EditMethods(folder).named(ablation).edit("e", shot, shot.atlas(), request("a", "", ablation), painter, Progress.NONE);
        }
        assertEquals(
                List.of(FrameAttention.PREVIOUS, FrameAttention.ANCHOR, FrameAttention.ANCHOR_AND_PREVIOUS, FrameAttention.ITSELF),
                painter.shots.subList(2, 6).stream().map(ShotRequest::attention).toList());
        assertEquals(List.of(true, true, false, false), painter.shots.subList(2, 6).stream().map(ShotRequest::guided).toList());
    }

    @Test
    void shouldLetTheModelLearnTheClipForTuneAVideo() {
        FakePainter painter = new FakePainter((x, y) -> new int[] {1, 2, 3});
        new EditMethods(folder).named("tune-a-video").edit("e", shot, shot.atlas(), request("a", "", "tune-a-video"), painter, Progress.NONE);
        ShotRequest asked = painter.shots.get(0);
        assertEquals(500, asked.tuning());
        assertTrue(!asked.guided() && asked.attention() == FrameAttention.ANCHOR_AND_PREVIOUS);
    }

    private FakePainter ablation(String method) {
        FakePainter painter = new FakePainter((x, y) -> new int[] {200, 30, 25});
        EditRequest request = new EditRequest(
                "a red ball", "", "", method, "auto", 11, OptionalInt.empty(), OptionalDouble.empty(), 0.8, List.of(2, 9));
        new EditMethods(folder).named(method).edit("e", shot, shot.atlas(), request, painter, Progress.NONE);
        return painter;
    }

    private Edit sdedit(FakePainter painter, EditRequest request) {
        return new EditMethods(folder).named("sdedit").edit("e", shot, shot.atlas(), request, painter, Progress.NONE);
    }

    private Picture rendered(Edit edit, int index, double mix) {
        RgbFrame frame = RgbFrame.allocate(SIZE);
        frame.set(shot.frame(index).copy());
        try (FrameRenderer renderer = edit.renderer(shot.atlas())) {
            renderer.render(index, frame, new RenderSettings(0.7, 0.6, mix));
        }
        return frame.copy();
    }

    private static int[] pixel(Picture picture, int x, int y) {
        int at = 3 * (y * picture.width() + x);
        return new int[] {picture.rgb()[at] & 255, picture.rgb()[at + 1] & 255, picture.rgb()[at + 2] & 255};
    }
}
