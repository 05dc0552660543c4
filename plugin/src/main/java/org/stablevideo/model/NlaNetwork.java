package org.stablevideo.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.stablevideo.space.NormalisedFrame;
import org.stablevideo.tensor.Script;

/**
 * The networks of neural layered atlases (Kasten et al., “Layered Neural Atlases for Consistent Video Editing”, 2021; {@code nla.ts}) while they learn one
 * clip: a mapping of each layer, one picture of both layers' atlases, and the object's opacity. Positions are pixel column, pixel row and frame number,
 * three values a point, whole numbers being pixel centres. Close it to free the weights; one call at a time.
 */
public final class NlaNetwork implements AutoCloseable {

    /** Share of a mapping's range, −1…1, that one frame takes up at the beginning. */
    public static final double SCALE = 0.8;

    private static final int WIDTH = 256;
    private static final List<Net> NETS = List.of(
            new Net("foreground", 3, 2, 6, List.of()), new Net("background", 3, 2, 4, List.of()), new Net("colour", 40, 3, 8, List.of(4, 7)),
            new Net("opacity", 30, 1, 8, List.of()));

    private final Script script = Script.ofResources(NlaNetwork.class, "nla.ts");
    private final double half;
    private final double halfTime;
    private final boolean object;
    private final Map<String, long[]> shapes;

    private record Net(String name, int in, int out, int layers, List<Integer> skips) {

        long[] shape(int layer) {
            int from = layer == 0 ? in : WIDTH + (skips.contains(layer) ? in : 0);
            return new long[] {layer == layers - 1 ? out : WIDTH, from};
        }
    }

    /** What an iteration minimises, in the order of the losses. */
    public enum Term {
        /** Square error of the colour, summed over the channels. */
        COLOUR,
        /** Square error of the forward differences, right and down. */
        GRADIENT,
        /** Square of the foreground's colour where it is not seen. */
        SPARSITY,
        /** How far the foreground's mapping is from keeping lengths, over one pixel; least 2√2. */
        RIGIDITY_FOREGROUND,
        /** The background's. */
        RIGIDITY_BACKGROUND,
        /** The foreground's over 100 pixels. */
        GLOBAL_FOREGROUND,
        /** The background's over 100 pixels. */
        GLOBAL_BACKGROUND,
        /** How far the foreground slips along the optical flow, in pixels. */
        FLOW_FOREGROUND,
        /** The background's. */
        FLOW_BACKGROUND,
        /** How much opacity changes along the optical flow. */
        FLOW_OPACITY,
        /** Cross entropy of opacity and the given mask. */
        BOOTSTRAP
    }

    /**
     * Random pixels of a clip, n of them.
     *
     * @param at positions, 3n
     * @param seen colour in [0, 1] and its forward differences to the right and down, 9n
     * @param mask share of the object, in [0, 1], n
     * @param ahead where pixels with consistent flow lie in the next frame, 3 values each
     * @param aheadOf the numbers of those pixels
     * @param behind the same for the frame before
     * @param behindOf the numbers of those pixels
     */
    public record Batch(float[] at, float[] seen, float[] mask, float[] ahead, int[] aheadOf, float[] behind, int[] behindOf) {

        public Batch {
            int n = mask.length;
            if (n == 0 || at.length != 3 * n || seen.length != 9 * n || ahead.length != 3 * aheadOf.length || behind.length != 3 * behindOf.length) {
                throw new IllegalArgumentException(
                        "a batch of " + n + " pixels with " + at.length + ", " + seen.length + ", " + ahead.length + ", " + behind.length + " values");
            }
        }
    }

    /**
     * Networks that know nothing yet: uniform in ±1/√(values in), as PyTorch begins them.
     *
     * @param space size and length of the clip
     * @param object whether there is a foreground; without one only the background and its picture learn
     */
    public NlaNetwork(NormalisedFrame space, boolean object, long seed) {
        this.half = space.size().longSide() / 2.0;
        this.halfTime = space.frames() / 2.0;
        this.object = object;
        this.shapes = shapes();
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, float[]> start = new LinkedHashMap<>();
        for (Net net : NETS) {
            for (int i = 0; i < net.layers; i++) {
                double bound = 1 / Math.sqrt(net.shape(i)[1]);
                for (String kind : List.of(".weight", ".bias")) {
                    String name = net.name + "." + i + kind;
                    start.put(name, uniform(elements(shapes.get(name)), bound, random));
                }
            }
        }
        restart(start);
    }

