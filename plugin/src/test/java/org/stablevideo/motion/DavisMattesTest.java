package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
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

/**
 * Automatic mattes on real clips; overlays are written to the folder in -Dstablevideo.sheets, if given; -Dstablevideo.only is a pattern of
 * clip names.
 */
@Tag("slow")
class DavisMattesTest {

    @ParameterizedTest
    @CsvSource({"car-roundabout,0.94", "blackswan,0.92", "libby,0.7", "dance-twirl,0.8", "kite-surf,0.56"})
    void shouldFindTheObject(String name, double least) throws IOException {
        Assumptions.assumeTrue(name.matches(System.getProperty("stablevideo.only", ".*")), "skipped: not asked for");
        try (Clip clip = ClipFixtures.davis(name);
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE)) {
            long start = System.nanoTime();
            try (ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
                double flowSeconds = (System.nanoTime() - start) * 1e-9;
                start = System.nanoTime();
                List<Plane> mattes = new MotionMattes().find(frames, flow, Progress.NONE);
                double seconds = (System.nanoTime() - start) * 1e-9;
                String sheets = System.getProperty("stablevideo.sheets");
                if (sheets != null) {
                    MatteQuality.sheet(Path.of(sheets, name + ".png"), frames, mattes);
                }
                Path masks = ClipFixtures.davisFolder(name).resolve("masks");
                double iou = Files.isDirectory(masks) ? MatteQuality.meanIou(mattes, MatteQuality.truth(masks, frames.size())) : 1;
                System.out.printf("%-15s IoU %.3f  flow %.1f s  mattes %.1f s%n", name, iou, flowSeconds, seconds);
                assertTrue(iou >= least, name + ": IoU " + iou);
            }
        }
    }
}
