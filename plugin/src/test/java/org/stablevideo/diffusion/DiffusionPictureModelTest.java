package org.stablevideo.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.model.Autoencoder;
import org.stablevideo.model.ControlNet;
import org.stablevideo.model.FormulaModel;
import org.stablevideo.model.FormulaWeights;
import org.stablevideo.model.LatentUNet;
import org.stablevideo.model.ModelCard;
import org.stablevideo.model.NetworkCost;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.Patches;
import org.stablevideo.tensor.Precision;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.SafetensorsOutput;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.TensorEngine;
import org.stablevideo.tensor.Weights;

/** The whole road from request to picture, with small networks whose weights are a formula. */
class DiffusionPictureModelTest {

    private static final FrameSize SIZE = new FrameSize(28, 20);

    @TempDir static Path dir;
    private static LatentUNet unet;
    private static ModelCard card;
    private static DiffusionPictureModel.Networks networks;
    private static DiffusionPictureModel model;
    private static DiffusionPictureModel laidOut;

    @BeforeAll
    static void load() throws IOException {
        Path path = FormulaModel.write(dir);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            unet = new LatentUNet(file.weights("unet."));
            StructureControls controls = StructureControls.ofEdges(Optional.of(new ControlNet(file.weights("controlnet."))));
            Autoencoder autoencoder = new Autoencoder(file.weights("vae."));
            card = ModelCard.of(path, file.metadata());
            networks = DiffusionPictureModel.Networks.of(new FormulaModel.Letters(), unet, controls, autoencoder);
            model = new DiffusionPictureModel("formula-1", card, networks, Optional.empty());
            Map<String, String> metadata = new HashMap<>(file.metadata());
            metadata.put("layout", "scene");
            laidOut = new DiffusionPictureModel("formula-2", ModelCard.of(path, metadata), new FormulaModel.Letters(), unet, controls, autoencoder);
        }
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void shouldPaintTheSamePictureAgainOnAnyThreadCount() {
        byte[] once = paint(request("a", Optional.empty(), 1, 3, 3)).rgb();
        int threads = TensorEngine.threads();
        try {
            for (int n : new int[] {1, 2, 3}) {
                TensorEngine.useThreads(n);
                assertArrayEquals(once, paint(request("a", Optional.empty(), 1, 3, 3)).rgb(), n + " threads");
            }
        } finally {
            TensorEngine.useThreads(threads);
        }
    }

    @Test
    void shouldFollowPromptSeedAndStructure() {
        byte[] once = paint(request("a", Optional.empty(), 1, 3, 3)).rgb();
        assertFalse(Arrays.equals(once, paint(request("b", Optional.empty(), 1, 3, 3)).rgb()));
        assertFalse(Arrays.equals(once, paint(request("a", Optional.empty(), 1, 3, 4)).rgb()));
        byte[] full = new byte[SIZE.area()];
        Arrays.fill(full, (byte) 255);
        PaintRequest structured = new PaintRequest(
                "a", "", SIZE, Optional.of(new Plane(SIZE, full)), 1, Optional.empty(), 1, 3, 2.5, 3);
        assertFalse(Arrays.equals(once, paint(structured).rgb()));
    }

    @Test
    void shouldSumStructuresAndKeepTheirTimes() {
        byte[] plain = paint(kept("edges:0")).rgb();
        byte[] one = paint(kept("edges:1")).rgb();
        byte[] both = paint(kept("edges:0.25,edges:0.75")).rgb();
        for (int i = 0; i < one.length; i++) {
            assertEquals(one[i] & 255, both[i] & 255, 1);
        }
        assertFalse(Arrays.equals(plain, one));
        byte[] early = paint(kept("edges:1@0-0.5")).rgb();
        assertFalse(Arrays.equals(plain, early) || Arrays.equals(one, early));
        assertArrayEquals(one, paint(kept("edges@0-1")).rgb());
        assertThrows(ProblemException.class, () -> paint(kept("depth")));
    }

