package org.stablevideo.atlas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.model.NlaNetwork;
import org.stablevideo.model.NlaNetwork.Batch;
import org.stablevideo.model.NlaNetwork.Term;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;
import org.stablevideo.space.NormalisedFrame;

class NlaTrainingTest {

    private static final DrawnClip DRAWN = DrawnClip.of(new FrameSize(40, 56), 4, 1.5, 20, 2, 9);
    private static final NlaSettings SHORT = new NlaSettings(14, 0, 16, 1e-4, 3);

    @TempDir private Path folder;

    private static <T> T samples(DrawnClip drawn, BiFunction<SolveFrames, NlaSamples, T> work) {
        try (Clip clip = ClipFixtures.of(drawn.pictures());
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            return work.apply(frames, new NlaSamples(frames, flow, drawn.mattes()));
        }
    }

    /** Trains as long as reports are fewer than a number; gives the state at the end, or what the checkpoint keeps. */
    private Map<String, float[]> train(NlaCheckpoint checkpoint, int reports) {
        return samples(DRAWN, (frames, samples) -> {
            try (NlaNetwork network = new NlaNetwork(new NormalisedFrame(frames.size(), frames.count()), true, SHORT.seed())) {
                int[] left = {reports};
                Progress progress = (stage, fraction) -> {
                    if (--left[0] < 0) {
                        throw new CancelledException();
                    }
                };
                NlaTraining training = new NlaTraining(network, samples, frames.count(), SHORT, checkpoint, progress);
                if (reports < 1000) {
                    assertThrows(CancelledException.class, training::run);
                } else {
                    assertEquals(SHORT.iterations(), training.run().iteration());
                    assertTrue(training.psnr() > 5, "PSNR " + training.psnr());
                }
                return network.state();
            }
        });
    }

    private static void assertSame(Map<String, float[]> wanted, Map<String, float[]> found) {
        assertEquals(wanted.keySet(), found.keySet());
        wanted.forEach((name, values) -> assertArrayEquals(values, found.get(name), name));
    }

