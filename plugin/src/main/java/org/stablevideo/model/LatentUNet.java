package org.stablevideo.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.stablevideo.tensor.Patches;
import org.stablevideo.tensor.Precision;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.Weights;

/** The latent UNet ({@code unet.ts}) over the weights of a file; SD 1.5 and smaller ones alike. Close it to free them. */
public final class LatentUNet implements AutoCloseable {

    private final Script script;
    private final int stride;
    private final int textWidth;

    /** Copies the weights, whose names start at {@code conv_in.weight}; single precision. */
    public LatentUNet(Weights weights) {
        this(weights, Patches.NONE);
    }

    /** As above, with additions to the weights. */
    public LatentUNet(Weights weights, Patches patches) {
        this(weights, Precision.SINGLE, patches);
    }

    /**
     * As above.
     *
     * @param precision in which it computes
     * @param patches added to the weights
     */
    public LatentUNet(Weights weights, Precision precision, Patches patches) {
        weights.shapeOf("conv_in.weight");
        weights.shapeOf("time_embedding.linear_1.weight");
        stride = strideOf(weights);
        textWidth = textWidthOf(weights);
        script = Script.ofResources(LatentUNet.class, "unet.ts", "injection.ts", "tuning.ts", "encoder.ts", "blocks.ts");
        weights.pourInto(script, precision, patches, true);
    }

    /** Width of the text features that a UNet with these weights understands. */
    public static int textWidthOf(Weights weights) {
        return (int) weights.shapeOf("mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight")[1];
    }

    /** Latent sides are multiples of this in a UNet with these weights. */
    public static int strideOf(Weights weights) {
        return 1 << weights.count("down_blocks.", ".resnets.0.conv1.weight") - 1;
    }

    /** A scope for arguments and results. */
    public NDManager scope() {
        return script.scope();
    }

    /** Latent sides are multiples of this: 8 for the four levels of SD 1.5. */
    public int stride() {
        return stride;
    }

    /** Width of the text features it understands. */
    public int textWidth() {
        return textWidth;
    }

    /**
     * Predicts noise or velocity.
     *
     * @param latents shape (B, 4, h, w)
     * @param time timesteps in [0, 1000), shape (B)
     * @param text features, shape (B, tokens, textWidth)
     * @param control from {@link ControlNet#forward}, or empty
     * @return shape (B, 4, h, w), owned by the scope
     */
    public NDArray forward(NDManager scope, NDArray latents, NDArray time, NDArray text, NDList control) {
        return control.isEmpty()
                ? script.call(scope, "forward_alone", latents, time, text).singletonOrThrow()
                : script.call(scope, "forward", latents, time, text, control).singletonOrThrow();
    }

    /**
     * Predicts with features of other frames in place of the picture's own ({@code injection.ts}).
     *
     * @param control as in {@link #forward}
     * @param first features of the anchor, what this method returned for it without its first element; empty paints the picture by itself
     * @param previous features of the frame before, as many
     * @return the prediction as in {@link #forward}, then the picture's own features a site, each of shape (B, tokens, c); owned by the scope
     */
    public NDList forwardInjected(NDManager scope, NDArray latents, NDArray time, NDArray text, NDList control, NDList first, NDList previous) {
        NDList none = new NDList(latents);
        try {
            return script.call(
                    scope, "forward_injected", latents, time, text, control.isEmpty() ? none : control, first.isEmpty() ? none : first,
                    previous.isEmpty() ? none : previous);
        } catch (RuntimeException e) {
            script.call(scope, "forget");
            throw e;
        }
    }

    /** Begins tuning ({@code tuning.ts}): until {@link #tuneEnd} the queries of attention change with every {@link #tuneStep}. */
    public void tuneBegin() {
        try (NDManager scope = script.scope()) {
            script.train(scope, "tune_begin");
        }
    }

    /**
     * A step of tuning, on a batch of one.
     *
     * @param first features of the anchor, as for {@link #forwardInjected}; not empty
     * @param previous features of the frame before
     * @param target what should be predicted, of the latents' shape
     * @param rate learning rate
     * @param step from 1
     * @return mean square error before the step
     */
    public double tuneStep(
            NDManager scope, NDArray latents, NDArray time, NDArray text, NDList control, NDList first, NDList previous, NDArray target, double rate,
            int step) {
        NDList held = control.isEmpty() ? new NDList(latents) : control;
        return script.train(scope, "tune_step", latents, time, text, held, first, previous, target, rate, step).singletonOrThrow().toFloatArray()[0];
    }

    /** Gives the queries back what they were. */
    public void tuneEnd() {
        try (NDManager scope = script.scope()) {
            script.call(scope, "forget");
            script.call(scope, "tune_end");
        }
        script.pack();
    }

    @Override
    public void close() {
        script.close();
    }
}
