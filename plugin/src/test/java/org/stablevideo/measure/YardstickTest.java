package org.stablevideo.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.progress.Progress;

class YardstickTest {

    /** PNG frames are the same numbers on both sides; what is left is single precision. */
    private static final double EXACT = 1e-5;

    /** OpenCV builds differ in the last digits of a flow; an error is a mean of squares along it. */
    private static final double FLOW = 0.01;

    @Test
    void shouldAgreeWithIndependentImplementations() {
        JsonObject goldens = JsonParser.parseReader(
                        new InputStreamReader(YardstickTest.class.getResourceAsStream("goldens.json"), StandardCharsets.UTF_8))
                .getAsJsonObject();
        Measurement m = measure("edited", Optional.of(shifted(GoldenClip.masks(), 3)));
        for (int t = 0; t < GoldenClip.FRAMES; t++) {
            JsonObject wanted = goldens.getAsJsonArray("frames").get(t).getAsJsonObject();
            assertClose(wanted.get("psnr").getAsDouble(), m.frames().get(t).psnr(), EXACT, "PSNR " + t);
            assertClose(wanted.get("ssim").getAsDouble(), m.frames().get(t).ssim(), EXACT, "SSIM " + t);
            assertClose(wanted.get("iouWithShifted3").getAsDouble(), m.frames().get(t).overlap(), EXACT, "IoU " + t);
        }
        for (int t = 0; t < GoldenClip.FRAMES - 1; t++) {
            JsonObject wanted = goldens.getAsJsonArray("pairs").get(t).getAsJsonObject();
            PairScore pair = m.pairs().get(t);
            assertRegions(wanted.getAsJsonObject("flow"), pair.flow(), "flow " + t);
            assertRegions(wanted.getAsJsonObject("warp"), pair.warp(), "warp " + t);
            assertRegions(wanted.getAsJsonObject("sourceWarp"), pair.sourceWarp(), "source's warp " + t);
            assertRegions(wanted.getAsJsonObject("pixelMse"), pair.pixelMse(), "Pixel-MSE " + t);
            assertClose(wanted.get("visible").getAsDouble(), pair.visible(), FLOW, "visible " + t);
        }
    }

    @Test
    void shouldFindNothingBetweenAClipAndItself() {
        Measurement m = measure("source", Optional.empty());
        assertEquals(1, m.ssim(), EXACT);
        assertTrue(Double.isNaN(m.psnr()), "no frame differs");
        assertTrue(m.frames().stream().allMatch(score -> Double.isInfinite(score.psnr())));
        assertEquals(new Regions(0, 0), m.flow());
        assertEquals(new Regions(1, 1), m.ratio());
        assertEquals(0, m.unsteadyPairs());
    }

    @Test
    void shouldPointAtThePopAndNowhereElse() {
        List<Picture> pictures = new ArrayList<>(GoldenClip.pictures("source"));
        byte[] lit = pictures.get(2).rgb().clone();
        Plane object = GoldenClip.masks().get(2);
        for (int i = 0; i < lit.length; i++) {
            if (object.values()[i / 3] != 0) {
                lit[i] = (byte) Math.min(255, (lit[i] & 255) + 40);
            }
        }
        pictures.set(2, new Picture(pictures.get(2).size(), lit));
        try (SolveFrames source = GoldenClip.frames("source");
                SolveFrames edited = GoldenClip.frames(pictures)) {
            Measurement m = new Yardstick(source, GoldenClip.masks(), Optional.empty()).measure(Map.of("pop", edited), Progress.NONE).get(0);
            assertEquals(1, m.worst(1).get(0).frame());
            assertEquals(1, m.unsteadyPairs());
            assertEquals(1, m.pairs().get(0).ratio().object(), 1e-9);
            assertTrue(m.pairs().get(1).ratio().object() > 5, "ratio " + m.pairs().get(1).ratio());
            assertTrue(m.ratio().object() > m.ratio().whole());
        }
    }

