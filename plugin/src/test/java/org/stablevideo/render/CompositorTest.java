package org.stablevideo.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.Layer;
import org.stablevideo.atlas.LightGrid;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.frame.RgbFrame;

class CompositorTest {

    private static final FrameSize LARGE = new FrameSize(480, 270);
    private static final FrameSize SOLVE = new FrameSize(161, 90);
    private static final RenderSettings PLAIN = new RenderSettings(0, 0, 1);

    private final DrawnShot shot = new DrawnShot(SOLVE, SOLVE);

    private static int[] blue(double u, double v) {
        return new int[] {20, 40, 170 + (int) Math.round(40 * Math.sin(u / 6))};
    }

    private static int[] snow(double u, double v) {
        return new int[] {225 + (int) Math.round(20 * Math.sin(u / 8)), 230, 240};
    }

    private static LayerEdit edit(DrawnShot shot, int layer, DrawnShot.Paint paint, int texelsPerTexel) {
        FrameSize own = shot.atlas().layers().get(layer).texture().size();
        FrameSize size = new FrameSize(own.width() * texelsPerTexel, own.height() * texelsPerTexel);
        Picture colour = DrawnShot.picture(
                size, (x, y) -> paint.at((x + 0.5) / texelsPerTexel - 0.5, (y + 0.5) / texelsPerTexel - 0.5));
        byte[] all = new byte[size.area()];
        Arrays.fill(all, (byte) 255);
        return new LayerEdit(layer, colour, new Plane(size, all));
    }

    private static double meanDifference(Picture a, Picture b) {
        return IntStream.range(0, a.rgb().length)
                .map(i -> Math.abs((a.rgb()[i] & 255) - (b.rgb()[i] & 255)))
                .average()
                .orElseThrow();
    }

    private static int worst(Picture a, Picture b) {
        return IntStream.range(0, a.rgb().length)
                .map(i -> Math.abs((a.rgb()[i] & 255) - (b.rgb()[i] & 255)))
                .max()
                .orElseThrow();
    }

    @Test
    void shouldShowThePaintedObjectWhereTheMappingSays() {
        for (FrameSize size : List.of(SOLVE, new FrameSize(322, 180), new FrameSize(120, 67))) {
            DrawnShot sized = new DrawnShot(SOLVE, size);
            try (Compositor compositor = new Compositor(sized.atlas(), List.of(edit(sized, 0, CompositorTest::blue, 3)))) {
                for (int t : new int[] {0, 5, 11}) {
                    RgbFrame frame = sized.frame(t);
                    compositor.render(t, frame, PLAIN);
                    Picture truth = sized.frame(t, CompositorTest::blue, DrawnShot::scenery).copy();
                    // at the solve size the matte is exact; at others it is interpolated across an edge two pixels wide
                    int tolerance = size.equals(SOLVE) ? 12 : 40;
                    assertTrue(worst(truth, frame.copy()) <= tolerance, size + " frame " + t + ": " + worst(truth, frame.copy()));
                    assertTrue(meanDifference(truth, frame.copy()) < 0.5, size + ": " + meanDifference(truth, frame.copy()));
                }
            }
        }
    }

    @Test
    void shouldReplaceTheBackgroundBehindAnUntouchedObject() {
        try (Compositor compositor = new Compositor(shot.atlas(), List.of(edit(shot, 1, CompositorTest::snow, 1)))) {
            RgbFrame frame = shot.frame(7);
            compositor.render(7, frame, PLAIN);
            Picture truth = shot.frame(7, DrawnShot::stripes, CompositorTest::snow).copy();
            assertTrue(worst(truth, frame.copy()) <= 12, "worst " + worst(truth, frame.copy()));
            Plane matte = shot.atlas().layers().get(0).opacity().get(7);
            byte[] source = shot.frame(7).copy().rgb();
            byte[] out = frame.copy().rgb();
            for (int i = 0; i < matte.values().length; i++) {
                if (matte.values()[i] == (byte) 255) {
                    assertArrayEquals(Arrays.copyOfRange(source, 3 * i, 3 * i + 3), Arrays.copyOfRange(out, 3 * i, 3 * i + 3));
                }
            }
        }
    }

    @Test
    void shouldShowBothEditsTogether() {
        List<LayerEdit> both = List.of(edit(shot, 0, CompositorTest::blue, 2), edit(shot, 1, CompositorTest::snow, 2));
        try (Compositor compositor = new Compositor(shot.atlas(), both)) {
            RgbFrame frame = shot.frame(3);
            compositor.render(3, frame, PLAIN);
            Picture truth = shot.frame(3, CompositorTest::blue, CompositorTest::snow).copy();
            assertTrue(worst(truth, frame.copy()) <= 12, "worst " + worst(truth, frame.copy()));
        }
    }

