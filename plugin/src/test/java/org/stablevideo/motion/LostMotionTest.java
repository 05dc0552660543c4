package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.progress.Progress;

/** A small disc that a fast pan follows: the ground moves by more than the disc's size a frame, the disc hardly. */
class LostMotionTest {

    private static final Scene PAN = new Scene(new FrameSize(480, 270), 3, 15, -36, 3);

    @Test
    void shouldFindWhatAPyramidLoses() {
        try (Clip clip = dark();
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            DenseFlow plain = DenseFlow.dis(frames.gray(0), frames.gray(1));
            double lost = median((x, y) -> plain.vectors()[2 * (y * frames.size().width() + x)]);
            assertTrue(Math.abs(lost - PAN.discX()) > 10, "one pyramid over the whole frame finds it too: " + lost);
            FlowField found = flow.forward(0);
            assertEquals(PAN.discX(), median(found::dx), 0.5, "the disc");
            assertEquals(-PAN.discX(), medianAt(1, flow.backward(0)::dx), 0.5, "the disc, backwards");
            assertTrue(median(found::confidence) > 0.8, "both ways agree");
            assertEquals(PAN.groundX(), found.dx(380, 60), 0.5, "the ground stays as it was");
        }
    }

    /** The scene with a disc that is darker than the ground. */
    private static Clip dark() {
        List<Picture> pictures = PAN.pictures();
        for (int t = 0; t < pictures.size(); t++) {
            byte[] rgb = pictures.get(t).rgb();
            for (int i = 0; i < rgb.length; i++) {
                double cover = PAN.cover(t, i / 3 % PAN.size().width(), i / 3 / PAN.size().width());
                rgb[i] = (byte) Math.round((rgb[i] & 255) * (1 - 0.4 * cover));
            }
        }
        return ClipFixtures.of(pictures);
    }

    private interface Field {
        float at(int x, int y);
    }

    private static double median(Field field) {
        return medianAt(0, field);
    }

    /** In the disc's middle, as it is in a frame. */
    private static double medianAt(int t, Field field) {
        int x = (int) PAN.centreX(t);
        int y = (int) PAN.centreY();
        double[] values = IntStream.range(0, 21 * 21).mapToDouble(i -> field.at(x - 10 + i % 21, y - 10 + i / 21)).toArray();
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
