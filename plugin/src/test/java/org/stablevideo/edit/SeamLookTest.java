package org.stablevideo.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.AtlasQuality;
import org.stablevideo.atlas.AtlasTexture;
import org.stablevideo.atlas.ControlGrid;
import org.stablevideo.atlas.Layer;
import org.stablevideo.clip.ClipPart;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.DrawnShot;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.RenderSettings;

/** Two parts of a drawn shot that share four frames, each with an atlas of its own. */
class SeamLookTest {

    private static final FrameSize SIZE = new FrameSize(322, 180);
    private static final DrawnShot.Paint RED = (x, y) -> new int[] {200, 30, 25};
    private static final DrawnShot.Paint BLUE = (x, y) -> new int[] {25, 30, 200};
    private static final int FIRST = 4;
    private static final int LAST = 7;

    /** Texels by which the second part's textures lie elsewhere. */
    private static final int SHIFT = 9;

    private static final int TURN = 40;

    private final DrawnShot shot = new DrawnShot(SIZE, SIZE);
    private final Atlas early = part(0, LAST + 1, 0);
    private final Atlas late = part(FIRST, DrawnShot.FRAMES - FIRST, SHIFT);

    private Atlas part(int first, int count, int shift) {
        Atlas whole = shot.atlas();
        List<Layer> layers = new ArrayList<>();
        for (Layer layer : whole.layers()) {
            List<ControlGrid> mapping = layer.mapping().subList(first, first + count).stream().map(grid -> moved(grid, shift)).toList();
            List<Plane> opacity = layer.opacity().isEmpty() ? List.of() : layer.opacity().subList(first, first + count);
            layers.add(new Layer(layer.role(), layer.name(), mapping, opacity, List.of(), moved(layer.texture(), shift)));
        }
        AtlasQuality quality = new AtlasQuality(new double[count], new double[count], new double[2], 0, 0);
        return new Atlas("part " + first, whole.clip().part(first, count), SIZE, SIZE, whole.rate(), layers, quality);
    }

    private static ControlGrid moved(ControlGrid grid, int shift) {
        float[] u = grid.u().clone();
        for (int i = 0; i < u.length; i++) {
            u[i] += shift;
        }
        return new ControlGrid(grid.columns(), grid.rows(), grid.spacing(), u, grid.v());
    }

    private static AtlasTexture moved(AtlasTexture texture, int shift) {
        FrameSize from = texture.size();
        FrameSize size = new FrameSize(from.width() + shift, from.height());
        byte[] rgb = new byte[size.rgbBytes()];
        byte[] seen = new byte[size.area()];
        for (int y = 0; y < size.height(); y++) {
            for (int x = shift; x < size.width(); x++) {
                System.arraycopy(texture.colour().rgb(), 3 * (y * from.width() + x - shift), rgb, 3 * (y * size.width() + x), 3);
                seen[y * size.width() + x] = (byte) 255;
            }
        }
        return new AtlasTexture(new Picture(size, rgb), new Plane(size, seen));
    }

    private static EditRequest request() {
        return new EditRequest("a ball", "snow", "", "atlas", "auto", 11, OptionalInt.empty(), OptionalDouble.empty(), 0.8, List.of());
    }

    private Edit edit(Atlas atlas, FakePainter painter, Surroundings around) {
        int first = atlas.clip().firstFrame();
        return new StableVideoEdit().edit("e" + first, new ClipPart(shot, first, atlas.frameCount()), atlas, request(), around, painter, Progress.NONE);
    }

    private RgbFrame rendered(Atlas atlas, Edit edit, int frame) {
        RgbFrame out = shot.frame(frame);
        try (FrameRenderer renderer = edit.renderer(atlas)) {
            renderer.render(frame - atlas.clip().firstFrame(), out, RenderSettings.DEFAULT);
        }
        return out;
    }

    private static double difference(RgbFrame a, RgbFrame b) {
        double sum = 0;
        for (int i = 0; i < SIZE.rgbBytes(); i++) {
            sum += Math.abs((a.pixels().get(i) & 255) - (b.pixels().get(i) & 255));
        }
        return sum / SIZE.rgbBytes();
    }