    /** The shot in the light of a grid whose gains are as low as they get. */
    private static Atlas dark(Atlas atlas) {
        int columns = SOLVE.width() / 16 + 2;
        int rows = SOLVE.height() / 16 + 2;
        float[] gain = new float[3 * columns * rows];
        Arrays.fill(gain, 0.4f);
        List<LightGrid> light = Collections.nCopies(atlas.frameCount(), new LightGrid(columns, rows, 16, gain));
        List<Layer> layers = atlas.layers().stream()
                .map(layer -> new Layer(layer.role(), layer.name(), layer.mapping(), layer.opacity(), light, layer.texture()))
                .toList();
        return new Atlas(atlas.id(), atlas.clip(), atlas.clipSize(), atlas.solveSize(), atlas.rate(), layers, atlas.quality());
    }

    /** A bar that comes in at the top: doubt in the texture still grows from the outermost blocks to the border, but no further than to certainty. */
    @Test
    void shouldFollowABlackBarAndNotFurther() {
        DrawnShot large = new DrawnShot(SOLVE, LARGE);
        byte[] covered = large.frame(4).copy().rgb();
        Arrays.fill(covered, 0, 3 * 4 * LARGE.width(), (byte) 0);
        RgbFrame plain = RgbFrame.allocate(LARGE);
        RgbFrame followed = RgbFrame.allocate(LARGE);
        try (Compositor compositor = new Compositor(large.atlas(), List.of(edit(large, 1, CompositorTest::bright, 1)))) {
            plain.set(new Picture(LARGE, covered));
            compositor.render(4, plain, PLAIN);
            followed.set(new Picture(LARGE, covered));
            compositor.render(4, followed, new RenderSettings(0, 1, 1));
        }
        byte[] before = plain.copy().rgb();
        byte[] after = followed.copy().rgb();
        for (int i = 0; i < 3 * LARGE.width(); i++) {
            assertTrue((after[i] & 255) <= (before[i] & 255) + 20, "byte " + i + ": " + (before[i] & 255) + ", black followed " + (after[i] & 255));
        }
        assertTrue((after[0] & 255) < (before[0] & 255) / 2, "the bar is followed");
    }

    private static int[] bright(double u, double v) {
        return Arrays.stream(DrawnShot.scenery(u, v)).map(level -> 2 * level - 60).toArray();
    }

