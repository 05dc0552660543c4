package org.stablevideo.atlas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;

class GridAtlasSolverTest {

    private static Atlas solve(DrawnClip drawn, List<Plane> mattes, Progress progress) {
        try (Clip clip = ClipFixtures.of(drawn.pictures());
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            return new GridAtlasSolver().solve(clip, frames, flow, List.of(mattes), AtlasSettings.DEFAULT, progress);
        }
    }

    private static Atlas solve(DrawnClip drawn) {
        return solve(drawn, drawn.mattes(), Progress.NONE);
    }

    @Test
    void shouldStandForATexturedObjectOverAPanningScene() {
        DrawnClip drawn = DrawnClip.of(new FrameSize(160, 96), 10, 2.3, 50, 3.1, 24);
        Atlas atlas = solve(drawn);

        assertEquals(2, atlas.layers().size());
        assertTrue(atlas.quality().meanPsnr() > 31, "mean PSNR " + atlas.quality().meanPsnr());
        assertTrue(atlas.quality().meanStaticPsnr() > 29, "static PSNR " + atlas.quality().meanStaticPsnr());
        assertTrue(atlas.quality().foldedShare() < 0.01, "folded " + atlas.quality().foldedShare());
    }

    @Test
    void shouldMapTheSamePointOfTheObjectToTheSameTexel() {
        DrawnClip drawn = DrawnClip.of(new FrameSize(160, 96), 8, -1.7, 60, 4.25, 26);
        Atlas atlas = solve(drawn);
        Layer disc = atlas.foreground().orElseThrow();
        double worst = 0;
        for (double dx = -14; dx <= 14; dx += 7) {
            double[] first = position(disc.mapping().get(0), atlas.solveSize(), 60 + dx, 52.8);
            for (int t = 1; t < 8; t++) {
                double[] then = position(disc.mapping().get(t), atlas.solveSize(), 60 + 4.25 * t + dx, 52.8);
                worst = Math.max(worst, Math.hypot(then[0] - first[0], then[1] - first[1]));
            }
        }
        // half a pixel of the solve size is 0.625 texels at the default density
        assertTrue(worst < 0.63, "a point of the disc wanders by " + worst + " texels");
    }

    private static double[] position(ControlGrid grid, FrameSize size, double x, double y) {
        double[] out = new double[2];
        new Lattice(size, grid.columns(), grid.rows(), grid.spacing()).read(Lattice.field(grid), x, y, out);
        return out;
    }

    @Test
    void shouldGiveEqualBitsTwice() {
        DrawnClip drawn = DrawnClip.of(new FrameSize(97, 61), 5, 1.5, 30, 2, 15);
        Atlas first = solve(drawn);
        Atlas second = solve(drawn);

        assertEquals(first.id(), second.id());
        assertArrayEquals(first.background().texture().colour().rgb(), second.background().texture().colour().rgb());
        assertArrayEquals(first.layers().get(0).mapping().get(4).u(), second.layers().get(0).mapping().get(4).u());
    }

    @Test
    void shouldHaveOnlyABackgroundWhereMattesAreEmpty() {
        DrawnClip drawn = DrawnClip.of(new FrameSize(120, 70), 6, 3, 0, 0, 0);

        assertEquals(1, solve(drawn).layers().size());
        Atlas atlas = solve(drawn, List.of(), Progress.NONE);
        assertEquals(1, atlas.layers().size());
        assertTrue(atlas.quality().meanPsnr() > 32, "mean PSNR " + atlas.quality().meanPsnr());
    }

    @Test
    void shouldSolveOneFrameAndTwoFramesAndPortraitOnes() {
        for (DrawnClip drawn : new DrawnClip[] {
            DrawnClip.of(new FrameSize(90, 62), 1, 0, 40, 0, 18),
            DrawnClip.of(new FrameSize(90, 62), 2, 2, 40, 3, 18),
            DrawnClip.of(new FrameSize(61, 131), 4, 1.5, 30, 2, 14)
        }) {
            Atlas atlas = solve(drawn);
            assertEquals(drawn.pictures().size(), atlas.frameCount());
            assertTrue(atlas.quality().meanPsnr() > 26, drawn.pictures().get(0).size() + ": " + atlas.quality().meanPsnr());
        }
    }

    /** A texture of so few texels is all rim, where the texel of blur that keeps textures free of dots costs most; 18 dB is no picture lost. */
    @Test
    void shouldSolveFramesOfAFewPixels() {
        for (DrawnClip drawn : new DrawnClip[] {
            DrawnClip.of(new FrameSize(3, 2), 2, 0, 1, 0, 1), DrawnClip.of(new FrameSize(1, 1), 3, 0, 1, 0, 0)
        }) {
            Atlas atlas = solve(drawn);
            assertEquals(drawn.pictures().size(), atlas.frameCount());
            assertTrue(atlas.quality().meanPsnr() > 18, drawn.pictures().get(0).size() + ": " + atlas.quality().meanPsnr());
        }
    }

    @Test
    void shouldCopeWithAnObjectThatEntersAndLeaves() {
        DrawnClip drawn = DrawnClip.of(new FrameSize(128, 80), 14, 1, -30, 16, 20);
        Atlas atlas = solve(drawn);

        assertEquals(2, atlas.layers().size());
        assertTrue(atlas.quality().meanPsnr() > 26, "mean PSNR " + atlas.quality().meanPsnr());
    }

    /** Half of a disc before the whole of it, and an object that never shows before both: it keeps its number. */
    @Test
    void shouldSolveSeveralObjectsOneBehindTheOther() {
        DrawnClip drawn = DrawnClip.of(new FrameSize(160, 96), 8, 2.3, 50, 3.1, 24);
        List<Plane> left = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            byte[] values = drawn.mattes().get(t).values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = i % 160 < 50 + 3.1 * t ? values[i] : 0;
            }
            left.add(new Plane(new FrameSize(160, 96), values));
        }
        List<Plane> never = Collections.nCopies(8, Plane.empty(new FrameSize(160, 96)));
        Atlas atlas;
        try (Clip clip = ClipFixtures.of(drawn.pictures());
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            atlas = new GridAtlasSolver().solve(
                    clip, frames, flow, List.of(never, left, drawn.mattes(), never), AtlasSettings.DEFAULT, Progress.NONE);
        }
        assertEquals(List.of("object 1", "object 2", "object 3", "background"), atlas.layers().stream().map(Layer::name).toList());
        assertTrue(atlas.quality().meanPsnr() > 29, "mean PSNR " + atlas.quality().meanPsnr());
        int whole = atlas.layers().get(2).texture().size().width();
        assertTrue(whole < 60, "object 3 is seen from its middle on, so its texture is half a disc wide, not " + whole);
    }

    @Test
    void shouldStopWhenCancelled() {
        DrawnClip drawn = DrawnClip.of(new FrameSize(64, 48), 3, 1, 30, 1, 10);

        assertThrows(CancelledException.class, () -> solve(drawn, drawn.mattes(), (stage, fraction) -> {
            if (fraction > 0.3) {
                throw new CancelledException();
            }
        }));
    }

    @Test
    void shouldRefuseMattesOfAnotherLength() {
        DrawnClip drawn = DrawnClip.of(new FrameSize(64, 48), 3, 1, 30, 1, 10);

        assertThrows(IllegalArgumentException.class, () -> solve(drawn, drawn.mattes().subList(0, 2), Progress.NONE));
    }
}
