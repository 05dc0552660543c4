package org.stablevideo.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.Script;

/**
 * Tells how near things are in a picture: Depth Anything V2, small ({@code depth_anything.ts}), or the paper's DPT-Hybrid ({@code dpt_hybrid.ts}). Close
 * it to free the weights.
 */
public final class DepthEstimator implements AutoCloseable {

    private static final String ROLE = "a network that estimates depth";

    private final Script script;
    private final int multiple;
    private final double shortSide;

    /**
     * Copies the weights of a file in the naming of transformers.
     *
     * @throws org.stablevideo.problem.ProblemException model-invalid for a file of another kind
     */
    public DepthEstimator(SafetensorsFile file) {
        boolean hybrid = ModelKind.of(file) == ModelKind.DPT_HYBRID;
        (hybrid ? ModelKind.DPT_HYBRID : ModelKind.DEPTH_ANYTHING).demand(file, ROLE);
        multiple = hybrid ? 32 : 14;
        shortSide = hybrid ? 384 : 518;
        script = Script.ofResources(DepthEstimator.class, hybrid ? "dpt_hybrid.ts" : "depth_anything.ts", "dpt.ts", "blocks.ts");
        file.weights("").renamed(DepthEstimator::settled).pourInto(script);
    }

    /** Newer versions of transformers name the attention's layers otherwise. */
    private static String settled(String name) {
        return name.replaceFirst("\\.attention\\.q_proj\\.", ".attention.attention.query.")
                .replaceFirst("\\.attention\\.k_proj\\.", ".attention.attention.key.")
                .replaceFirst("\\.attention\\.v_proj\\.", ".attention.attention.value.")
                .replaceFirst("\\.attention\\.o_proj\\.", ".attention.output.dense.");
    }

    /** A scope for arguments and results. */
    public NDManager scope() {
        return script.scope();
    }

    /**
     * How near everything is.
     *
     * @param picture shape (1, 3, H, W), in [0, 1]
     * @return shape (1, 1, H, W), 0 where it is farthest, 1 where it is nearest, owned by the scope
     */
    public NDArray near(NDManager scope, NDArray picture) {
        return look(scope, "near", picture);
    }

    /**
     * How near everything is, in the network's own measure: to compare pictures of one clip with each other.
     *
     * @param picture shape (1, 3, H, W), in [0, 1]
     * @return shape (1, 1, H, W), at least 0, owned by the scope
     */
    public NDArray relative(NDManager scope, NDArray picture) {
        return look(scope, "relative", picture);
    }

    private NDArray look(NDManager scope, String method, NDArray picture) {
        long height = picture.getShape().get(2);
        long width = picture.getShape().get(3);
        double scale = shortSide / Math.min(height, width);
        return script.call(scope, method, picture, patches(height * scale), patches(width * scale)).singletonOrThrow();
    }

    /**
     * The network's own answer.
     *
     * @param colours normalised, shape (1, 3, H, W), sides multiples of 14, or of 32 for DPT-Hybrid
     * @return shape (1, 1, H, W), larger is nearer, owned by the scope
     */
    public NDArray predict(NDManager scope, NDArray colours) {
        return script.call(scope, "predict", colours).singletonOrThrow();
    }

    private int patches(double side) {
        return (int) Math.max(1, Math.round(side / multiple)) * multiple;
    }

    @Override
    public void close() {
        script.close();
    }
}
