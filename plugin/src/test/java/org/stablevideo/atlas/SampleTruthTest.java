package org.stablevideo.atlas;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.clip.SampleTruth;
import org.stablevideo.clip.SampleTruth.Sighting;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.MaskSource;
import org.stablevideo.motion.MatteQuality;
import org.stablevideo.motion.MotionMattes;
import org.stablevideo.motion.ObjectMattes;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.progress.Progress;

/**
 * The sample clip's atlas against what the program that drew it knows. The floors are what is reached, less what a change of a rounding may cost;
 * the figures are printed.
 */
@Tag("slow")
class SampleTruthTest {

    /** How well a clip was taken apart; errors in pixels of the frame. */
    private record Figures(double iou, double[] car, double[] background) {

        static double quantile(double[] sorted, double share) {
            return sorted[(int) Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))];
        }

        void print(String how) {
            System.out.printf(
                    Locale.ROOT,
                    "sample, %s: IoU %.3f; correspondences of the car %.2f px median, %.2f px for 9 of 10; of the scene %.2f and %.2f px%n",
                    how,
                    iou,
                    quantile(car, 0.5),
                    quantile(car, 0.9),
                    quantile(background, 0.5),
                    quantile(background, 0.9));
        }
    }

    private static Figures solve(ObjectMattes finder) {
        SampleTruth truth = SampleTruth.get();
        try (Clip clip = ClipFixtures.decode(SampleTruth.video(), Integer.MAX_VALUE);
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            List<Plane> mattes = finder.find(frames, flow, Progress.NONE);
            Atlas atlas = new GridAtlasSolver().solve(clip, frames, flow, List.of(mattes), AtlasSettings.DEFAULT, Progress.NONE);
            Layer object = atlas.foreground().orElseThrow();
            return new Figures(
                    MatteQuality.meanIou(object.opacity(), MatteQuality.truth(truth.folder(), frames.size())),
                    errors(atlas, object, truth.points("car")),
                    errors(atlas, atlas.background(), truth.points("background")));
        }
    }

    /** How far from its true place the atlas puts each point in each frame, going by the frame in the middle of those that see it; ascending. */
    private static double[] errors(Atlas atlas, Layer layer, List<List<Sighting>> points) {
        List<Double> errors = new ArrayList<>();
        for (List<Sighting> seen : points) {
            Sighting middle = seen.get(seen.size() / 2);
            double[] texel = texel(atlas, layer, middle.frame(), middle.x(), middle.y());
            for (Sighting other : seen) {
                if (other != middle) {
                    errors.add(pixels(atlas, layer, other, texel));
                }
            }
        }
        double[] sorted = errors.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    /** Pixels between a sighting and the place that the mapping of its frame gives a texel, by its derivatives there. */
    private static double pixels(Atlas atlas, Layer layer, Sighting at, double[] texel) {
        double[] here = texel(atlas, layer, at.frame(), at.x(), at.y());
        double[] right = texel(atlas, layer, at.frame(), at.x() + 1, at.y());
        double[] below = texel(atlas, layer, at.frame(), at.x(), at.y() + 1);
        double ux = right[0] - here[0];
        double vx = right[1] - here[1];
        double uy = below[0] - here[0];
        double vy = below[1] - here[1];
        double du = texel[0] - here[0];
        double dv = texel[1] - here[1];
        double determinant = ux * vy - uy * vx;
        return Math.hypot(du * vy - dv * uy, dv * ux - du * vx) / Math.max(1e-6, Math.abs(determinant));
    }

    private static double[] texel(Atlas atlas, Layer layer, int frame, double x, double y) {
        ControlGrid grid = layer.mapping().get(frame);
        double[] out = new double[2];
        new Lattice(atlas.solveSize(), grid.columns(), grid.rows(), grid.spacing()).read(Lattice.field(grid), x, y, out);
        return out;
    }

    @Test
    void shouldFollowTheDrawnPointsWithTheTrueMask() {
        Figures figures = solve(MaskSource.of(SampleTruth.get().folder().toString(), file -> {
            throw new IllegalStateException("a folder of pictures needs no decoder");
        }));
        figures.print("true mask");
        assertTrue(figures.iou() > 0.99, "IoU " + figures.iou());
        assertTrue(Figures.quantile(figures.background(), 0.5) < 0.5, "background");
        assertTrue(Figures.quantile(figures.car(), 0.5) < 1.5, "car");
    }

    @Test
    void shouldFollowTheDrawnPointsByItself() {
        Figures figures = solve(new MotionMattes());
        figures.print("by itself");
        assertTrue(figures.iou() > 0.955, "IoU " + figures.iou());
        assertTrue(Figures.quantile(figures.background(), 0.5) < 0.5, "background");
        assertTrue(Figures.quantile(figures.car(), 0.5) < 2, "car");
    }
}
