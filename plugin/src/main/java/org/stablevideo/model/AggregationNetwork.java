package org.stablevideo.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.SplittableRandom;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.TensorEngine;

/**
 * The aggregation network of StableVideo (section 3.3, equation 7): two small convolutions around a shortcut, trained for one edit so that the
 * merged atlas, sampled where each key frame looks, gives that key frame's edited colours.
 *
 * <p>Deviations: the second layer starts at zero instead of at random, so training starts from the merged atlas; the rate falls to nothing and the
 * weights of the least loss are taken, so it never ends worse than it started; colours are held to [0, 1] after training and not in it, where a channel that
 * once fell below 0 had no slope to come back by (a red thing lost what it had of blue);
 * atlases of more than {@value #TEXELS} texels are refined through their reduced picture, so that a fit takes seconds. The number of epochs is
 * what the caller says, never a matter of time: the same input gives the same atlas.
 */
public final class AggregationNetwork implements AutoCloseable {

    /** Texels that the convolutions see at most. */
    static final int TEXELS = 160 * 160;

    private static final int CHANNELS = 64;
    private static final int EPOCHS_PER_CALL = 5;

    private final Script script = Script.ofResources(AggregationNetwork.class, "aggregation.ts");

    /**
     * What one edited key frame says about the atlas; a crop or a reduced picture does as well as a whole frame.
     *
     * @param size pixels across and down
     * @param colour edited colours in [0, 1], shape (3, h, w)
     * @param weight how much each pixel belongs to the layer, in [0, 1], shape (h, w)
     * @param grid where each pixel lies in the atlas, shape (h, w, 2) as (u, v); ±1 are the centres of the edge texels, outside counts as edge
     */
    public record Target(FrameSize size, float[] colour, float[] weight, float[] grid) {

        public Target {
            int area = size.area();
            if (colour.length != 3 * area || weight.length != area || grid.length != 2 * area) {
                throw new IllegalArgumentException(
                        "a target of " + size + " needs " + 3 * area + " colours, " + area + " weights, " + 2 * area + " positions, got "
                                + colour.length + ", " + weight.length + ", " + grid.length);
            }
        }
    }

    /**
     * A refined atlas.
     *
     * @param atlas colours in [0, 1], shape (3, H, W)
     * @param losses equation 7 before each epoch; empty where there was nothing to learn from
     */
    public record Fit(float[] atlas, float[] losses) {}

    /**
     * Fits the network anew and applies it.
     *
     * @param size texels of the atlas across and down
     * @param atlas merged colours in [0, 1], shape (3, H, W); not changed
     * @param targets the edited key frames; none, or none with weight, gives the atlas back
     * @param epochs passes over all targets, at least 0; 200 take about 3 s on one core at most sizes
     * @param rate learning rate of gradient descent with momentum 0.9 at the start, from where it falls in a line; 3e-3 in the paper
     * @param progress hears of every few epochs and may cancel
     */
    public Fit fit(FrameSize size, float[] atlas, List<Target> targets, int epochs, double rate, Progress progress) {
        if (atlas.length != 3 * size.area()) {
            throw new IllegalArgumentException("an atlas of " + size + " has " + 3 * size.area() + " values, got " + atlas.length);
        }
        List<Target> useful = targets.stream().filter(AggregationNetwork::hasWeight).toList();
        if (useful.isEmpty() || epochs == 0) {
            return new Fit(atlas.clone(), new float[0]);
        }
        return TensorEngine.onOneThread(() -> descend(size, atlas, useful, epochs, rate, progress));
    }

    private Fit descend(FrameSize size, float[] atlas, List<Target> useful, int epochs, double rate, Progress progress) {
        float[] losses = new float[epochs];
        try (NDManager scope = script.scope()) {
            NDArray whole = scope.create(atlas, new Shape(1, 3, size.height(), size.width()));
            NDArray small = script.train(scope, "reduce", whole, reduction(size)).singletonOrThrow();
            NDList colours = new NDList();
            NDList weights = new NDList();
            NDList grids = new NDList();
            for (Target target : useful) {
                int w = target.size.width();
                int h = target.size.height();
                colours.add(scope.create(target.colour, new Shape(1, 3, h, w)));
                weights.add(scope.create(target.weight, new Shape(1, 1, h, w)));
                grids.add(scope.create(target.grid, new Shape(1, h, w, 2)));
            }
            script.train(scope, "begin", scope.create(firstLayer(), new Shape(CHANNELS, 3, 3, 3)));
            for (int done = 0; done < epochs; ) {
                progress.report("refining the atlas", (double) done / epochs);
                int n = Math.min(EPOCHS_PER_CALL, epochs - done);
                try (NDManager step = script.scope()) {
                    NDArray loss = script.train(step, "epochs", whole, small, colours, weights, grids, done, n, epochs, rate).singletonOrThrow();
                    System.arraycopy(loss.toFloatArray(), 0, losses, done, n);
                }
                done += n;
            }
            NDArray refined = script.call(scope, "apply", whole, small).singletonOrThrow();
            progress.report("refining the atlas", 1);
            return new Fit(refined.toFloatArray(), losses);
        }
    }

    private static int reduction(FrameSize size) {
        int factor = 1;
        while ((long) (size.width() / factor) * (size.height() / factor) > TEXELS) {
            factor++;
        }
        return factor;
    }

    /** Uniform in ±1/√27, as such layers usually start, from a fixed seed. */
    private static float[] firstLayer() {
        SplittableRandom random = new SplittableRandom(7);
        float[] weights = new float[CHANNELS * 27];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) ((2 * random.nextDouble() - 1) / Math.sqrt(27));
        }
        return weights;
    }

    private static boolean hasWeight(Target target) {
        for (float w : target.weight) {
            if (w > 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        script.close();
    }
}
