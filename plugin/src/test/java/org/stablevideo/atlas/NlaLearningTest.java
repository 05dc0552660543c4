package org.stablevideo.atlas;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.model.NlaNetwork;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;
import org.stablevideo.space.NormalisedFrame;

/**
 * What neural layered atlases learn of a drawn clip, a textured square that moves 3 pixels a frame to the right over a scene that moves 1.5 to the left, in a
 * few hundred iterations: less than a hundredth of the paper's, at several times its learning rate. Before some 800 of them the picture is a plain mean of all
 * colours (19 dB), while places are right already; minutes on a processor.
 */
@Tag("slow")
class NlaLearningTest {

    private static final FrameSize SIZE = new FrameSize(64, 48);
    private static final int FRAMES = 8;
    private static final Lattice LATTICE = Lattice.over(SIZE, 8);

    @TempDir private Path folder;

    private interface Work {
        void on(Clip clip, SolveFrames frames, ClipFlow flow, List<Plane> mattes);
    }

    private static void drawn(boolean square, Work work) {
        List<Picture> pictures = new ArrayList<>();
        List<Plane> mattes = new ArrayList<>();
        for (int t = 0; t < FRAMES; t++) {
            byte[] rgb = new byte[SIZE.rgbBytes()];
            byte[] matte = new byte[SIZE.area()];
            for (int i = 0; i < matte.length; i++) {
                int x = i % SIZE.width() - 8 - 3 * t;
                int y = i / SIZE.width() - 12;
                boolean inside = square && x >= 0 && x < 22 && y >= 0 && y < 24;
                matte[i] = (byte) (inside ? 255 : 0);
                for (int k = 0; k < 3; k++) {
                    double value = inside ? (k == 0 ? 190 : 90) + wave(x, y, k, 3) : (k == 2 ? 160 : 80) + wave(i % SIZE.width() + 1.5 * t, i / SIZE.width(), k, 1);
                    rgb[3 * i + k] = (byte) Math.round(Math.max(0, Math.min(255, value)));
                }
            }
            pictures.add(new Picture(SIZE, rgb));
            mattes.add(new Plane(SIZE, matte));
        }
        try (Clip clip = ClipFixtures.of(pictures);
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            work.on(clip, frames, flow, mattes);
        }
    }

    private static double wave(double x, double y, int k, int kind) {
        double first = Math.sin(2 * Math.PI * (x / (17 + 3 * k) + y / (31 - 4 * k)) + k + kind);
        return 32 * first + 25 * Math.cos(2 * Math.PI * (x / (26 - 2 * k) - y / (15 + 3 * k)) + 2 * k * kind);
    }

    /** The largest distance over time between the texels of one point, of nine points, in texels. */
    private static double wander(float[][] fields, Lattice lattice, double left, double top, double step, double run) {
        double worst = 0;
        for (int p = 0; p < 9; p++) {
            double[] first = new double[2];
            double[] then = new double[2];
            for (int t = 0; t < FRAMES; t++) {
                lattice.read(fields[t], left + step * (p % 3) + run * t, top + step * (p / 3), t == 0 ? first : then);
                worst = Math.max(worst, t == 0 ? 0 : Math.hypot(then[0] - first[0], then[1] - first[1]));
            }
        }
        return worst;
    }

    private interface Learned {
        void look(NlaTraining training, NlaReading reading, List<Plane> mattes);
    }

    /** Trains up to a share of the iterations, so that what is looked at is what a longer training has by then. */
    private void learn(boolean square, NlaSettings settings, double share, Learned learned) {
        drawn(square, (clip, frames, flow, mattes) -> {
            try (NlaNetwork network = new NlaNetwork(new NormalisedFrame(SIZE, FRAMES), square, 1)) {
                Progress until = (stage, fraction) -> {
                    if (fraction >= share) {
                        throw new CancelledException();
                    }
                };
                NlaSamples samples = new NlaSamples(frames, flow, square ? mattes : List.of());
                NlaTraining training = new NlaTraining(network, samples, FRAMES, settings, NlaCheckpoint.of(folder, "part"), until);
                assertThrows(CancelledException.class, training::run);
                learned.look(training, new NlaReading(network, SIZE, FRAMES), mattes);
            }
        });
    }

    @Test
    void shouldLayAMovingSceneOverItself() {
        learn(false, new NlaSettings(2400, 0, 192, 4e-4, 1), 0.4, (training, reading, mattes) -> {
            double wander = wander(reading.fields(false, LATTICE), LATTICE, 22, 10, 12, -1.5);
            String found = "PSNR " + training.psnr() + ", wander " + wander + " of 10.5 pixels";
            assertTrue(training.psnr() > 26, found);
            assertTrue(wander < 1.5, found);
        });
    }

    /** While the mask still leads, which is half of a short training: later on the layers need more than these few iterations to stay apart. */
    @Test
    void shouldFollowTheSquareInItsOwnLayer() {
        learn(true, new NlaSettings(1000, 0, 64, 1e-3, 1), 0.5, (training, reading, mattes) -> {
            double wander = wander(reading.fields(true, LATTICE), LATTICE, 12, 16, 7, 3);
            int both = 0;
            int either = 0;
            List<Plane> opacity = reading.opacity(Progress.NONE);
            for (int t = 0; t < FRAMES; t++) {
                for (int i = 0; i < SIZE.area(); i++) {
                    boolean a = (opacity.get(t).values()[i] & 255) > 127;
                    boolean b = mattes.get(t).values()[i] != 0;
                    both += a && b ? 1 : 0;
                    either += a || b ? 1 : 0;
                }
            }
            String found = "wander " + wander + " of 21 pixels, IoU " + (double) both / either + ", PSNR " + training.psnr();
            assertTrue(wander < 4, found);
            assertTrue(both > 0.95 * either, found);
        });
    }
}
