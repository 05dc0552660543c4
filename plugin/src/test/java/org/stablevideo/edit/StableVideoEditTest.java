package org.stablevideo.edit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.Layer;
import org.stablevideo.diffusion.PaintRequest;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.Compositor;
import org.stablevideo.render.DrawnShot;
import org.stablevideo.render.LayerEdit;
import org.stablevideo.render.RenderSettings;

class StableVideoEditTest {

    private static final FrameSize SIZE = new FrameSize(322, 180);
    private static final DrawnShot.Paint RED = (x, y) -> new int[] {200, 30, 25};

    private final DrawnShot shot = new DrawnShot(SIZE, SIZE);
    private final StableVideoEdit method = new StableVideoEdit();

    private static EditRequest request(String foreground, String background, Integer... keyframes) {
        return new EditRequest(
                foreground, background, "", "auto", "auto", 11, OptionalInt.empty(), OptionalDouble.empty(), 0.8, List.of(keyframes));
    }

    private Edit edit(FakePainter painter, EditRequest request) {
        return method.edit("e1", shot, shot.atlas(), request, painter, Progress.NONE);
    }

    @Test
    void shouldPutColoursOfAKeyframeOnTheTexelsItSees() {
        FakePainter ramp = new FakePainter((x, y) -> new int[] {(int) (255 * x), (int) (255 * y), 128});
        LayerEdit layer = edit(ramp, request("a lamp", "", 11)).layers().get(0);
        // the disc fills its texture in frame 11; the crop has a margin, so the ramp over the disc follows from the crop's box
        double radius = DrawnShot.radius(11, SIZE);
        double margin = 8 + Math.ceil(2 * radius) / 12;
        double crop = 2 * radius + 2 * margin;
        int texels = layer.colour().width();
        for (int texel : new int[] {texels / 4, texels / 2, 3 * texels / 4}) {
            double x = (texel - (texels - 1) / 2.0) / (texels / 2.0) * radius;
            double expected = 255 * (x + crop / 2) / crop;
            int at = 3 * (texels / 2 * texels + texel);
            // chroma is judged, as the shot's shading is laid over luminance
            double across = (layer.colour().rgb()[at] & 255) * 128.0 / (layer.colour().rgb()[at + 2] & 255);
            assertEquals(expected, across, 12, "texel " + texel);
        }
    }

    @Test
    void shouldStartEachNextKeyframeFromWhatTheEarlierOnesPainted() {
        FakePainter painter = new FakePainter(RED);
        Edit edit = edit(painter, request("a red ball", "", 2, 9));
        assertEquals(List.of(2, 9), edit.keyframes());
        assertTrue(painter.asked.get(0).start().isEmpty());
        assertEquals(1, painter.asked.get(0).strength());
        assertEquals(0.8, painter.asked.get(1).strength());
        Picture start = painter.asked.get(1).start().orElseThrow();
        int middle = 3 * (start.height() / 2 * start.width() + start.width() / 2);
        assertEquals(200, start.rgb()[middle] & 255, 12);
        assertEquals(30, start.rgb()[middle + 1] & 255, 12);
        assertEquals(0, start.rgb()[0], "outside the object it is black");
        assertEquals("a red ball, best quality", painter.asked.get(0).prompt());
        assertEquals("blurry", painter.asked.get(0).negative());
        assertEquals(7, painter.asked.get(0).steps());
    }

