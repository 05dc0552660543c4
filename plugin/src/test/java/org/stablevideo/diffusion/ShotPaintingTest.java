package org.stablevideo.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.model.Autoencoder;
import org.stablevideo.model.FormulaModel;
import org.stablevideo.model.FormulaWeights;
import org.stablevideo.model.LatentUNet;
import org.stablevideo.model.ModelCard;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.Patches;
import org.stablevideo.tensor.Precision;
import org.stablevideo.tensor.SafetensorsFile;

/** Pix2Video with small networks whose weights are a formula, against the paper's own order of frames and steps, written for this test. */
class ShotPaintingTest {

    private static final FrameSize SIZE = new FrameSize(28, 20);
    private static final Shape LATENT = new Shape(4, 10, 14);
    private static final int FRAMES = 4;
    private static final int STEPS = 4;
    private static final double GUIDANCE = 2.5;

    @TempDir static Path dir;
    private static LatentUNet unet;
    private static DiffusionPictureModel model;

    @BeforeAll
    static void load() throws IOException {
        Path path = FormulaModel.write(dir);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            unet = new LatentUNet(file.weights("unet."));
            model = new DiffusionPictureModel(
                    "formula-1", ModelCard.of(path, file.metadata()), new FormulaModel.Letters(), unet, StructureControls.ofEdges(Optional.empty()),
                    new Autoencoder(file.weights("vae.")));
        }
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void shouldPaintAsThePaperDoes() {
        for (boolean guided : new boolean[] {true, false}) {
            List<float[]> wanted = reference(guided);
            List<float[]> got = new ArrayList<>();
            painting(frame(0), got, request(FRAMES, FrameAttention.ANCHOR_AND_PREVIOUS, guided, List.of(0)), "parity-" + guided);
            for (int t = 0; t < FRAMES; t++) {
                assertArrayEquals(wanted.get(t), got.get(t), 2e-4f, "frame " + t + ", guided " + guided);
            }
        }
        assertTrue(distance(reference(true).get(2), reference(false).get(2)) > 1e-3, "guidance matters");
    }

    /** The noise of every frame, then frame by frame all steps, with the features and clean latents of all steps of the first and the last frame. */
    private static List<float[]> reference(boolean guided) {
        int[] timesteps = {1, 251, 501, 751};
        List<float[]> out = new ArrayList<>();
        try (NDManager scope = unet.scope()) {
            NDList[] anchor = new NDList[STEPS];
            NDList[] previous = new NDList[STEPS];
            float[][] cleanBefore = new float[STEPS][];
            for (int t = 0; t < FRAMES; t++) {
                float[] x = latents(t);
                for (int i = 0; i < STEPS; i++) {
                    double from = NoiseSchedule.alphaOf(i == 0 ? 0 : timesteps[i - 1]);
                    double to = NoiseSchedule.alphaOf(timesteps[i]);
                    float[] v = ask(scope, x, timesteps[i], List.of(words("now")), new NDList(), new NDList()).get(0).toFloatArray();
                    x = moved(x, v, from, to, new float[x.length]);
                }
                NDList[] own = new NDList[STEPS];
                for (int i = STEPS - 1; i >= 0; i--) {
                    NDList first = t == 0 ? new NDList() : anchor[i];
                    NDList before = t == 0 ? new NDList() : previous[i];
                    NDList answer = ask(scope, x, timesteps[i], List.of(words("not"), words("red")), first, before);
                    float[] both = answer.get(0).toFloatArray();
                    float[] v = new float[x.length];
                    for (int k = 0; k < v.length; k++) {
                        v[k] = (float) (both[k] + GUIDANCE * (both[v.length + k] - both[k]));
                    }
                    own[i] = new NDList(answer.subList(1, answer.size()));
                    double from = NoiseSchedule.alphaOf(timesteps[i]);
                    float[] clean = new float[x.length];
                    x = moved(x, v, from, NoiseSchedule.alphaOf(i == 0 ? 0 : timesteps[i - 1]), clean);
                    if (guided && t > 0 && STEPS - 1 - i < STEPS / 2) {
                        // the gradient of w·mean((x₀ − x₀ before)²), with w such that w/n is that of the paper: 100 for 4·64·64 latents;
                        // what the paper leaves after fifty steps of it is left after these
                        double w = 100.0 * x.length / (4 * 64 * 64);
                        double left = Math.pow(1 - w * 2 / x.length, 50.0 / STEPS);
                        for (int k = 0; k < x.length; k++) {
                            x[k] -= (float) ((1 - left) * (clean[k] - cleanBefore[i][k]));
                        }
                    }
                    cleanBefore[i] = clean;
                }
                previous = own;
                anchor = t == 0 ? own : anchor;
                out.add(x);
            }
        }
        return out;
    }