    private static Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (Net net : NETS) {
            for (int i = 0; i < net.layers; i++) {
                shapes.put(net.name + "." + i + ".weight", net.shape(i));
                shapes.put(net.name + "." + i + ".bias", new long[] {net.shape(i)[0]});
            }
        }
        return shapes;
    }

    private static float[] uniform(int count, double bound, SplittableRandom random) {
        float[] out = new float[count];
        for (int i = 0; i < count; i++) {
            out[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
        return out;
    }

    private static int elements(long... shape) {
        return (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    /** The weights' names and shapes, {@code (out, in)} or {@code (out)}, in order. */
    public Map<String, long[]> weights() {
        return java.util.Collections.unmodifiableMap(shapes);
    }

    /** The state's names and shapes: the weights, both moments of Adam ({@code "mean "} and {@code "square "} before their names), and its {@code step}. */
    public Map<String, long[]> layout() {
        Map<String, long[]> all = new LinkedHashMap<>();
        for (String head : List.of("", "mean ", "square ")) {
            shapes.forEach((name, shape) -> all.put(head + name, shape));
        }
        all.put("step", new long[] {1});
        return all;
    }

    /** Takes weights, by their names, and forgets what Adam knew. */
    public void restart(Map<String, float[]> weights) {
        Map<String, float[]> state = new LinkedHashMap<>();
        layout().forEach((name, shape) -> state.put(name, weights.containsKey(name) && !name.contains(" ") ? weights.get(name) : new float[elements(shape)]));
        state.put("step", new float[1]);
        restore(state);
    }

    /** Everything that learning goes on from, by the names of {@link #layout}. */
    public Map<String, float[]> state() {
        Map<String, float[]> state = new LinkedHashMap<>();
        try (NDManager scope = script.scope()) {
            NDList tensors = script.train(scope, "tensors");
            int i = 0;
            for (String name : layout().keySet()) {
                state.put(name, tensors.get(i++).toFloatArray());
            }
        }
        return state;
    }

    /** Goes on from a {@link #state}. */
    public void restore(Map<String, float[]> state) {
        try (NDManager scope = script.scope()) {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            layout().forEach((name, shape) -> {
                float[] values = state.get(name);
                if (values == null || values.length != elements(shape)) {
                    throw new IllegalArgumentException("no state: " + name + " of " + Arrays.toString(shape));
                }
                arrays.put(name, scope.create(values, new Shape(shape)));
            });
            script.train(scope, "begin", arrays);
        }
    }

    /**
     * One step of the beginning, in which the mappings learn to leave every pixel where it is.
     *
     * @param at positions, 3 values each
     * @param rate learning rate
     * @return mean distance from that in the range of the mappings, of both layers together
     */
    public double settle(float[] at, double rate) {
        try (NDManager scope = script.scope()) {
            return script.train(scope, "settle", points(scope, at), half, halfTime, SCALE, object, rate).singletonOrThrow().getFloat();
        }
    }

    /**
     * One iteration: Adam on all networks.
     *
     * @param weights what each {@link Term} counts; those over 100 pixels are left out where both count nothing
     * @param rate learning rate
     * @return the terms before the step, unweighted; 0 for those left out
     */
    public float[] learn(Batch batch, float[] weights, double rate) {
        try (NDManager scope = script.scope()) {
            NDArray counts = scope.create(weights, new Shape(Term.values().length));
            boolean far = weights[Term.GLOBAL_FOREGROUND.ordinal()] > 0 || weights[Term.GLOBAL_BACKGROUND.ordinal()] > 0;
            int n = batch.mask.length;
            return script.train(
                    scope, "learn", points(scope, batch.at), scope.create(batch.seen, new Shape(n, 9)), scope.create(batch.mask, new Shape(n)),
                    points(scope, batch.ahead), scope.create(batch.aheadOf), points(scope, batch.behind), scope.create(batch.behindOf), half, halfTime,
                    SCALE, object, counts, far, rate).singletonOrThrow().toFloatArray();
        }
    }

    /**
     * Where points lie in a layer's atlas.
     *
     * @param front whether the foreground's is asked for
     * @return u and v in −1…1, two values a point
     */
    public float[] map(boolean front, float... at) {
        try (NDManager scope = script.scope()) {
            return script.call(scope, "read_map", points(scope, at), half, halfTime, front).singletonOrThrow().toFloatArray();
        }
    }

    /** The object's opacity at points, in [0.001, 0.991]. */
    public float[] opacity(float... at) {
        try (NDManager scope = script.scope()) {
            return script.call(scope, "read_opacity", points(scope, at), half, halfTime).singletonOrThrow().toFloatArray();
        }
    }

    /**
     * Colours of a layer's atlas.
     *
     * @param front whether the foreground's is asked for
     * @param uv as {@link #map} gives it
     * @return R, G, B in [0, 1], three values a point
     */
    public float[] colour(boolean front, float... uv) {
        float[] at = new float[uv.length];
        for (int i = 0; i < at.length; i++) {
            at[i] = 0.5f * uv[i] + (front ? 0.5f : -0.5f);
        }
        try (NDManager scope = script.scope()) {
            return script.call(scope, "colour", scope.create(at, new Shape(at.length / 2, 2))).singletonOrThrow().toFloatArray();
        }
    }

    private static NDArray points(NDManager scope, float... at) {
        return scope.create(at, new Shape(at.length / 3, 3));
    }

    @Override
    public void close() {
        script.close();
    }
}
