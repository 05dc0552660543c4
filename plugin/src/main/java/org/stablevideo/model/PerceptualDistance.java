package org.stablevideo.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.stablevideo.frame.Picture;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.Weights;

/** LPIPS on AlexNet ({@code lpips.ts}): how different two pictures look to a network. Close it to free the weights. */
public final class PerceptualDistance implements AutoCloseable {

    /** Short sides below this leave nothing for the last layers. */
    private static final int LEAST = 35;

    private final Script script;

    /**
     * Copies the weights of a file in the naming of the PyPI package {@code lpips}.
     *
     * @throws org.stablevideo.problem.ProblemException model-invalid when it holds something else
     */
    public PerceptualDistance(SafetensorsFile file) {
        Weights weights = file.weights("");
        weights.shapeOf("net.slice1.0.weight");
        weights.shapeOf("lin4.model.1.weight");
        weights.shapeOf("scaling_layer.shift");
        script = Script.ofResources(PerceptualDistance.class, "lpips.ts", "blocks.ts");
        weights.pourInto(script);
    }

    /**
     * The distance of two pictures of one size: 0 for equal ones, about 1 for quite different ones; NaN where they are too small.
     */
    public double between(Picture a, Picture b) {
        if (!a.size().equals(b.size())) {
            throw new IllegalArgumentException("pictures of " + a.size() + " and " + b.size());
        }
        if (Math.min(a.width(), a.height()) < LEAST) {
            return Double.NaN;
        }
        try (NDManager scope = script.scope()) {
            return script.call(scope, "distance", colours(scope, a), colours(scope, b)).singletonOrThrow().toFloatArray()[0];
        }
    }

    private static NDArray colours(NDManager scope, Picture picture) {
        int area = picture.size().area();
        float[] values = new float[3 * area];
        for (int i = 0; i < values.length; i++) {
            values[i % 3 * area + i / 3] = (picture.rgb()[i] & 255) / 127.5f - 1;
        }
        return scope.create(values, new Shape(1, 3, picture.height(), picture.width()));
    }

    @Override
    public void close() {
        script.close();
    }
}