    @Test
    void shouldRenderTheObjectInThePaintedColourWithoutFlicker() {
        Edit edit = edit(new FakePainter(RED), request("a red ball", ""));
        try (Compositor compositor = new Compositor(shot.atlas(), edit.layers())) {
            double source = 0;
            double edited = 0;
            RgbFrame before = null;
            for (int t = 0; t < DrawnShot.FRAMES; t++) {
                RgbFrame frame = shot.frame(t);
                compositor.render(t, frame, RenderSettings.DEFAULT);
                double[] mean = meanOverDisc(frame, t);
                assertTrue(mean[0] > 150 && mean[1] < 70 && mean[2] < 70, "frame " + t + " is " + java.util.Arrays.toString(mean));
                if (before != null) {
                    source += warpError(shot.frame(t - 1), shot.frame(t), t);
                    edited += warpError(before, frame, t);
                }
                before = frame;
            }
            // the drawn source is exact but for rounding, so a small absolute allowance (in 255ths) is added
            assertTrue(edited / 11 <= 1.5 * source / 11 + 1.0, "warp error " + edited / 11 + " against " + source / 11);
        }
    }

    private static double[] meanOverDisc(RgbFrame frame, int t) {
        double[] sum = new double[3];
        int count = 0;
        for (int i = 0; i < SIZE.area(); i++) {
            if (DrawnShot.alpha(t, SIZE, i % SIZE.width(), i / SIZE.width()) == 1) {
                count++;
                for (int k = 0; k < 3; k++) {
                    sum[k] += frame.pixels().get(3 * i + k) & 255;
                }
            }
        }
        return new double[] {sum[0] / count, sum[1] / count, sum[2] / count};
    }

    /** Mean difference of the disc's inside between a frame and the one before it, along the drawn motion. */
    private static double warpError(RgbFrame before, RgbFrame now, int t) {
        double sum = 0;
        int count = 0;
        double scale = DrawnShot.radius(t - 1, SIZE) / DrawnShot.radius(t, SIZE);
        for (int i = 0; i < SIZE.area(); i++) {
            int x = i % SIZE.width();
            int y = i / SIZE.width();
            if (Math.hypot(x - DrawnShot.centreX(t, SIZE), y - DrawnShot.centreY(SIZE)) > DrawnShot.radius(t, SIZE) - 5) {
                continue;
            }
            double px = DrawnShot.centreX(t - 1, SIZE) + (x - DrawnShot.centreX(t, SIZE)) * scale;
            double py = DrawnShot.centreY(SIZE) + (y - DrawnShot.centreY(SIZE)) * scale;
            int qx = (int) px;
            int qy = (int) py;
            for (int k = 0; k < 3; k++) {
                double a = at(before, qx, qy, k) * (1 - px + qx) + at(before, qx + 1, qy, k) * (px - qx);
                double b = at(before, qx, qy + 1, k) * (1 - px + qx) + at(before, qx + 1, qy + 1, k) * (px - qx);
                sum += Math.abs(a * (1 - py + qy) + b * (py - qy) - at(now, x, y, k));
                count++;
            }
        }
        return sum / count;
    }

    private static int at(RgbFrame frame, int x, int y, int k) {
        return frame.pixels().get(3 * (y * SIZE.width() + x) + k) & 255;
    }

    @Test
    void shouldPaintTheBackgroundOnceOverItsOwnEdges() {
        FakePainter painter = new FakePainter((x, y) -> new int[] {220, 225, 235});
        Edit edit = edit(painter, request("", "a snowy day"));
        assertEquals(1, edit.layers().size());
        assertEquals(1, edit.layers().get(0).layer());
        assertEquals(1, painter.asked.size());
        assertEquals(0.6, painter.asked.get(0).control());
        assertTrue(painter.asked.get(0).structure().isPresent());
        assertEquals(List.of(), edit.keyframes());
    }

    @Test
    void shouldPaintLongPanoramasInTilesThatStartFromTheWhole() {
        DrawnShot wide = new DrawnShot(new FrameSize(320, 90), new FrameSize(320, 90));
        FakePainter painter = new FakePainter((x, y) -> new int[] {220, 225, 235});
        Edit edit = method.edit("e", wide, wide.atlas(), request("", "snow"), painter, Progress.NONE);
        assertTrue(painter.asked.size() >= 3, painter.asked.size() + " pictures");
        assertTrue(painter.asked.stream().skip(1).allMatch(asked -> asked.start().isPresent()));
        byte[] rgb = edit.layers().get(0).colour().rgb();
        for (int i = 0; i < rgb.length; i += 3) {
            assertTrue((rgb[i] & 255) > 110, "texel " + i / 3 + " is painted");
        }
    }

