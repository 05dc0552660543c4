package org.stablevideo.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.stablevideo.model.ControlNet;
import org.stablevideo.model.LatentUNet;
import org.stablevideo.model.LowRank;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.Weights;

class FewStepsTest {

    private static final FewSteps FEW = new FewSteps(4);

    @Test
    void shouldLeaveToTheWholeModelWhatItCannotDo() {
        assertTrue(suits(OptionalInt.of(4), OptionalDouble.empty(), " ", "auto", 0));
        assertTrue(suits(OptionalInt.of(1), OptionalDouble.of(1), "", "ddim-trailing", 0));
        assertFalse(suits(OptionalInt.empty(), OptionalDouble.empty(), "", "auto", 0), "not asked for");
        assertFalse(suits(OptionalInt.of(5), OptionalDouble.empty(), "", "auto", 0), "many steps");
        assertFalse(suits(OptionalInt.of(4), OptionalDouble.of(4), "", "auto", 0), "guidance");
        assertFalse(suits(OptionalInt.of(4), OptionalDouble.empty(), "a person", "auto", 0), "what must not be shown");
        assertFalse(suits(OptionalInt.of(4), OptionalDouble.empty(), "", "ddim", 0), "another sampler");
        assertFalse(suits(OptionalInt.of(4), OptionalDouble.empty(), "", "auto", 0.5), "fresh noise");
        assertThrows(IllegalArgumentException.class, () -> new FewSteps(0));
    }

    private static boolean suits(OptionalInt steps, OptionalDouble guidance, String negative, String sampler, double eta) {
        return FEW.suits(steps, guidance, negative, sampler, eta);
    }

    /** A model with distilled weights in four steps, against what its training program wrote with it ({@code export.py --few-of … --golden}). */
    @Test
    void shouldPaintAsTheTrainerDoes() {
        String model = System.getProperty("stablevideo.pocket");
        String answers = System.getProperty("stablevideo.golden");
        Assumptions.assumeTrue(model != null && answers != null, "needs -Dstablevideo.pocket and -Dstablevideo.golden of a model with weights for few steps");
        try (SafetensorsFile file = SafetensorsFile.open(Path.of(model)); SafetensorsFile golden = SafetensorsFile.open(Path.of(answers))) {
            Weights said = golden.weights("");
            Weights weights = file.weights("unet.");
            try (LatentUNet unet = new LatentUNet(weights, LowRank.of(weights, file.weights("unet_few.")));
                    ControlNet control = new ControlNet(file.weights("controlnet."));
                    NDManager scope = unet.scope()) {
                long[] hint = said.shapeOf("hint");
                NDArray edges = control.hint(scope, scope.create(first(said, "hint"), new Shape(1, hint[1], hint[2], hint[3])));
                Denoiser denoiser = new GuidedDenoiser(
                        unet, List.of(first(said, "text_features")), 1, List.of(new GuidedDenoiser.Structure(control, edges, 1)), new Shape(4, 16, 24), false);
                Sampler sampler = new DdimSampler(NoiseSchedule.trailing(4), true);
                assertArrayEquals(said.floats("few_latents"), sampler.sample(first(said, "x"), 4, denoiser, Progress.NONE), 2e-4f);
            }
        }
    }

    private static float[] first(Weights said, String name) {
        float[] all = said.floats(name);
        return Arrays.copyOf(all, all.length / (int) said.shapeOf(name)[0]);
    }
}
