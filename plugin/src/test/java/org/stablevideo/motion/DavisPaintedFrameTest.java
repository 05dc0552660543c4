package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.Box;

/** One painted frame, or a box around the object in it, carried through real clips; options as for {@link DavisMattesTest}. Clips that
 * would take as long again are left out. */
@Tag("slow")
class DavisPaintedFrameTest {

    @ParameterizedTest
    @CsvSource({"blackswan,0.92", "libby,0.72", "dance-twirl,0.83"})
    void shouldCarryTheObject(String name, double least) {
        track(name, least, "painted", (frames, flow, truth) ->
                CarriedMarks.carry(frames, flow, ObjectMarks.painted(middle(truth), truth.size() / 2), Progress.NONE));
    }

    @ParameterizedTest
    @CsvSource({"libby,3,0.74", "kite-surf,3,0.65"})
    void shouldCarryTheObjectFromSeveralFrames(String name, int count, double least) {
        track(name, least, "painted-" + count, (frames, flow, truth) -> CarriedMarks.carry(frames, flow, evenly(truth, count), Progress.NONE));
    }

    @ParameterizedTest
    @CsvSource({"blackswan,0.92", "libby,0.68"})
    void shouldCarryWhatABoxHolds(String name, double least) {
        track(name, least, "box", (frames, flow, truth) ->
                CarriedMarks.carry(frames, flow, ObjectMarks.pointed(box(middle(truth)), truth.size() / 2), Progress.NONE));
    }

    @ParameterizedTest
    @CsvSource({"car-roundabout,0.94"})
    void shouldCarryWhatAPointIsOn(String name, double least) {
        track(name, least, "point", (frames, flow, truth) -> {
            MarkedObject box = box(middle(truth));
            MarkedObject point = new MarkedObject(box.left() + box.width() / 2, box.top() + box.height() * 0.6, 0, 0, 0);
            return CarriedMarks.carry(frames, flow, ObjectMarks.pointed(point, truth.size() / 2), Progress.NONE);
        });
    }

    private interface Way {
        List<Plane> mattes(SolveFrames frames, ClipFlow flow, List<Plane> truth);
    }

    /** The object painted in frames as far apart as from the ends, nearly. */
    private static ObjectMarks evenly(List<Plane> truth, int count) {
        SortedMap<Integer, Plane> painted = new TreeMap<>();
        for (int k = 0; k < count; k++) {
            int t = (2 * k + 1) * truth.size() / (2 * count);
            painted.put(t, truth.get(t));
        }
        return new ObjectMarks(painted, new TreeMap<>());
    }

    private static Plane middle(List<Plane> truth) {
        return truth.get(truth.size() / 2);
    }

    /** The box around a mask. */
    private static MarkedObject box(Plane mask) {
        double w = mask.size().width();
        double h = mask.size().height();
        Box box = Box.of(mask, 128);
        return new MarkedObject(100 * box.left() / w, 100 * box.top() / h, 100 * box.width() / w, 100 * box.height() / h, 0);
    }

    private static void track(String name, double least, String what, Way way) {
        Assumptions.assumeTrue((name + " " + what).matches(System.getProperty("stablevideo.only", ".*")), "skipped: not asked for");
        Path masks = ClipFixtures.davisFolder(name).resolve("masks");
        try (Clip clip = ClipFixtures.davis(name);
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            List<Plane> truth = MatteQuality.truth(masks, frames.size());
            long start = System.nanoTime();
            List<Plane> mattes = way.mattes(frames, flow, truth);
            double seconds = (System.nanoTime() - start) * 1e-9;
            String sheets = System.getProperty("stablevideo.sheets");
            if (sheets != null) {
                MatteQuality.sheet(Path.of(sheets, name + "-" + what + ".png"), frames, mattes);
            }
            double iou = MatteQuality.meanIou(mattes, truth);
            System.out.printf("%-15s %-8s IoU %.3f, %.1f s%n", name, what, iou, seconds);
            assertTrue(iou >= least, name + ": IoU " + iou);
        }
    }
}