    @Test
    void shouldGoOnWithTheLookOfThePartBefore() {
        Edit before = edit(early, new FakePainter(RED), new Surroundings(true, Optional.empty()));
        FakePainter other = new FakePainter(BLUE);
        Edit after = edit(late, other, new Surroundings(true, Optional.of(new EditedPart(early, before))));
        assertTrue(after.keyframes().isEmpty(), "the frame that both show says all of the object, but " + after.keyframes() + " were painted");
        assertEquals(1, other.asked.size(), "only the background, of which the ball hides some");
        assertEquals(0.8, other.asked.get(0).strength());
        Edit apart = edit(late, new FakePainter(BLUE), Surroundings.NONE);
        for (int t = FIRST; t <= LAST; t++) {
            double together = difference(rendered(early, before, t), rendered(late, after, t));
            double alone = difference(rendered(early, before, t), rendered(late, apart, t));
            assertTrue(together < 4 && alone > 30, "frame " + t + ": " + together + ", by itself " + alone);
        }
        RgbFrame last = rendered(late, after, DrawnShot.FRAMES - 1);
        int corner = 3 * (SIZE.width() * 90 + SIZE.width() - 3);
        assertTrue((last.pixels().get(corner) & 255) > 2 * (last.pixels().get(corner + 2) & 255), "what pans in is as red as the rest");
    }

    @Test
    void shouldGoOnBackwardsToo() {
        Edit after = edit(late, new FakePainter(RED), new Surroundings(true, Optional.empty()));
        Edit before = edit(early, new FakePainter(BLUE), new Surroundings(true, Optional.of(new EditedPart(late, after))));
        assertTrue(difference(rendered(early, before, 5), rendered(late, after, 5)) < 4);
    }

    @Test
    void shouldPaintWhatTheSharedFramesDoNotShow() {
        Edit before = edit(early, new FakePainter(RED), new Surroundings(true, Optional.empty()));
        Atlas turning = turning();
        FakePainter other = new FakePainter(BLUE);
        Edit after = edit(turning, other, new Surroundings(true, Optional.of(new EditedPart(early, before))));
        assertTrue(after.keyframes().stream().anyMatch(frame -> frame > LAST - FIRST), after.keyframes() + " show the other side");
        assertTrue(other.asked.stream().allMatch(asked -> asked.start().isPresent() && asked.strength() == 0.8), "painted from what is known of it");
        assertTrue(difference(rendered(early, before, 6), rendered(turning, after, 6)) < 6);
    }

    /** The late part, in whose own frames both layers show texels that were not to be seen before. */
    private Atlas turning() {
        List<Layer> layers = new ArrayList<>();
        for (Layer layer : late.layers()) {
            List<ControlGrid> mapping = new ArrayList<>(layer.mapping());
            for (int t = LAST - FIRST + 1; t < mapping.size(); t++) {
                mapping.set(t, moved(mapping.get(t), TURN));
            }
            Picture wider = moved(layer.texture(), TURN).colour();
            byte[] seen = new byte[wider.size().area()];
            java.util.Arrays.fill(seen, (byte) 255);
            layers.add(new Layer(layer.role(), layer.name(), mapping, layer.opacity(), layer.light(), new AtlasTexture(wider, new Plane(wider.size(), seen))));
        }
        return new Atlas(late.id(), late.clip(), SIZE, SIZE, late.rate(), layers, late.quality());
    }

    @Test
    void shouldHaveNoLookOfWhatWasNotEdited() {
        EditRequest background = new EditRequest("", "snow", "", "atlas", "auto", 11, OptionalInt.empty(), OptionalDouble.empty(), 0.8, List.of());
        Edit before = new StableVideoEdit().edit(
                "e", new ClipPart(shot, 0, early.frameCount()), early, background, Surroundings.NONE, new FakePainter(RED), Progress.NONE);
        EditedPart origin = new EditedPart(early, before);
        assertTrue(SeamLook.of(late, 0, origin).isEmpty());
        assertEquals(2, SeamLook.of(late, 1, origin).orElseThrow().frame());
    }

    @Test
    void shouldNotTakeTheBackgroundOfAPartWithoutObjectsForAnObject() {
        Atlas empty = new Atlas(early.id(), early.clip(), SIZE, SIZE, early.rate(), List.of(early.background()), early.quality());
        EditRequest request = request();
        PaintedShot frames = new PaintedShot(0, SIZE, Crop.whole(SIZE, early.frameCount()), java.util.Collections.nCopies(early.frameCount(), Picture.black(SIZE)));
        Edit before = new Edit("e", empty.id(), request, "fake-1", List.of(), List.of(), List.of(frames));
        Surroundings around = new Surroundings(true, Optional.of(new EditedPart(empty, before)));
        assertTrue(around.framewise(late, 0).isEmpty(), "the ball was not there");
        assertEquals(Optional.of(true), around.framewise(late, 1), "the background was painted frame by frame");
    }
}
