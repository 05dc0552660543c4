package org.stablevideo.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.atlas.SolverChoice;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.diffusion.PictureModels;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.motion.Scene;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.RenderSettings;

/** A film that begins in black, through analysis, the bundled model and rendering. */
class BlankShotTest {

    private static final FrameSize SIZE = new FrameSize(128, 72);
    private static final int BLACK = 2;

    @TempDir
    private Path cache;

    @Test
    void shouldLeaveTheBlackBeforeAFilmBlack() {
        List<Picture> pictures = new ArrayList<>(List.of(Picture.black(SIZE), Picture.black(SIZE)));
        try (Clip scene = new Scene(SIZE, 6, 14, -0.8, 0.7).clip()) {
            for (int t = 0; t < scene.frameCount(); t++) {
                pictures.add(scene.frame(t).copy());
            }
        }
        ClipSource film = new DrawnSource(pictures.size(), () -> ClipFixtures.of(pictures));
        EditRequest request = EffectRequest.read(Map.of("background", "a snowy winter day", "seed", "1")).edit();
        try (StudioStages stages = new StudioStages(cache, 1L << 30, PictureModels.ofUser(), path -> null, SolverChoice.GRID);
                FrameRenderer renderer = new StudioPipeline(stages).prepare(film, request, "", Progress.NONE)) {
            assertEquals(2, new StudioPipeline(stages).analyse(film, "", 1, Progress.NONE).size());
            ClipSource kept = new DrawnSource(pictures.size(), () -> {
                throw new AssertionError("the edit of every part is kept");
            });
            new StudioPipeline(stages).prepare(kept, request, "", Progress.NONE).close();
            for (int t = 0; t < pictures.size(); t++) {
                RgbFrame frame = RgbFrame.allocate(SIZE);
                frame.set(pictures.get(t));
                renderer.render(t, frame, RenderSettings.DEFAULT);
                if (t < BLACK) {
                    assertArrayEquals(pictures.get(t).rgb(), frame.copy().rgb(), "frame " + t);
                } else {
                    assertTrue(brightness(frame.copy()) > brightness(pictures.get(t)) + 10, "snow in frame " + t);
                }
            }
        }
    }

    private static double brightness(Picture picture) {
        long sum = 0;
        for (byte level : picture.rgb()) {
            sum += level & 255;
        }
        return (double) sum / picture.rgb().length;
    }
}
