package org.stablevideo.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.model.AggregationNetwork.Target;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.TensorEngine;
import org.stablevideo.tensor.Weights;

/**
 * The generator of Text2LIVE (Bar-Tal et al., ECCV 2022; {@code text2live.ts}): trained for one edit, under the eye of CLIP, to lay colour and opacity over
 * an atlas. Close it to free the weights.
 *
 * <p>Deviations: the direction of the composition loss begins at the empty text, as a request has no words for the source; and where the paper begins with a
 * map of relevancy, here the layer itself is what the edit begins with, since an atlas's layer is the thing that is meant.
 */
public final class EditLayerNetwork implements AutoCloseable {

    private static final String GENERATOR = "g.";
    private static final double RATE = 2.5e-3;
    private static final double DECAY = 0.999;
    private static final double LEAST_RATE = 1e-5;
    private static final double BOOTSTRAP = 10;
    private static final int WHOLE_EVERY = 75;
    private static final double LEAST_CROP = 0.85;
    private static final List<String> TEMPLATES = List.of("%s", "a photo of %s", "a good photo of %s", "a close-up photo of %s");

    private final Script script;
    private final ClipEye clip;

    /**
     * How the generator is made and trained.
     *
     * @param steps steps of training, at least 1; the paper takes 3000
     * @param scales how often pictures are halved on the way down; fewer where the atlas is too small
     * @param channels of every scale
     * @param skipped channels that go past the narrower scales
     */
    public record Training(int steps, int scales, int channels, int skipped) {

        /** As in the paper. */
        public static final Training OF_PAPER = new Training(3000, 7, 128, 4);

        public Training {
            if (steps < 1 || scales < 1 || channels < 1 || skipped < 1) {
                throw new IllegalArgumentException("no training: " + steps + ", " + scales + ", " + channels + ", " + skipped);
            }
        }
    }

    /**
     * An edit layer.
     *
     * @param colour in [0, 1], shape (3, H, W)
     * @param opacity in [0, 1], shape (H, W)
     * @param losses step by step: the whole, composition, green screen, structure, sparsity, and what is left bare of the layer
     */
    public record EditLayer(float[] colour, float[] opacity, float[][] losses) {}

    /**
     * A network without a generator yet.
     *
     * @param file CLIP, as for {@link ClipModel}
     * @throws org.stablevideo.problem.ProblemException model-invalid when it holds something else
     */
    public EditLayerNetwork(SafetensorsFile file) {
        Weights weights = file.weights("");
        clip = ClipEye.of(weights);
        script = Script.ofResources(EditLayerNetwork.class, "text2live.ts", "clip_image.ts", "clip_text.ts", "blocks.ts");
        weights.pourInto(script);
    }

    /** Pixels across and down that CLIP sees; frames should have at least as many. */
    public int side() {
        return clip.side();
    }

    /**
     * Trains a generator and lets it paint.
     *
     * @param size texels of the atlas across and down, at least 8
     * @param atlas colours in [0, 1], shape (3, H, W)
     * @param frames what frames show of it, two frames apart, at least one, all squares of one size: their colours as they are, how far each pixel belongs to
     *     the layer, and where it lies in the atlas
     * @param prompt what the layer shall become
     * @param seed of the generator's beginning and of the crops
     */
    public EditLayer fit(FrameSize size, float[] atlas, List<Target> frames, String prompt, long seed, Training training, Progress progress) {
        if (atlas.length != 3 * size.area() || frames.isEmpty() || size.shortSide() < 8) {
            throw new IllegalArgumentException("an atlas of " + size + " with " + atlas.length + " values and " + frames.size() + " frames");
        }
        return TensorEngine.onOneThread(() -> train(size, atlas, frames, prompt, seed, training, progress));
    }

