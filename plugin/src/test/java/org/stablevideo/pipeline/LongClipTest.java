package org.stablevideo.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.SolverChoice;
import org.stablevideo.clip.Clip;
import org.stablevideo.diffusion.PictureModels;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.motion.Scene;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.RenderSettings;

/** A drawn clip that is long enough for two parts, through analysis, the bundled model and rendering. */
@Tag("slow")
class LongClipTest {

    private static final FrameSize SIZE = new FrameSize(256, 144);
    private static final int FRAMES = 130;

    /** Levels of 255 by which the mean colour of a thing may change from one frame to the next. */
    private static final double STEADY = 5;

    @TempDir
    private Path cache;

    @Test
    void shouldLookTheSameOnBothSidesOfASeam() {
        Scene scene = new Scene(SIZE, FRAMES, 26, -0.8, 0.7);
        EditRequest request = EffectRequest.read(Map.of("foreground", "a red ball", "background", "a snowy winter day", "seed", "1")).edit();
        try (StudioStages stages = new StudioStages(cache, 1L << 30, PictureModels.ofUser(), path -> null, SolverChoice.GRID)) {
            StudioPipeline pipeline = new StudioPipeline(stages);
            ClipSource source = new DrawnSource(FRAMES, scene::clip);
            List<Atlas> atlases = pipeline.analyse(source, "", 1, Progress.NONE);
            assertEquals(2, atlases.size());
            assertTrue(atlases.stream().allMatch(atlas -> atlas.layers().size() == 2), "the ball is found in both parts");
            try (FrameRenderer renderer = pipeline.prepare(source, request, "", Progress.NONE); Clip clip = scene.clip()) {
                double[] ball = new double[0];
                double[] ground = new double[0];
                for (int t = 0; t < FRAMES; t++) {
                    RgbFrame frame = RgbFrame.allocate(SIZE);
                    frame.set(clip.frame(t).copy());
                    renderer.render(t, frame, RenderSettings.DEFAULT);
                    double[] redBall = mean(frame, scene.matte(t), true);
                    double[] snow = mean(frame, scene.matte(t), false);
                    assertTrue(redBall[0] > redBall[2] + 40, "frame " + t + ": the ball is " + java.util.Arrays.toString(redBall));
                    assertTrue(t == 0 || change(ball, redBall) < STEADY, "the ball jumps at frame " + t + " by " + change(ball, redBall));
                    assertTrue(t == 0 || change(ground, snow) < STEADY, "the ground jumps at frame " + t + " by " + change(ground, snow));
                    ball = redBall;
                    ground = snow;
                }
            }
        }
    }

    private static double change(double[] before, double... now) {
        double most = 0;
        for (int k = 0; k < before.length; k++) {
            most = Math.max(most, Math.abs(now[k] - before[k]));
        }
        return most;
    }

    private static double[] mean(RgbFrame frame, Plane matte, boolean inside) {
        double[] sum = new double[3];
        int count = 0;
        for (int i = 0; i < SIZE.area(); i++) {
            int opacity = matte.values()[i] & 255;
            if (inside ? opacity == 255 : opacity == 0) {
                count++;
                for (int k = 0; k < 3; k++) {
                    sum[k] += frame.pixels().get(3 * i + k) & 255;
                }
            }
        }
        return new double[] {sum[0] / count, sum[1] / count, sum[2] / count};
    }
}