    private RgbFrame faded(double brightness) {
        byte[] rgb = shot.frame(4).copy().rgb();
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.round(brightness * (rgb[i] & 255));
        }
        RgbFrame frame = RgbFrame.allocate(SOLVE);
        frame.set(new Picture(SOLVE, rgb));
        return frame;
    }

    @Test
    void shouldFollowAFadeDownToBlack() {
        double lit = 0;
        double[] brightness = {0.5, 0.3, 0.2, 0.1, 0};
        double[] gain = {1, 1, 0.5, 0.25, 0.02};
        try (Compositor compositor = new Compositor(dark(shot.atlas()), List.of(edit(shot, 0, CompositorTest::blue, 1), edit(shot, 1, CompositorTest::snow, 1)))) {
            for (int k = 0; k < gain.length; k++) {
                RgbFrame frame = faded(brightness[k]);
                compositor.render(4, frame, new RenderSettings(1, 0, 1));
                double now = meanDifference(Picture.black(SOLVE), frame.copy());
                lit = k == 0 ? now : lit;
                assertEquals(lit * gain[k], now, 2, "at " + brightness[k]);
            }
            RgbFrame black = faded(0);
            compositor.render(4, black, RenderSettings.DEFAULT);
            assertTrue(worst(Picture.black(SOLVE), black.copy()) < 16, "brightest of black " + worst(Picture.black(SOLVE), black.copy()));
        }
        assertTrue(lit > 50, "lit " + lit);
    }

    @Test
    void shouldKeepEveryPixelOutsideTheEditedObjectBitExact() {
        try (Compositor compositor = new Compositor(shot.atlas(), List.of(edit(shot, 0, CompositorTest::blue, 1)))) {
            RgbFrame frame = shot.frame(6);
            compositor.render(6, frame, RenderSettings.DEFAULT);
            Plane matte = shot.atlas().layers().get(0).opacity().get(6);
            byte[] source = shot.frame(6).copy().rgb();
            byte[] out = frame.copy().rgb();
            for (int i = 0; i < out.length; i++) {
                if (matte.values()[i / 3] == 0) {
                    assertEquals(source[i], out[i], "byte " + i);
                }
            }
        }
    }

    @Test
    void shouldKeepTheSourceWithoutMixAndMeetHalfWayAtOneHalf() {
        try (Compositor compositor = new Compositor(shot.atlas(), List.of(edit(shot, 0, CompositorTest::blue, 1)))) {
            byte[] source = shot.frame(4).copy().rgb();
            RgbFrame none = shot.frame(4);
            compositor.render(4, none, new RenderSettings(0.3, 0.4, 0));
            assertArrayEquals(source, none.copy().rgb());
            RgbFrame full = shot.frame(4);
            compositor.render(4, full, new RenderSettings(0.3, 0.4, 1));
            RgbFrame half = shot.frame(4);
            compositor.render(4, half, new RenderSettings(0.3, 0.4, 0.5));
            byte[] a = full.copy().rgb();
            byte[] b = half.copy().rgb();
            for (int i = 0; i < source.length; i++) {
                assertEquals(((source[i] & 255) + (a[i] & 255)) / 2.0, b[i] & 255, 1.01);
            }
        }
    }

    @Test
    void shouldKeepTheSourceWhereTheEditIsTransparent() {
        LayerEdit whole = edit(shot, 1, CompositorTest::snow, 1);
        LayerEdit nothing = new LayerEdit(1, whole.colour(), Plane.empty(whole.colour().size()));
        try (Compositor compositor = new Compositor(shot.atlas(), List.of(nothing))) {
            RgbFrame frame = shot.frame(2);
            compositor.render(2, frame, RenderSettings.DEFAULT);
            assertArrayEquals(shot.frame(2).copy().rgb(), frame.copy().rgb());
        }
    }

    @Test
    void shouldCarryTheShotsFineDetailButNotItsSilhouette() {
        try (Compositor compositor = new Compositor(shot.atlas(), List.of(edit(shot, 0, (u, v) -> new int[] {100, 100, 100}, 1)))) {
            RgbFrame bare = shot.frame(8);
            RgbFrame frame = shot.frame(8);
            // a scratch on the disc, one pixel wide
            int x = (int) DrawnShot.centreX(8, SOLVE);
            int y = (int) DrawnShot.centreY(SOLVE);
            for (int k = 0; k < 3; k++) {
                frame.pixels().put(3 * (y * SOLVE.width() + x) + k, (byte) 255);
            }
            compositor.render(8, frame, new RenderSettings(0, 1, 1));
            compositor.render(8, bare, new RenderSettings(0, 0, 1));
            int at = 3 * (y * SOLVE.width() + x);
            assertTrue((frame.pixels().get(at) & 255) > 130, "scratch " + (frame.pixels().get(at) & 255));
            int rim = 3 * (y * SOLVE.width() + (int) (DrawnShot.centreX(8, SOLVE) - DrawnShot.radius(8, SOLVE)) + 3);
            assertEquals(bare.pixels().get(rim) & 255, frame.pixels().get(rim) & 255, 25, "no halo at the rim");
        }
    }

    @Test
    void shouldDrawAsTheFrameDoesWhereTheTextureShowsAnotherSide() {
        DrawnShot large = new DrawnShot(LARGE, LARGE, CompositorTest::down);
        try (Compositor compositor = new Compositor(large.atlas(), List.of(edit(large, 0, (u, v) -> violet(down(u, v)), 1)))) {
            RgbFrame frame = large.frame(9, CompositorTest::across, DrawnShot::scenery);
            compositor.render(9, frame, RenderSettings.DEFAULT);
            Picture shown = frame.copy();
            Picture wanted = large.frame(9, (u, v) -> violet(across(u, v)), DrawnShot::scenery).copy();
            assertTrue(likeness(shown, wanted) > 0.95, "drawn as in the frame: " + likeness(shown, wanted));
            assertTrue(Math.abs(likeness(shown, large.frame(9).copy())) < 0.15, "not as in the texture: " + likeness(shown, large.frame(9).copy()));
            assertEquals(0, difference(shown, wanted), 12, "in the edit's colours");
        }
    }

    @Test
    void shouldKeepTheEditsOwnDrawingWhereTheTextureFits() {
        DrawnShot large = new DrawnShot(LARGE, LARGE, CompositorTest::down);
        DrawnShot.Paint other = (u, v) -> violet(across(u, v));
        try (Compositor compositor = new Compositor(large.atlas(), List.of(edit(large, 0, other, 1)))) {
            RgbFrame frame = large.frame(9);
            compositor.render(9, frame, new RenderSettings(0, 0.6, 1));
            assertTrue(likeness(frame.copy(), large.frame(9, other, DrawnShot::scenery).copy()) > 0.8);
        }
    }

    private static int[] down(double u, double v) {
        int level = (int) Math.round(130 + 60 * Math.sin(u));
        return new int[] {level, level, level};
    }

    private static int[] across(double u, double v) {
        return down(v, u);
    }

    private static int[] violet(int[] shot) {
        return new int[] {shot[0] - 40, 40, shot[0]};
    }

    /** Mean difference over the inner half of the disc in frame 9. */
    private static double difference(Picture a, Picture b) {
        return inner().flatMap(i -> IntStream.range(3 * i, 3 * i + 3)).map(i -> Math.abs((a.rgb()[i] & 255) - (b.rgb()[i] & 255))).average().orElseThrow();
    }

    private static IntStream inner() {
        double radius = DrawnShot.radius(9, LARGE) / 2;
        return IntStream.range(0, LARGE.area()).filter(
                i -> Math.hypot(i % LARGE.width() - DrawnShot.centreX(9, LARGE), i / LARGE.width() - DrawnShot.centreY(LARGE)) < radius);
    }

    /** Correlation of red over the inner half of the disc in frame 9. */
    private static double likeness(Picture a, Picture b) {
        double[] sums = new double[6];
        inner().forEach(i -> {
            double p = a.rgb()[3 * i] & 255;
            double q = b.rgb()[3 * i] & 255;
            double[] terms = {1, p, q, p * p, q * q, p * q};
            for (int k = 0; k < 6; k++) {
                sums[k] += terms[k];
            }
        });
        double n = sums[0];
        return (n * sums[5] - sums[1] * sums[2]) / Math.sqrt((n * sums[3] - sums[1] * sums[1]) * (n * sums[4] - sums[2] * sums[2]));
    }

    @Test
    void shouldGiveTheSamePixelsFromSeveralThreads() {
        List<LayerEdit> both = List.of(edit(shot, 0, CompositorTest::blue, 2), edit(shot, 1, CompositorTest::snow, 1));
        try (Compositor compositor = new Compositor(shot.atlas(), both)) {
            List<byte[]> alone = IntStream.range(0, 12).mapToObj(t -> rendered(compositor, t)).toList();
            List<byte[]> together = IntStream.range(0, 96).parallel().mapToObj(i -> rendered(compositor, i % 12)).toList();
            for (int i = 0; i < together.size(); i++) {
                assertArrayEquals(alone.get(i % 12), together.get(i));
            }
        }
    }

    private byte[] rendered(Compositor compositor, int t) {
        RgbFrame frame = shot.frame(t);
        compositor.render(t, frame, RenderSettings.DEFAULT);
        return frame.copy().rgb();
    }

    @Test
    void shouldRenderTinyAndOddFrames() {
        try (Compositor compositor = new Compositor(shot.atlas(), List.of(edit(shot, 0, CompositorTest::blue, 1), edit(shot, 1, CompositorTest::snow, 1)))) {
            for (FrameSize size : List.of(new FrameSize(1, 1), new FrameSize(2, 3), new FrameSize(17, 1), new FrameSize(33, 19))) {
                compositor.render(1, RgbFrame.allocate(size), RenderSettings.DEFAULT);
            }
        }
    }

    @Test
    void shouldRefuseFramesOutsideTheClip() {
        try (Compositor compositor = new Compositor(shot.atlas(), List.of())) {
            RgbFrame frame = shot.frame(0);
            assertThrows(IllegalArgumentException.class, () -> compositor.render(12, frame, RenderSettings.DEFAULT));
            assertThrows(IllegalArgumentException.class, () -> compositor.render(-1, frame, RenderSettings.DEFAULT));
        }
    }

    @Test
    void shouldBrightenTowardsWhiteWithoutPassingIt() {
        for (int value = 0; value < 256; value++) {
            assertEquals(value, FramePass.lit(value, 256));
            assertTrue(FramePass.lit(value, 600) <= 255 && FramePass.lit(value, 600) >= value);
            assertTrue(value == 0 || FramePass.lit(value, 512) >= FramePass.lit(value - 1, 512), "order is kept at " + value);
        }
    }
}
