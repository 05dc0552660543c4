package org.stablevideo.edit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.AtlasHealth;
import org.stablevideo.atlas.AtlasQuality;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.DrawnShot;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.RenderSettings;

class AutomaticEditTest {

    private static final FrameSize SIZE = new FrameSize(322, 180);

    @TempDir Path folder;

    private final DrawnShot shot = new DrawnShot(SIZE, SIZE);

    /** The drawn shot, but the disc changes its stripes from frame to frame: no texture holds for it. */
    private Clip turning() {
        return new Clip() {
            @Override
            public ClipIdentity identity() {
                return shot.identity();
            }

            @Override
            public FrameSize size() {
                return SIZE;
            }

            @Override
            public FrameRate rate() {
                return shot.rate();
            }

            @Override
            public RgbFrame frame(int t) {
                return shot.frame(t, (u, v) -> DrawnShot.stripes(u * (1 + t % 3) + 9 * t, v), DrawnShot::scenery);
            }

            @Override
            public void close() {}
        };
    }

    private Edit edit(Clip clip, String foreground, String background, FakePainter painter) {
        EditRequest request = new EditRequest(
                foreground, background, "", "auto", "auto", 11, OptionalInt.empty(), OptionalDouble.empty(), 0.7, List.of());
        return new EditMethods(folder).named("auto").edit("e", clip, shot.atlas(), request, painter, Progress.NONE);
    }

    @Test
    void shouldTellALayerThatHoldsFromOneThatDoesNot() {
        AtlasFit drawn = AtlasFit.of(shot.atlas(), shot);
        assertTrue(drawn.explained()[0] > 0.9 && drawn.explained()[1] > 0.9, drawn.sentence());
        AtlasFit turned = AtlasFit.of(shot.atlas(), turning());
        assertTrue(!turned.holds(0) && turned.holds(1), turned.sentence());
        assertTrue(new AtlasFit(new double[] {Double.NaN}, 0).holds(0));
    }

    @Test
    void shouldPaintEveryLayerInTheWayThatHolds() {
        FakePainter painter = new FakePainter((x, y) -> new int[] {20, 40, 220});
        Edit atlas = edit(shot, "a red ball", "snow", painter);
        assertEquals(2, atlas.layers().size());
        assertTrue(atlas.shots().isEmpty() && painter.shots.isEmpty());
        Edit joined = edit(turning(), "a red ball", "snow", painter);
        assertEquals(List.of(1), joined.layers().stream().map(layer -> layer.layer()).toList());
        assertEquals(List.of(0), joined.shots().stream().map(PaintedShot::layer).toList());
        assertEquals("a red ball", joined.request().foreground());
        assertEquals("snow", joined.request().background());
        Edit object = edit(turning(), "a red ball", "", painter);
        assertTrue(object.layers().isEmpty() && object.shots().size() == 1);
        Edit scene = edit(turning(), "", "snow", painter);
        assertTrue(scene.shots().isEmpty() && scene.layers().size() == 1);
    }

    @Test
    void shouldPaintFramesWhereTheHealthMapKnowsOfACut() {
        Atlas whole = shot.atlas();
        AtlasQuality own = whole.quality();
        int count = whole.frameCount();
        AtlasHealth health = new AtlasHealth(
                0, 0, new byte[0], new byte[0], new byte[0], new byte[0], new double[count], new double[count], List.of(count - 3));
        AtlasQuality cut = new AtlasQuality(own.psnr(), own.staticPsnr(), own.coverage(), own.foldedShare(), own.seconds(), health);
        Atlas atlas = new Atlas(whole.id(), whole.clip(), whole.clipSize(), whole.solveSize(), whole.rate(), whole.layers(), cut);
        assertEquals("1.00, 1.00, with 1 cut", AtlasFit.of(atlas, shot).sentence());
        EditRequest request = new EditRequest(
                "a red ball", "snow", "", "auto", "auto", 11, OptionalInt.empty(), OptionalDouble.empty(), 0.7, List.of());
        Edit edit = new EditMethods(folder).named("auto").edit(
                "e", shot, atlas, request, new FakePainter((x, y) -> new int[] {20, 40, 220}), Progress.NONE);
        assertTrue(edit.layers().isEmpty() && edit.shots().size() == 2);
    }

    @Test
    void shouldJoinBothByTheMatte() {
        FakePainter painter = new FakePainter((x, y) -> new int[] {20, 40, 220});
        Edit joined = edit(turning(), "a red ball", "snow", painter);
        Edit object = edit(turning(), "a red ball", "", painter);
        Edit scene = edit(turning(), "", "snow", painter);
        Path file = folder.resolve("joined.svedit");
        EditFile.write(joined, file);
        int t = 6;
        byte[] both = rendered(EditFile.read(file), t);
        byte[] far = rendered(scene, t);
        int inside = 3 * (90 * SIZE.width() + (int) DrawnShot.centreX(t, SIZE));
        int outside = 3 * (5 * SIZE.width() + 5);
        assertEquals(far[outside + 2], both[outside + 2]);
        assertTrue((both[outside + 2] & 255) > 120, "snow is painted blue: " + (both[outside + 2] & 255));
        assertEquals(rendered(object, t)[inside] & 255, both[inside] & 255, 12);
        assertArrayEquals(turning().frame(t).copy().rgb(), rendered(joined, t, 0));
    }

    @Test
    void shouldTakeTheFlickerOutOfFramesAndNothingElse() {
        Atlas atlas = shot.atlas();
        List<Picture> pictures = new ArrayList<>();
        for (int t = 0; t < DrawnShot.FRAMES; t++) {
            int light = t % 2 * 20;
            pictures.add(DrawnShot.picture(new FrameSize(24, 24), (x, y) -> new int[] {100 + light + (int) (3 * x), 60 + light, 200 - (int) (2 * y)}));
        }
        PaintedShot flickers = new PaintedShot(0, SIZE, Crop.around(atlas.layers().get(0), SIZE), pictures);
        List<Picture> even = ColourMatch.of(flickers, atlas).pictures();
        double before = 0;
        double after = 0;
        for (int t = 3; t < 9; t++) {
            before += Math.abs(middle(pictures.get(t + 1), 0) - middle(pictures.get(t), 0));
            after += Math.abs(middle(even.get(t + 1), 0) - middle(even.get(t), 0));
            assertEquals(middle(pictures.get(t), 2), middle(even.get(t), 2), 3, "a steady channel stays");
        }
        assertTrue(after < 0.25 * before, after + " after " + before);
        List<Picture> alike = java.util.Collections.nCopies(DrawnShot.FRAMES, pictures.get(0));
        assertEquals(
                middle(pictures.get(0), 0),
                middle(ColourMatch.of(new PaintedShot(0, SIZE, flickers.boxes(), alike), atlas).pictures().get(5), 0), 2);
    }

    private static int middle(Picture picture, int channel) {
        return picture.rgb()[3 * (12 * 24 + 12) + channel] & 255;
    }

    private byte[] rendered(Edit edit, int t) {
        return rendered(edit, t, 1);
    }

    private byte[] rendered(Edit edit, int t, double mix) {
        RgbFrame frame = RgbFrame.allocate(SIZE);
        frame.set(turning().frame(t).copy());
        try (FrameRenderer renderer = edit.renderer(shot.atlas())) {
            renderer.render(t, frame, new RenderSettings(0.7, 0.6, mix));
        }
        return frame.copy().rgb();
    }
}