    @Test
    void shouldMeasureManyEditsAsItMeasuresOne() {
        Map<String, SolveFrames> edits = new LinkedHashMap<>();
        try (SolveFrames source = GoldenClip.frames("source");
                SolveFrames edited = GoldenClip.frames("edited")) {
            edits.put("b", edited);
            edits.put("a", source);
            List<Measurement> both = new Yardstick(source, GoldenClip.masks(), Optional.empty()).measure(edits, Progress.NONE);
            assertEquals(List.of("b", "a"), both.stream().map(Measurement::name).toList());
            assertEquals(measure("edited", Optional.empty()).pairs(), both.get(0).pairs());
        }
    }

    @Test
    void shouldDoWithoutObjectMotionAndSecondFrame() {
        FrameSize tiny = new FrameSize(9, 7);
        try (SolveFrames one = GoldenClip.frames(List.of(Picture.black(tiny)))) {
            Measurement m = new Yardstick(one, List.of(Plane.empty(tiny)), Optional.empty()).measure(Map.of("one", one), Progress.NONE).get(0);
            assertTrue(Double.isNaN(m.ssim()) && Double.isNaN(m.warp().object()) && m.worst(3).isEmpty());
            assertEquals("null", MeasurementJson.of(m).get("ssim").toString());
            assertTrue(ScoreTable.lines(List.of(m)).contains("pairs"));
        }
    }

    @Test
    void shouldRefuseClipsThatDoNotMatch() {
        try (SolveFrames source = GoldenClip.frames("source");
                SolveFrames shorter = GoldenClip.frames(GoldenClip.pictures("edited").subList(0, 2))) {
            Yardstick yardstick = new Yardstick(source, GoldenClip.masks(), Optional.empty());
            assertThrows(IllegalArgumentException.class, () -> yardstick.measure(Map.of("short", shorter), Progress.NONE));
            assertThrows(IllegalArgumentException.class, () -> new Yardstick(source, List.of(), Optional.empty()));
        }
    }

    @Test
    void shouldMakeAPageThatNeedsNothingElse() {
        try (SolveFrames source = GoldenClip.frames("source");
                SolveFrames edited = GoldenClip.frames("edited")) {
            Measurement m = new Yardstick(source, GoldenClip.masks(), Optional.empty()).measure(Map.of("<b>&", edited), Progress.NONE).get(0);
            String html = new MeasurementPage("a </script> title", source::frame, List.of(new MeasurementPage.Shown(m, edited::frame))).html();
            assertTrue(!html.contains("{{") && !html.contains("NaN"), "every place is filled");
            assertTrue(!html.contains("<b>&\""), "names are escaped");
            assertEquals(1, html.split("</script>", -1).length - 1, "nothing ends the script early");
            assertTrue(!html.matches("(?s).*(src|href)=\"(?!data:).*"), "nothing is loaded from elsewhere");
            assertTrue(html.contains("<svg") && html.contains("data:image/jpeg;base64,"));
        }
    }

    private static Measurement measure(String name, Optional<List<Plane>> found) {
        try (SolveFrames source = GoldenClip.frames("source");
                SolveFrames edited = GoldenClip.frames(name)) {
            return new Yardstick(source, GoldenClip.masks(), found).measure(Map.of(name, edited), Progress.NONE).get(0);
        }
    }

    /** As numpy.roll along the rows. */
    private static List<Plane> shifted(List<Plane> planes, int by) {
        return planes.stream().map(plane -> {
            byte[] values = new byte[plane.values().length];
            int w = plane.size().width();
            for (int i = 0; i < values.length; i++) {
                values[i / w * w + (i % w + by) % w] = plane.values()[i];
            }
            return new Plane(plane.size(), Arrays.copyOf(values, values.length));
        }).toList();
    }

    private static void assertRegions(JsonObject wanted, Regions got, String what) {
        assertClose(wanted.get("whole").getAsDouble(), got.whole(), FLOW, what);
        assertClose(wanted.get("object").getAsDouble(), got.object(), FLOW, what + " of the object");
    }

    private static void assertClose(double wanted, double got, double relative, String what) {
        assertEquals(wanted, got, relative * Math.abs(wanted), what);
    }
}