    @Test
    void shouldLayOutAScene() {
        byte[] rgb = new byte[SIZE.rgbBytes()];
        Arrays.fill(rgb, 0, rgb.length / 2, (byte) 230);
        Optional<Picture> bright = Optional.of(new Picture(SIZE, rgb));
        Optional<Picture> dark = Optional.of(Picture.black(SIZE));
        byte[] once = laidOut.paint(of(bright, Optional.empty(), 3), Progress.NONE).rgb();
        assertArrayEquals(once, laidOut.paint(of(bright, Optional.empty(), 3), Progress.NONE).rgb());
        assertFalse(Arrays.equals(once, laidOut.paint(of(dark, Optional.empty(), 3), Progress.NONE).rgb()));
        assertFalse(Arrays.equals(once, laidOut.paint(of(bright, Optional.empty(), 4), Progress.NONE).rgb()), "another seed");
        byte[] started = laidOut.paint(of(bright, dark, 3), Progress.NONE).rgb();
        assertArrayEquals(started, laidOut.paint(of(dark, dark, 3), Progress.NONE).rgb(), "a start lays it out already");
        assertArrayEquals(paint(of(bright, Optional.empty(), 3)).rgb(), paint(of(dark, Optional.empty(), 3)).rgb(), "not without the card's word");
    }

    @Test
    void shouldPaintScenesAloneWithTheirOwnUNet() throws IOException {
        Path twofold = dir.resolve("twofold.safetensors");
        try (SafetensorsFile plain = SafetensorsFile.open(dir.resolve("formula.safetensors"))) {
            Weights all = plain.weights("");
            Map<String, long[]> shapes = new LinkedHashMap<>(all.shapes());
            shapes.put("scene.conv_out.weight", all.shapeOf("unet.conv_out.weight"));
            SafetensorsOutput.write(twofold, plain.metadata(), shapes, (name, shape) -> {
                float[] values = all.floats(name.replace("scene.", "unet."));
                return name.startsWith("scene.") ? negated(values) : values;
            });
        }
        try (SafetensorsFile file = SafetensorsFile.open(twofold)) {
            LatentUNet scenes = new LatentUNet(file.weights("unet.").with(file.weights("scene.")));
            StructureControls controls = StructureControls.ofEdges(Optional.empty());
            Autoencoder coder = new Autoencoder(file.weights("vae."));
            ModelCard two = ModelCard.of(twofold, file.metadata());
            FormulaModel.Letters words = new FormulaModel.Letters();
            DiffusionPictureModel.Networks own = DiffusionPictureModel.Networks.of(words, unet, controls, coder);
            DiffusionPictureModel both = new DiffusionPictureModel("both", two, own.with(UNets.Kind.SCENES, OnDemand.of(scenes)), Optional.empty());
            DiffusionPictureModel alone = new DiffusionPictureModel("alone", two, words, scenes, controls, coder);
            DiffusionPictureModel objects = new DiffusionPictureModel("objects", two, own, Optional.empty());
            PaintRequest thing = of(Optional.empty(), Optional.empty(), 3);
            PaintRequest scene = of(Optional.of(Picture.black(SIZE)), Optional.empty(), 3);
            assertArrayEquals(objects.paint(thing, Progress.NONE).rgb(), both.paint(thing, Progress.NONE).rgb());
            assertArrayEquals(alone.paint(scene, Progress.NONE).rgb(), both.paint(scene, Progress.NONE).rgb());
            assertFalse(Arrays.equals(objects.paint(scene, Progress.NONE).rgb(), both.paint(scene, Progress.NONE).rgb()));
            scenes.close();
            coder.close();
        }
    }