    /** DDIM from one noise level to another, for predictions of velocity. */
    private static float[] moved(float[] x, float[] v, double from, double to, float... clean) {
        float[] out = new float[x.length];
        for (int k = 0; k < x.length; k++) {
            double whole = Math.sqrt(from) * x[k] - Math.sqrt(1 - from) * v[k];
            double noise = Math.sqrt(from) * v[k] + Math.sqrt(1 - from) * x[k];
            clean[k] = (float) whole;
            out[k] = (float) (Math.sqrt(to) * whole + Math.sqrt(1 - to) * noise);
        }
        return out;
    }

    private static NDList ask(NDManager scope, float[] x, int timestep, List<float[]> texts, NDList first, NDList before) {
        int n = texts.size();
        float[] twice = new float[n * x.length];
        float[] words = new float[n * texts.get(0).length];
        float[] time = new float[n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(x, 0, twice, i * x.length, x.length);
            System.arraycopy(texts.get(i), 0, words, i * texts.get(i).length, texts.get(i).length);
            time[i] = timestep;
        }
        NDArray text = scope.create(words, new Shape(n, 5, 48));
        return unet.forwardInjected(scope, scope.create(twice, new Shape(n).addAll(LATENT)), scope.create(time), text, new NDList(), first, before);
    }

    @Test
    void shouldGoOnWhereItBrokeOff() {
        ShotRequest request = request(FRAMES, FrameAttention.ANCHOR_AND_PREVIOUS, true, List.of(0));
        List<Picture> whole = model.paintShot(request, dir.resolve("whole.shot"), Progress.NONE);
        assertFalse(Files.exists(dir.resolve("whole.shot")), "nothing is left of finished work");
        int all = reports(request, "count.shot", 1);
        for (double until : new double[] {0.01, 0.2, 0.5, 0.9}) {
            String name = "broken-" + until + ".shot";
            assertThrows(CancelledException.class, () -> reports(request, name, until));
            assertTrue(Files.exists(dir.resolve(name)));
            AtomicInteger reports = new AtomicInteger();
            List<Picture> rest = model.paintShot(request, dir.resolve(name), (stage, fraction) -> reports.incrementAndGet());
            for (int t = 0; t < FRAMES; t++) {
                assertArrayEquals(whole.get(t).rgb(), rest.get(t).rgb(), "frame " + t + " after " + until);
            }
            assertTrue(reports.get() <= all * (1 - until) + FRAMES + 2, reports + " of " + all + " after " + until);
        }
    }

    @Test
    void shouldNotTakeUpOtherWork() {
        Path file = dir.resolve("shared.shot");
        assertThrows(CancelledException.class, () -> reports(request(FRAMES, FrameAttention.ANCHOR, true, List.of(0)), "shared.shot", 0.7));
        ShotRequest other = request(FRAMES, FrameAttention.PREVIOUS, true, List.of(0));
        assertArrayEquals(
                model.paintShot(other, dir.resolve("alone.shot"), Progress.NONE).get(2).rgb(), model.paintShot(other, file, Progress.NONE).get(2).rgb());
    }

