package org.stablevideo.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.stablevideo.tensor.Patches;
import org.stablevideo.tensor.Precision;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.Weights;

/** A ControlNet ({@code controlnet.ts}) over the weights of a file; it may be narrower than its UNet. Close it to free them. */
public final class ControlNet implements AutoCloseable {

    private final Script script;

    /** Copies the weights, whose names start at {@code conv_in.weight}; single precision. */
    public ControlNet(Weights weights) {
        this(weights, Precision.SINGLE);
    }

    /** As above, in a precision of the caller's choice. */
    public ControlNet(Weights weights, Precision precision) {
        weights.shapeOf("conv_in.weight");
        weights.shapeOf("controlnet_cond_embedding.conv_in.weight");
        script = Script.ofResources(ControlNet.class, "controlnet.ts", "encoder.ts", "blocks.ts");
        weights.pourInto(script, precision, Patches.NONE, true);
    }

    /** A scope for arguments and results. */
    public NDManager scope() {
        return script.scope();
    }

    /**
     * Brings the structure to the latents' size; once a picture is enough.
     *
     * @param hint shape (1, 3, H, W), in [0, 1]
     * @return shape (1, c, h, w), owned by the scope
     */
    public NDArray hint(NDManager scope, NDArray hint) {
        return script.call(scope, "hint", hint).singletonOrThrow();
    }

    /**
     * What to add inside the UNet.
     *
     * @param latents shape (B, 4, h, w)
     * @param time timesteps, shape (B)
     * @param text features, shape (B, tokens, width)
     * @param hint from {@link #hint}
     * @param strength factor on everything, in [0, 2]
     * @return one tensor a skip from the top down, the middle's last, owned by the scope
     */
    public NDList forward(NDManager scope, NDArray latents, NDArray time, NDArray text, NDArray hint, double strength) {
        return script.call(scope, "forward", latents, time, text, hint, strength);
    }

    @Override
    public void close() {
        script.close();
    }
}