    @Test
    void shouldNotComputeGuidanceThatIsInTheWeights() throws IOException {
        Path path = dir.resolve("formula.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            LatentUNet guided = changed(file.weights("unet."));
            Autoencoder coder = new Autoencoder(file.weights("vae."));
            Map<String, String> said = new HashMap<>(file.metadata());
            said.put("distilled_guidance", "2.5");
            ModelCard card = ModelCard.of(path, said);
            FormulaModel.Letters words = new FormulaModel.Letters();
            StructureControls controls = StructureControls.ofEdges(Optional.empty());
            DiffusionPictureModel.Networks own = DiffusionPictureModel.Networks.of(words, unet, controls, coder);
            DiffusionPictureModel plain = new DiffusionPictureModel("plain", card, own, Optional.empty());
            DiffusionPictureModel objects =
                    new DiffusionPictureModel("objects", card, own.with(UNets.Kind.GUIDED, OnDemand.of(guided)), Optional.empty());
            DiffusionPictureModel scenes =
                    new DiffusionPictureModel("scenes", card, own.with(UNets.Kind.GUIDED_SCENES, OnDemand.of(guided)), Optional.empty());
            DiffusionPictureModel alone = new DiffusionPictureModel("alone", card, words, guided, controls, coder);
            Optional<Picture> black = Optional.of(Picture.black(SIZE));
            byte[] once = alone.paint(way(Optional.empty(), Optional.empty(), 5, 1, "auto"), Progress.NONE).rgb();
            PaintRequest thing = way(Optional.empty(), Optional.empty(), 5, 2.5, "auto");
            assertArrayEquals(once, objects.paint(thing, Progress.NONE).rgb());
            assertArrayEquals(plain.paint(thing, Progress.NONE).rgb(), scenes.paint(thing, Progress.NONE).rgb());
            PaintRequest scene = way(Optional.empty(), black, 5, 2.5, "auto");
            assertFalse(Arrays.equals(plain.paint(scene, Progress.NONE).rgb(), scenes.paint(scene, Progress.NONE).rgb()));
            assertArrayEquals(plain.paint(scene, Progress.NONE).rgb(), objects.paint(scene, Progress.NONE).rgb());
            PaintRequest otherwise = way(Optional.empty(), Optional.empty(), 5, 3, "auto");
            assertArrayEquals(plain.paint(otherwise, Progress.NONE).rgb(), objects.paint(otherwise, Progress.NONE).rgb(), "another guidance");
            PaintRequest refused =
                    new PaintRequest("a", "b", SIZE, Optional.empty(), 1, Optional.empty(), 1, 5, 2.5, 3, "auto", Optional.empty(), List.of(), 0);
            assertArrayEquals(plain.paint(refused, Progress.NONE).rgb(), objects.paint(refused, Progress.NONE).rgb(), "what must not be shown");
            guided.close();
            coder.close();
        }
    }

    /** A UNet that says something else. */
    private static LatentUNet changed(Weights weights) {
        return new LatentUNet(weights, new Patches() {
            @Override
            public boolean touches(String name) {
                return name.equals("conv_out.weight");
            }

            @Override
            public void apply(Script script, String name) {
                long[] shape = weights.shapeOf(name);
                try (NDManager scope = script.scope()) {
                    script.addLowRank(name, scope.ones(new Shape(shape[0], 1)), scope.ones(new Shape(1, shape[1] * shape[2] * shape[3])), 0.01);
                }
            }
        });
    }

    private static PaintRequest way(Optional<Picture> start, Optional<Picture> scene, int steps, double guidance, String sampler) {
        return new PaintRequest("a", "", SIZE, Optional.empty(), 1, start, start.isPresent() ? 0.6 : 1, steps, guidance, 3, sampler, scene, List.of(), 0);
    }