    @Test
    void shouldPaintAPanoramaOnceWhereTilesWouldNotShowMore() {
        DrawnShot wide = new DrawnShot(new FrameSize(192, 90), new FrameSize(192, 90));
        FakePainter painter = new FakePainter((x, y) -> new int[] {220, 225, 235});
        method.edit("e", wide, wide.atlas(), request("", "snow"), painter, Progress.NONE);
        assertEquals(List.of(new FrameSize(128, 56)), painter.asked.stream().map(PaintRequest::size).toList());
    }

    @Test
    void shouldGiveTheSameEditTwice() {
        EditRequest request = request("a red ball", "snow");
        Edit one = edit(new FakePainter((x, y) -> new int[] {(int) (255 * x), 90, 30}), request);
        Edit two = edit(new FakePainter((x, y) -> new int[] {(int) (255 * x), 90, 30}), request);
        for (int i = 0; i < 2; i++) {
            assertArrayEquals(one.layers().get(i).colour().rgb(), two.layers().get(i).colour().rgb());
        }
    }

    @Test
    void shouldRefuseKeyframesOutsideTheClip() {
        ProblemException thrown =
                assertThrows(ProblemException.class, () -> edit(new FakePainter(RED), request("a ball", "", 3, 12)));
        assertEquals("request-invalid", thrown.problem().code());
        assertTrue(thrown.getMessage().contains("12"), thrown.getMessage());
    }

    private Atlas withoutObject(boolean emptyMattes) {
        Atlas atlas = shot.atlas();
        Layer front = atlas.layers().get(0);
        List<Plane> empty = front.opacity().stream().map(matte -> Plane.empty(matte.size())).toList();
        Layer hidden = new Layer(front.role(), front.name(), front.mapping(), empty, front.light(), front.texture());
        List<Layer> layers = emptyMattes ? List.of(hidden, atlas.background()) : List.of(atlas.background());
        return new Atlas(atlas.id(), atlas.clip(), atlas.clipSize(), atlas.solveSize(), atlas.rate(), layers, atlas.quality());
    }

    @Test
    void shouldSayThatNoObjectWasFound() {
        for (boolean emptyMattes : new boolean[] {true, false}) {
            Atlas atlas = withoutObject(emptyMattes);
            ProblemException thrown = assertThrows(
                    ProblemException.class,
                    () -> method.edit("e", shot, atlas, request("a ball", ""), new FakePainter(RED), Progress.NONE));
            assertTrue(thrown.getMessage().contains("mask"), thrown.getMessage());
            Edit edit = method.edit("e", shot, atlas, request("a ball", "snow"), new FakePainter(RED), Progress.NONE);
            assertEquals(1, edit.layers().size(), "the background is edited all the same");
            assertEquals(atlas.layers().size() - 1, edit.layers().get(0).layer());
        }
    }

    @Test
    void shouldStopWhenCancelled() {
        FakePainter painter = new FakePainter(RED);
        Progress impatient = (stage, fraction) -> {
            if (fraction > 0.3) {
                throw new CancelledException();
            }
        };
        assertThrows(
                CancelledException.class,
                () -> method.edit("e", shot, shot.atlas(), request("a ball", "snow", 1, 5, 9), painter, impatient));
        assertTrue(painter.asked.size() < 4);
    }

    @Test
    void shouldReportProgressThatNeverFalls() {
        double[] last = {0};
        method.edit("e", shot, shot.atlas(), request("a ball", "snow"), new FakePainter(RED), (stage, fraction) -> {
            assertTrue(fraction >= last[0] - 1e-9, stage + " fell from " + last[0] + " to " + fraction);
            last[0] = fraction;
        });
        assertEquals(1, last[0]);
    }
}
