package org.stablevideo.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.stablevideo.tensor.Patches;
import org.stablevideo.tensor.Precision;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.Weights;

/** The autoencoder ({@code vae.ts}) over the weights of a file. Close it to free them. */
public final class Autoencoder implements AutoCloseable {

    /** Pieces overlap by a quarter of their side. */
    private static final int OVERLAP = 4;

    private final Script script;
    private final int stride;

    /** Copies the weights, whose names start at {@code encoder.conv_in.weight}; single precision. */
    public Autoencoder(Weights weights) {
        this(weights, Precision.SINGLE);
    }

    /** As above, in a precision of the caller's choice. */
    public Autoencoder(Weights weights, Precision precision) {
        stride = strideOf(weights);
        script = Script.ofResources(Autoencoder.class, "vae.ts", "blocks.ts");
        weights.pourInto(script, precision, Patches.NONE, true);
    }

    /** Pixels a side that one latent stands for in an autoencoder with these weights. */
    public static int strideOf(Weights weights) {
        weights.shapeOf("encoder.conv_in.weight");
        weights.shapeOf("decoder.conv_in.weight");
        return 1 << weights.count("encoder.down_blocks.", ".resnets.0.conv1.weight") - 1;
    }

    /** A scope for arguments and results. */
    public NDManager scope() {
        return script.scope();
    }

    /** Pixels a side that one latent stands for: 8 in SD 1.5. */
    public int stride() {
        return stride;
    }

    /**
     * The mean latents of a picture, unscaled.
     *
     * @param picture shape (B, 3, H, W), in [-1, 1]
     * @return shape (B, 4, H / stride, W / stride), owned by the scope
     */
    public NDArray encode(NDManager scope, NDArray picture) {
        return script.call(scope, "encode", picture).singletonOrThrow();
    }

    /**
     * The picture of latents.
     *
     * @param latents unscaled, shape (B, 4, h, w)
     * @return about in [-1, 1], shape (B, 3, h * stride, w * stride), owned by the scope
     */
    public NDArray decode(NDManager scope, NDArray latents) {
        return script.call(scope, "decode", latents).singletonOrThrow();
    }

    /**
     * As {@link #encode}, in pieces.
     *
     * @param planes colours in [-1, 1], three planes of (height · stride) × (width · stride)
     * @param height of the latents
     * @param width of the latents
     * @param side length of a piece, in latents
     * @return four planes of height × width
     */
    public float[] encodeInTiles(float[] planes, int height, int width, int side) {
        return new Tiles(side, side / OVERLAP).apply(planes, height, width, stride, 1, (piece, h, w) -> {
            try (NDManager scope = scope()) {
                return encode(scope, scope.create(piece, new Shape(1, 3, (long) h * stride, (long) w * stride))).toFloatArray();
            }
        });
    }

    /**
     * As {@link #decode}, in pieces.
     *
     * @param latents four planes of height × width, unscaled
     * @param side length of a piece, in latents
     * @return three planes of (height · stride) × (width · stride)
     */
    public float[] decodeInTiles(float[] latents, int height, int width, int side) {
        return new Tiles(side, side / OVERLAP).apply(latents, height, width, 1, stride, (piece, h, w) -> {
            try (NDManager scope = scope()) {
                return decode(scope, scope.create(piece, new Shape(1, 4, h, w))).toFloatArray();
            }
        });
    }

    @Override
    public void close() {
        script.close();
    }
}