    private static float[] negated(float... values) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = -values[i];
        }
        return out;
    }

    private static PaintRequest of(Optional<Picture> scene, Optional<Picture> start, long seed) {
        return new PaintRequest("a", "", SIZE, Optional.empty(), 1, start, 0.5, 4, 2.5, seed, "auto", scene, List.of(), 0);
    }

    private static PaintRequest kept(String controls) {
        byte[] full = new byte[SIZE.area()];
        Arrays.fill(full, (byte) 255);
        return new PaintRequest(
                "a", "", SIZE, Optional.of(new Plane(SIZE, full)), 0.3, Optional.empty(), 1, 4, 2.5, 3, "auto", Optional.empty(),
                ControlChoice.listOf(controls), 0);
    }

    @Test
    void shouldStartFromAPictureAtEveryStrength() {
        Picture start = Picture.black(SIZE);
        for (double strength : new double[] {0.01, 0.5, 1}) {
            assertEquals(SIZE, paint(request("a", Optional.of(start), strength, 7, 3)).size());
        }
    }

    @Test
    void shouldKeepNothingOfAPicture() {
        try (NDManager probe = unet.scope()) {
            NDManager networks = probe.getParentManager();
            paint(request("a", Optional.empty(), 1, 2, 3));
            int before = networks.getManagedArrays().size();
            paint(request("a", Optional.empty(), 1, 20, 3));
            assertEquals(before, networks.getManagedArrays().size(), "arrays after 20 more steps");
        }
    }

    @Test
    void shouldGuideAlikeInOneBatchAndOneAfterTheOther() {
        List<float[]> texts = List.of(FormulaWeights.noise("a", 5, 48), FormulaWeights.noise("b", 5, 48));
        Shape shape = new Shape(4, 10, 14);
        float[] latents = FormulaWeights.noise("x", 4, 10, 14);
        float[] together = new GuidedDenoiser(unet, texts, 3, List.of(), shape, false).predict(latents, 300);
        float[] apart = new GuidedDenoiser(unet, texts, 3, List.of(), shape, true).predict(latents, 300);
        assertArrayEquals(together, apart, 1e-4f);
    }

    @Test
    void shouldStopWhenCancelled() {
        Progress impatient = (stage, fraction) -> {
            if (fraction > 0.3) {
                throw new CancelledException();
            }
        };
        assertThrows(CancelledException.class, () -> model.paint(request("a", Optional.empty(), 1, 10, 3), impatient));
    }

    @Test
    void shouldRefuseSidesThatItCannotPaint() {
        assertEquals(new FrameSize(36, 20), model.workingSize(new FrameSize(768, 432), false));
        assertEquals(new FrameSize(36, 20), model.workingSize(new FrameSize(768, 432), true));
        NetworkCost nothing = new NetworkCost(Map.of());
        PaintLoad load = new PaintLoad(nothing, Optional.empty(), nothing, 0, 4, () -> Precision.SINGLE);
        DiffusionPictureModel slow = new DiffusionPictureModel("slow", card, networks, Optional.of(load));
        assertEquals(new FrameSize(36, 20), slow.workingSize(new FrameSize(768, 432), false));
        assertEquals(new FrameSize(28, 16), slow.workingSize(new FrameSize(768, 432), true));
        FrameSize odd = new FrameSize(27, 20);
        PaintRequest request = new PaintRequest("a", "", odd, Optional.empty(), 1, Optional.empty(), 1, 2, 2, 3);
        assertThrows(IllegalArgumentException.class, () -> paint(request));
        assertThrows(ProblemException.class, () -> PictureModels.ofUser().open(dir.resolve("none.safetensors").toString()).close());
        // Its text features are not those of an encoder that there is.
        assertThrows(ProblemException.class, () -> PictureModels.ofUser().open(dir.resolve("formula.safetensors").toString()).close());
    }

    private static Picture paint(PaintRequest request) {
        return model.paint(request, Progress.NONE);
    }

    private static PaintRequest request(String prompt, Optional<Picture> start, double strength, int steps, long seed) {
        return new PaintRequest(prompt, "", SIZE, Optional.empty(), 1, start, strength, steps, 2.5, seed);
    }
}