    @Test
    void shouldGiveUpWorkThatNobodyTookUp() throws IOException {
        Path folder = Files.createDirectories(dir.resolve("old"));
        Path old = Files.write(folder.resolve("a.shot"), new byte[100]);
        Path fresh = Files.write(folder.resolve("b.shot"), new byte[100]);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(20))));
        model.paintShot(request(1, FrameAttention.ITSELF, false, List.of(0)), folder.resolve("c.shot"), Progress.NONE);
        assertTrue(Files.exists(fresh) && Files.notExists(old));
    }

    @Test
    void shouldBeginAnewAfterACut() {
        List<Picture> cut = paint(request(4, FrameAttention.ANCHOR_AND_PREVIOUS, true, List.of(0, 2)), "cut.shot");
        List<Picture> joined = paint(request(4, FrameAttention.ANCHOR_AND_PREVIOUS, true, List.of(0)), "joined.shot");
        List<Picture> apart = paint(request(4, FrameAttention.ITSELF, false, List.of(0)), "apart.shot");
        assertArrayEquals(cut.get(1).rgb(), joined.get(1).rgb());
        assertArrayEquals(apart.get(2).rgb(), cut.get(2).rgb(), "an anchor is painted by itself");
        assertFalse(Arrays.equals(joined.get(2).rgb(), cut.get(2).rgb()));
    }

    @Test
    void shouldPaintTheAblationsDifferently() {
        byte[] method = paint(request(3, FrameAttention.ANCHOR_AND_PREVIOUS, true, List.of(0)), "a.shot").get(2).rgb();
        byte[] previous = paint(request(3, FrameAttention.PREVIOUS, true, List.of(0)), "b.shot").get(2).rgb();
        byte[] anchor = paint(request(3, FrameAttention.ANCHOR, true, List.of(0)), "c.shot").get(2).rgb();
        assertFalse(Arrays.equals(method, previous));
        assertFalse(Arrays.equals(method, anchor));
        assertFalse(Arrays.equals(previous, anchor));
    }

    @Test
    void shouldKeepNoMoreForMoreFramesAndSteps() {
        try (NDManager probe = unet.scope()) {
            NDManager networks = probe.getParentManager();
            AtomicInteger most = new AtomicInteger();
            for (int frames : new int[] {2, 8}) {
                paint(request(frames, FrameAttention.ANCHOR_AND_PREVIOUS, true, List.of(0)), "keep.shot");
                int now = networks.getManagedArrays().size();
                assertTrue(most.get() == 0 || now == most.get(), now + " arrays after " + most.get());
                most.set(now);
            }
        }
    }

    @Test
    void shouldDrawAsFarAsThePaperInFiftySteps() {
        assertEquals(0.0122, ShotPainting.pull(50), 1e-4);
        assertEquals(Math.pow(1 - ShotPainting.pull(50), 25), Math.pow(1 - ShotPainting.pull(20), 10), 1e-9);
    }

    @Test
    void shouldUndoAStepByItsInverse() {
        float[] x = FormulaWeights.noise("x", 4, 5, 7);
        for (boolean velocity : new boolean[] {true, false}) {
            DdimSampler sampler = new DdimSampler(NoiseSchedule.ofSteps(7), velocity);
            float[] clean = sampler.clean(x, FormulaWeights.noise("p", 4, 5, 7), 4);
            float[] after = sampler.step(x, FormulaWeights.noise("p", 4, 5, 7), 4);
            Prediction below = new Prediction(sampler.schedule().alphaAfter(4), velocity);
            float[] same = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                double noise = (after[i] - below.signal() * clean[i]) / below.sigma();
                same[i] = (float) (velocity ? below.signal() * noise - below.sigma() * clean[i] : noise);
            }
            assertArrayEquals(x, sampler.inverse(after, same, 4), 1e-4f);
        }
    }

    @Test
    void shouldLearnAShotAndForgetItAgain() {
        ShotRequest plain = request(3, FrameAttention.ANCHOR_AND_PREVIOUS, false, List.of(0));
        byte[] before = paint(plain, "untuned.shot").get(2).rgb();
        double[] errors;
        try {
            // one frame of which nothing but the noise changes, at a rate at which something can be seen
            errors = new ShotTuning(unet, true, words("now"), LATENT).run(60, 3, t -> latents(0), (scope, t) -> Optional.empty(), Progress.NONE);
            assertFalse(Arrays.equals(before, paint(plain, "tuned.shot").get(2).rgb()), "the queries have changed");
        } finally {
            unet.tuneEnd();
        }
        assertTrue(Arrays.stream(errors).allMatch(Double::isFinite));
        assertArrayEquals(before, paint(plain, "again.shot").get(2).rgb(), "the network is as it was");
        ShotRequest tuned = new ShotRequest(
                "tuned", "red", "not", "now", SIZE, 3, ShotPaintingTest::frame, picture -> Plane.empty(SIZE), false, 1, STEPS, GUIDANCE, List.of(0),
                FrameAttention.ANCHOR_AND_PREVIOUS, false, 5);
        assertEquals(3, paint(tuned, "whole.shot").size());
        assertThrows(CancelledException.class, () -> reports(tuned, "stopped.shot", 0.2));
        assertArrayEquals(before, paint(plain, "last.shot").get(2).rgb(), "also when it was cancelled");
    }

    @Test
    void shouldTuneAlongTheGradient() {
        float[] x = latents(5);
        float[] target = FormulaWeights.noise("target", 4, 10, 14);
        double[] errors = new double[40];
        try (NDManager scope = unet.scope()) {
            NDArray time = scope.create(new float[] {301});
            NDArray text = scope.create(words("now"), new Shape(1, 5, 48));
            NDArray noisy = scope.create(x, new Shape(1, 4, 10, 14));
            NDList answer = unet.forwardInjected(scope, noisy, time, text, new NDList(), new NDList(), new NDList());
            NDList seen = new NDList(answer.subList(1, answer.size()));
            unet.tuneBegin();
            for (int i = 0; i < errors.length; i++) {
                NDArray wanted = scope.create(target, new Shape(1, 4, 10, 14));
                errors[i] = unet.tuneStep(scope, noisy, time, text, new NDList(), seen, seen, wanted, 1e-3, i + 1);
            }
        } finally {
            unet.tuneEnd();
        }
        assertTrue(errors[39] < 0.98 * errors[0], errors[0] + " to " + errors[39]);
    }

    @Test
    void shouldCarryFeaturesOfSixteenBits() throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(FormulaModel.write(dir));
                LatentUNet half = new LatentUNet(file.weights("unet."), Precision.BFLOAT16, Patches.NONE);
                NDManager scope = half.scope()) {
            ShotDenoiser denoiser = new ShotDenoiser(half, List.of(words("not"), words("red")), GUIDANCE, LATENT, false);
            ShotDenoiser.Answer first = denoiser.predict(scope, latents(0), 501, Optional.empty(), Optional.empty(), Optional.empty());
            ShotDenoiser apart = new ShotDenoiser(half, List.of(words("not"), words("red")), GUIDANCE, LATENT, true);
            ShotDenoiser.Answer firstApart = apart.predict(scope, latents(0), 501, Optional.empty(), Optional.empty(), Optional.empty());
            float[] together = denoiser.predict(scope, latents(1), 501, Optional.empty(), Optional.of(first.seen()), Optional.of(first.seen())).noise();
            float[] one = apart.predict(scope, latents(1), 501, Optional.empty(), Optional.of(firstApart.seen()), Optional.of(firstApart.seen())).noise();
            assertEquals(0, distance(together, one), 0.2);
            assertTrue(distance(together, first.noise()) > 0.2);
        }
    }

    private static int reports(ShotRequest request, String name, double until) {
        AtomicInteger reports = new AtomicInteger();
        model.paintShot(request, dir.resolve(name), (stage, fraction) -> {
            reports.incrementAndGet();
            if (fraction > until) {
                throw new CancelledException();
            }
        });
        return reports.get();
    }

    private static List<Picture> paint(ShotRequest request, String name) {
        return model.paintShot(request, dir.resolve(name), Progress.NONE);
    }

    /** Paints with latents in place of pictures. */
    private static void painting(Picture any, List<float[]> got, ShotRequest request, String name) {
        AtomicInteger frame = new AtomicInteger();
        ShotPainting.Latents latents = new ShotPainting.Latents() {
            @Override
            public float[] encode(Picture picture) {
                return latents(frame.getAndIncrement());
            }

            @Override
            public Picture decode(float... values) {
                got.add(values);
                return any;
            }
        };
        try (ShotJournal journal = ShotJournal.open(dir.resolve(name), name, request.count(), SIZE.area(), (int) LATENT.size())) {
            new ShotPainting(unet, StructureControls.ofEdges(Optional.empty()), latents, true)
                    .paint(request, words("now"), List.of(words("not"), words("red")), LATENT, journal, Progress.NONE);
        }
    }

    private static ShotRequest request(int count, FrameAttention attention, boolean guided, List<Integer> anchors) {
        return new ShotRequest(
                "work-" + attention + guided + anchors, "red", "not", "now", SIZE, count, ShotPaintingTest::frame, picture -> Plane.empty(SIZE), false, 1,
                STEPS, GUIDANCE, anchors, attention, guided, 0);
    }

    private static Picture frame(int t) {
        byte[] rgb = new byte[SIZE.rgbBytes()];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (128 + 90 * Math.sin(i * 0.031 + t * 0.7));
        }
        return new Picture(SIZE, rgb);
    }

    private static float[] latents(int t) {
        return FormulaWeights.noise("frame " + t, 4, 10, 14);
    }

    private static float[] words(String text) {
        return FormulaWeights.noise(text, 5, 48);
    }

    private static double distance(float[] a, float[] b) {
        double most = 0;
        for (int i = 0; i < a.length; i++) {
            most = Math.max(most, Math.abs(a[i] - b[i]));
        }
        return most;
    }
}
