package org.stablevideo.atlas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;

class NlaAtlasSolverTest {

    @TempDir private Path folder;

    private Atlas solve(DrawnClip drawn, List<Plane> mattes, NlaSettings settings, Progress progress) {
        try (Clip clip = ClipFixtures.of(drawn.pictures());
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            return new NlaAtlasSolver(settings, folder).solve(clip, frames, flow, List.of(mattes), AtlasSettings.DEFAULT, progress);
        }
    }

    /** Trained for so short a time that nothing is learned: only the form is looked at. */
    @Test
    void shouldGiveAnAtlasThatCanBeKept() throws IOException {
        DrawnClip drawn = DrawnClip.of(new FrameSize(48, 36), 3, 1, 24, 1.5, 9);
        NlaSettings settings = new NlaSettings(4, 0, 32, 1e-4, 1);
        Atlas atlas = solve(drawn, drawn.mattes(), settings, Progress.NONE);
        assertEquals(3, atlas.frameCount());
        assertEquals(3, atlas.quality().psnr().length);
        assertTrue(atlas.quality().meanPsnr() > 8, "mean PSNR " + atlas.quality().meanPsnr());
        Path file = folder.resolve("kept.svatlas");
        AtlasFile.write(atlas, file);
        assertArrayEquals(atlas.background().texture().colour().rgb(), AtlasFile.read(file).background().texture().colour().rgb());
        Files.delete(file);
        try (var left = Files.list(folder)) {
            assertEquals(List.of(), left.toList(), "a finished training leaves nothing behind");
        }

        Atlas again = solve(drawn, drawn.mattes(), settings, Progress.NONE);
        assertEquals(atlas.id(), again.id());
        assertArrayEquals(atlas.background().texture().colour().rgb(), again.background().texture().colour().rgb());
        assertArrayEquals(atlas.background().mapping().get(2).u(), again.background().mapping().get(2).u());
    }

    @Test
    void shouldHaveOnlyABackgroundWhereMattesAreEmpty() {
        DrawnClip drawn = DrawnClip.of(new FrameSize(36, 48), 2, 1, 0, 0, 0);
        assertEquals(1, solve(drawn, List.of(), new NlaSettings(3, 0, 32, 1e-4, 1), Progress.NONE).layers().size());
        DrawnClip one = DrawnClip.of(new FrameSize(36, 48), 1, 1, 0, 0, 0);
        assertEquals(1, solve(one, List.of(), new NlaSettings(3, 0, 32, 1e-4, 1), Progress.NONE).frameCount());
    }

    @Test
    void shouldStopWhenCancelled() {
        DrawnClip drawn = DrawnClip.of(new FrameSize(48, 36), 2, 1, 24, 1, 9);
        assertThrows(CancelledException.class, () -> solve(drawn, drawn.mattes(), new NlaSettings(1000, 0, 16, 1e-4, 1), (stage, fraction) -> {
            if (fraction > 0) {
                throw new CancelledException();
            }
        }));
    }

    @Test
    void shouldReadChoicesOfASolver() {
        assertEquals(SolverChoice.GRID, SolverChoice.of("grid"));
        assertEquals("", SolverChoice.GRID.key());
        assertEquals(NlaSettings.OF_PAPER, SolverChoice.of("nla").nla().orElseThrow());
        assertEquals(new NlaSettings(0, 2.5, 10_000, 1e-4, 1), SolverChoice.of("nla:2.5m").nla().orElseThrow());
        for (String text : List.of("grid", "nla:20000:10000", "nla:40m:2000", "nla:0.25m:256")) {
            assertEquals(text, SolverChoice.of(text).text());
        }
        assertNotEquals(SolverChoice.of("nla:500").key(), SolverChoice.of("nla:501").key());
        assertNotEquals(SolverChoice.of("nla:500:64").key(), SolverChoice.of("nla:500:65").key());
        for (String text : List.of("", "mlp", "nla:", "nla:0", "nla:0m", "nla:1.5", "nla:500:4", "nla:99999999", "grid:5", "nla:5m:")) {
            ProblemException e = assertThrows(ProblemException.class, () -> SolverChoice.of(text), text);
            assertEquals("request-invalid", e.problem().code());
        }
    }

    @Test
    void shouldRefuseSeveralObjects() {
        DrawnClip drawn = DrawnClip.of(new FrameSize(48, 36), 2, 1, 24, 1, 9);
        try (Clip clip = ClipFixtures.of(drawn.pictures());
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            List<List<Plane>> two = List.of(drawn.mattes(), drawn.mattes());
            NlaAtlasSolver solver = new NlaAtlasSolver(new NlaSettings(3, 0, 32, 1e-4, 1), folder);
            ProblemException e = assertThrows(ProblemException.class, () -> solver.solve(clip, frames, flow, two, AtlasSettings.DEFAULT, Progress.NONE));
            assertTrue(e.problem().sentence().contains("--solver grid"), e.problem().sentence());
        }
    }
}