    private EditLayer train(FrameSize size, float[] atlas, List<Target> frames, String prompt, long seed, Training training, Progress progress) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][] losses = new float[training.steps][];
        try (NDManager scope = script.scope()) {
            NDArray whole = scope.create(atlas, new Shape(1, 3, size.height(), size.width()));
            NDArray texts = texts(scope, prompt);
            begin(generator(training, size, random));
            for (int step = 0; step < training.steps; step++) {
                progress.report("learning the edit, step " + (step + 1) + " of " + training.steps, (double) step / training.steps);
                List<Target> seen = neighbours(frames, random.nextInt(frames.size()));
                AtlasPart part = step % WHOLE_EVERY == 0 ? AtlasPart.whole(size) : AtlasPart.seen(size, seen);
                int side = seen.get(0).size().width();
                int crop = (int) Math.ceil(side * (LEAST_CROP + (1 - LEAST_CROP) * random.nextDouble()));
                double rate = Math.max(LEAST_RATE, RATE * Math.pow(DECAY, step));
                try (NDManager inner = script.scope()) {
                    losses[step] = script.train(
                            inner, "learn", inner.create(part.cut(atlas), new Shape(1, 3, part.height(), part.width())),
                            list(inner, seen, t -> t.colour(), 3), list(inner, seen, t -> t.weight(), 1), grids(inner, seen, part), texts,
                            random.nextInt(side - crop + 1), random.nextInt(side - crop + 1), crop, random.nextBoolean(), clip.side(),
                            step < training.steps / 3 ? BOOTSTRAP : 0, rate, step).singletonOrThrow().toFloatArray();
                }
            }
            float[] layer = script.call(scope, "layer", whole).singletonOrThrow().toFloatArray();
            progress.report("learning the edit", 1);
            int area = size.area();
            return new EditLayer(java.util.Arrays.copyOf(layer, 3 * area), java.util.Arrays.copyOfRange(layer, 3 * area, 4 * area), losses);
        }
    }

    /** A frame with those before and after it. */
    private static List<Target> neighbours(List<Target> frames, int at) {
        return frames.subList(Math.max(0, at - 1), Math.min(frames.size(), at + 2));
    }

    private NDArray texts(NDManager scope, String prompt) {
        float[] wanted = words(prompt);
        float[] screen = words(prompt + " over a green screen");
        float[] nothing = words("");
        float[] way = new float[wanted.length];
        double square = 0;
        for (int i = 0; i < way.length; i++) {
            way[i] = wanted[i] - nothing[i];
            square += (double) way[i] * way[i];
        }
        float[] all = new float[3 * wanted.length];
        for (int i = 0; i < way.length; i++) {
            all[i] = wanted[i];
            all[way.length + i] = screen[i];
            all[2 * way.length + i] = (float) (way[i] / Math.max(1e-9, Math.sqrt(square)));
        }
        return scope.create(all, new Shape(3, wanted.length));
    }

    /** The direction of a text, said in several ways. */
    private float[] words(String text) {
        float[] sum = new float[0];
        double square = 0;
        for (String template : TEMPLATES) {
            float[] one = clip.text(script, String.format(template, text).strip());
            sum = sum.length == 0 ? new float[one.length] : sum;
            for (int i = 0; i < sum.length; i++) {
                sum[i] += one[i];
            }
        }
        for (float value : sum) {
            square += (double) value * value;
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= (float) Math.sqrt(square);
        }
        return sum;
    }

    private void begin(Map<String, Weight> generator) {
        try (NDManager scope = script.scope()) {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            generator.forEach((name, weight) -> arrays.put(name, scope.create(weight.values, new Shape(weight.shape))));
            script.train(scope, "begin", arrays);
        }
    }

    private record Weight(float[] values, long... shape) {}

    /** Convolutions as PyTorch begins them, uniform in ±1/√(values in); normalisations that change nothing. */
    private static Map<String, Weight> generator(Training training, FrameSize size, SplittableRandom random) {
        Map<String, Weight> out = new LinkedHashMap<>();
        int deepest = 31 - Integer.numberOfLeadingZeros(size.shortSide()) - 1;
        int scales = Math.min(training.scales, deepest);
        int c = training.channels;
        for (int i = 0; i < scales; i++) {
            int in = i == 0 ? 3 : c;
            sew(out, GENERATOR + i + ".skip", training.skipped, in, 1, random);
            sew(out, GENERATOR + i + ".down", c, in, 3, random);
            sew(out, GENERATOR + i + ".deep", c, c, 3, random);
            sew(out, GENERATOR + i + ".up", c, c + training.skipped, 3, random);
            sew(out, GENERATOR + i + ".mix", c, c, 1, random);
        }
        convolution(out, GENERATOR + "out", 4, c, 1, random);
        return out;
    }

    private static void sew(Map<String, Weight> out, String name, int to, int from, int side, SplittableRandom random) {
        convolution(out, name, to, from, side, random);
        float[] ones = new float[to];
        java.util.Arrays.fill(ones, 1);
        out.put(name + ".norm.weight", new Weight(ones, to));
        out.put(name + ".norm.bias", new Weight(new float[to], to));
    }

    private static void convolution(Map<String, Weight> out, String name, int to, int from, int side, SplittableRandom random) {
        double bound = 1 / Math.sqrt((double) from * side * side);
        out.put(name + ".weight", new Weight(uniform(to * from * side * side, bound, random), to, from, side, side));
        out.put(name + ".bias", new Weight(uniform(to, bound, random), to));
    }

    private static float[] uniform(int count, double bound, SplittableRandom random) {
        float[] out = new float[count];
        for (int i = 0; i < count; i++) {
            out[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
        return out;
    }

    private interface Plane {
        float[] of(Target target);
    }

    private static NDList list(NDManager scope, List<Target> seen, Plane plane, int channels) {
        NDList out = new NDList();
        for (Target target : seen) {
            out.add(scope.create(plane.of(target), new Shape(1, channels, target.size().height(), target.size().width())));
        }
        return out;
    }

    private static NDList grids(NDManager scope, List<Target> seen, AtlasPart part) {
        List<NDArray> out = new ArrayList<>();
        for (Target target : seen) {
            out.add(scope.create(part.grid(target.grid()), new Shape(1, target.size().height(), target.size().width(), 2)));
        }
        return new NDList(out);
    }

    @Override
    public void close() {
        script.close();
    }
}