    /** Broken off once while the mappings begin and once later on. */
    @Test
    void shouldEndTheSameWhenItWasBrokenOff() throws IOException {
        Map<String, float[]> whole = train(NlaCheckpoint.of(folder, "whole"), 1000);
        NlaCheckpoint checkpoint = NlaCheckpoint.of(folder, "broken");
        train(checkpoint, 60);
        assertTrue(Files.isRegularFile(checkpoint.file()), "a training that was cancelled is kept");
        train(checkpoint, 48);
        assertSame(whole, train(checkpoint, 1000));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(checkpoint.file()), files.toList(), "no parts are left behind");
        }
    }

    @Test
    void shouldDropACheckpointThatIsDamaged() throws IOException {
        NlaCheckpoint checkpoint = NlaCheckpoint.of(folder, "damaged");
        try (NlaNetwork network = new NlaNetwork(new NormalisedFrame(new FrameSize(40, 56), 4), true, 1)) {
            assertTrue(checkpoint.read(network).isEmpty(), "there is none yet");
            assertTrue(checkpoint.write(network, new NlaCheckpoint.Place(7, 5, 2.5)));
            assertEquals(new NlaCheckpoint.Place(7, 5, 2.5), checkpoint.read(network).orElseThrow());
            byte[] good = Files.readAllBytes(checkpoint.file());
            for (int cut : new int[] {0, 4, 900, good.length / 2, good.length - 1}) {
                Files.write(checkpoint.file(), java.util.Arrays.copyOf(good, cut));
                assertTrue(checkpoint.read(network).isEmpty(), "cut after " + cut + " bytes");
                assertFalse(Files.exists(checkpoint.file()), "it is dropped");
            }
            byte[] flipped = good.clone();
            flipped[good.length - 3000] ^= 4;
            Files.write(checkpoint.file(), flipped);
            assertTrue(checkpoint.read(network).isEmpty(), "one bit is another");
            assertFalse(Files.exists(checkpoint.file()));
        }
    }

    @Test
    void shouldTakeThePapersWindowsAndShorterOnesOfShortTrainings() {
        NlaSettings paper = NlaSettings.OF_PAPER;
        assertFalse(paper.shortened());
        assertArrayEquals(new float[] {5000, 1000, 1000, 1, 1, 5, 50, 5, 5, 49, 2000}, paper.weights(4999, paper.fraction(4999, 0)));
        assertArrayEquals(new float[] {5000, 1000, 1000, 1, 1, 0, 0, 5, 5, 49, 2000}, paper.weights(5000, paper.fraction(5000, 0)));
        assertArrayEquals(new float[] {5000, 1000, 1000, 1, 1, 0, 0, 5, 5, 49, 0}, paper.weights(10_000, paper.fraction(10_000, 0)));
        assertTrue(paper.settling(6999, 70, 0));
        assertFalse(paper.settling(7000, 70, 0));

        NlaSettings few = new NlaSettings(1000, 0, 16, 1e-4, 1);
        assertEquals(2000, few.weights(499, few.fraction(499, 0))[Term.BOOTSTRAP.ordinal()]);
        assertEquals(0, few.weights(500, few.fraction(500, 0))[Term.BOOTSTRAP.ordinal()]);
        assertEquals(0, few.weights(250, few.fraction(250, 0))[Term.GLOBAL_BACKGROUND.ordinal()]);

        NlaSettings timed = new NlaSettings(0, 2, 16, 1e-4, 1);
        assertEquals(0.5, timed.fraction(12, 60));
        assertTrue(timed.settling(5, 9, 5.9));
        assertFalse(timed.settling(5, 9, 6.1));
        assertThrows(IllegalArgumentException.class, () -> new NlaSettings(10, 2, 16, 1e-4, 1));
        assertThrows(IllegalArgumentException.class, () -> new NlaSettings(0, 0, 16, 1e-4, 1));
    }

    /** What a pixel brings along is what the clip holds, and its flow leads to where the drawing moved. */
    @Test
    void shouldDrawPixelsWithTheirDifferencesAndFlow() {
        samples(DRAWN, (frames, samples) -> {
            Batch batch = samples.batch(400, new SplittableRandom(5));
            byte[][] rgb = new byte[frames.count()][];
            for (int t = 0; t < rgb.length; t++) {
                rgb[t] = frames.frame(t).rgb();
            }
            for (int i = 0; i < 400; i++) {
                int x = (int) batch.at()[3 * i];
                int y = (int) batch.at()[3 * i + 1];
                int t = (int) batch.at()[3 * i + 2];
                int at = 3 * (y * 40 + x);
                assertEquals((rgb[t][at + 1] & 255) / 255f, batch.seen()[9 * i + 1], 1e-6);
                float right = x == 39 ? 0 : ((rgb[t][at + 3] & 255) - (rgb[t][at] & 255)) / 255f;
                float down = y == 55 ? 0 : ((rgb[t][at + 2 + 3 * 40] & 255) - (rgb[t][at + 2] & 255)) / 255f;
                assertEquals(right, batch.seen()[9 * i + 3], 1e-6);
                assertEquals(down, batch.seen()[9 * i + 8], 1e-6);
                assertEquals((DRAWN.mattes().get(t).values()[y * 40 + x] & 255) / 255f, batch.mask()[i], 1e-6);
            }
            List<Double> slips = new ArrayList<>();
            for (int k = 0; k < batch.aheadOf().length; k++) {
                int i = batch.aheadOf()[k];
                assertEquals(batch.at()[3 * i + 2] + 1, batch.ahead()[3 * k + 2]);
                if (batch.mask()[i] == 0) {
                    slips.add(Math.abs(batch.ahead()[3 * k] - batch.at()[3 * i] + 1.5));
                }
            }
            assertTrue(slips.size() > 100, slips.size() + " pixels of the scene have flow");
            assertTrue(slips.stream().sorted().skip(slips.size() / 2).findFirst().orElseThrow() < 0.3, "the scene pans by 1.5 pixels a frame");
            for (int k = 0; k < batch.behindOf().length; k++) {
                assertEquals(batch.at()[3 * batch.behindOf()[k] + 2] - 1, batch.behind()[3 * k + 2]);
            }
            return null;
        });
    }
}
