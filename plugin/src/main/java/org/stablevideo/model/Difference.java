package org.stablevideo.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.Patches;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.TensorEntry;
import org.stablevideo.tensor.Weights;

/**
 * How a network differs from another one of the same file: W' = W + s·d, for all tensors that the file has below a prefix. The differences d may be whole numbers of
 * 8 bits; their scales s, one for each output, are in {@code NAME.scale}, and 1 where there is no such tensor.
 *
 * @param network the network that it is added to
 * @param prefix of the differences' names in the file
 */
public record Difference(Weights network, String prefix) implements Patches {

    private static final String SCALE = ".scale";

    /**
     * Makes sure that all of it fits.
     *
     * @throws ProblemException model-invalid where something does not
     */
    public static Difference of(Weights network, String prefix) {
        for (TensorEntry entry : network.file().entries().values()) {
            if (entry.name().startsWith(prefix)) {
                boolean scale = entry.name().endsWith(SCALE);
                String name = entry.name().substring(prefix.length(), entry.name().length() - (scale ? SCALE.length() : 0));
                long[] whole = network.shapeOf(name);
                long[] wanted = scale ? Arrays.copyOf(whole, 1) : whole;
                if (!Arrays.equals(wanted, entry.shape())) {
                    throw new ProblemException(new ModelInvalid(
                            "The model file " + network.file().path() + " has the tensor " + entry.name() + " of " + Arrays.toString(entry.shape())
                                    + ", which is to be added to one of " + Arrays.toString(whole) + ".",
                            "Fetch the file again, or choose the bundled model (model=pocket)."));
                }
            }
        }
        return new Difference(network, prefix);
    }

    /** Whether a file has any. */
    public static boolean isIn(Weights network, String prefix) {
        return network.file().entries().keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    @Override
    public boolean touches(String name) {
        return network.file().entries().containsKey(prefix + name);
    }

    @Override
    public void apply(Script script, String name) {
        float[] difference = network.floats(prefix + name);
        if (touches(name + SCALE)) {
            float[] scale = network.floats(prefix + name + SCALE);
            int inner = difference.length / scale.length;
            for (int i = 0; i < difference.length; i++) {
                difference[i] *= scale[i / inner];
            }
        }
        try (NDManager scope = script.scope()) {
            script.add(name, scope.create(difference, new Shape(network.shapeOf(name))));
        }
    }
}
