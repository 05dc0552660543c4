package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

/** One painted frame, the middle one, carried through real clips; options as for {@link DavisMattesTest}. */
@Tag("slow")
class DavisPaintedFrameTest {

    @ParameterizedTest
    @CsvSource({"car-roundabout,0.84", "blackswan,0.85", "libby,0.4", "dance-twirl,0.78", "kite-surf,0.6"})
    void shouldCarryTheObject(String name, double least) {
        Assumptions.assumeTrue(name.matches(System.getProperty("stablevideo.only", ".*")), "skipped: not asked for");
        Path masks = ClipFixtures.davisFolder(name).resolve("masks");
        try (Clip clip = ClipFixtures.davis(name);
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            List<Plane> truth = MatteQuality.truth(masks, frames.size());
            int middle = frames.count() / 2;
            long start = System.nanoTime();
            List<Plane> mattes = PaintedFrame.carry(frames, flow, truth.get(middle), middle, Progress.NONE);
            double seconds = (System.nanoTime() - start) * 1e-9;
            String sheets = System.getProperty("stablevideo.sheets");
            if (sheets != null) {
                MatteQuality.sheet(Path.of(sheets, name + "-painted.png"), frames, mattes);
            }
            double iou = MatteQuality.meanIou(mattes, truth);
            System.out.printf("%-15s IoU %.3f from frame %d, %.1f s%n", name, iou, middle, seconds);
            assertTrue(iou >= least, name + ": IoU " + iou);
        }
    }
}
