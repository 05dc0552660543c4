package org.stablevideo.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.Patches;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.Weights;

/**
 * Low-rank additions to a network that its own file brings: W' = W + up · down (Hu et al. 2022) for the layers that have {@code LAYER.lora_up.weight}, shape
 * (out, r) and {@code LAYER.lora_down.weight}, shape (r, in); kernels have their inputs and sides in one.
 *
 * @param pairs the additions, by the network's names
 */
public record LowRank(Weights pairs) implements Patches {

    private static final String WEIGHT = ".weight";
    private static final String UP = ".lora_up.weight";
    private static final String DOWN = ".lora_down.weight";

    /**
     * Makes sure that all additions fit.
     *
     * @throws ProblemException model-invalid where one does not
     */
    public static LowRank of(Weights network, Weights pairs) {
        for (String name : pairs.names().keySet()) {
            String tensor = name.replaceFirst("\\.lora_(up|down)\\.weight$", WEIGHT);
            long[] up = pairs.shapeOf(half(tensor, UP));
            long[] down = pairs.shapeOf(half(tensor, DOWN));
            long[] whole = network.shapeOf(tensor);
            long inner = Arrays.stream(whole).skip(1).reduce(1, (a, b) -> a * b);
            if (!Arrays.equals(up, new long[] {whole[0], down[0]}) || !Arrays.equals(down, new long[] {up[1], inner})) {
                throw new ProblemException(new ModelInvalid(
                        "The model file " + network.file().path() + " adds " + Arrays.toString(up) + " times " + Arrays.toString(down) + " to the tensor " + tensor
                                + " of " + Arrays.toString(whole) + ".",
                        "Fetch the file again, or choose the bundled model (model=pocket)."));
            }
        }
        return new LowRank(pairs);
    }

    private static String half(String tensor, String end) {
        return tensor.substring(0, tensor.length() - WEIGHT.length()) + end;
    }

    @Override
    public boolean touches(String name) {
        return name.endsWith(WEIGHT) && pairs.has(half(name, UP));
    }

    @Override
    public void apply(Script script, String name) {
        String up = half(name, UP);
        String down = half(name, DOWN);
        try (NDManager scope = script.scope()) {
            script.addLowRank(
                    name,
                    scope.create(pairs.floats(up), new Shape(pairs.shapeOf(up))),
                    scope.create(pairs.floats(down), new Shape(pairs.shapeOf(down))),
                    1);
        }
    }
}
