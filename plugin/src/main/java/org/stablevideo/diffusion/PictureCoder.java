package org.stablevideo.diffusion;

import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.model.Autoencoder;
import org.stablevideo.tensor.MemoryShortException;

/**
 * Pictures to latents and back, in pieces where they are large or memory is short.
 *
 * @param network the autoencoder
 * @param scale factor from its latents to the UNet's
 * @param stride pixels a side that a latent stands for
 */
record PictureCoder(OnDemand<Autoencoder> network, double scale, int stride) implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PictureCoder.class);

    /** Latents that the autoencoder works on at once, at most: a picture of a megapixel. */
    private static final int LARGEST_PIECE = 128 * 128;

    private static final int TILE = 64;
    private static final int LEAST_SIDE = 16;

    /** Latents of a picture, scaled as the UNet wants them. */
    float[] encode(Picture picture) {
        int area = picture.size().area();
        float[] values = new float[3 * area];
        for (int i = 0; i < 3 * area; i++) {
            values[i % 3 * area + i / 3] = (picture.rgb()[i] & 255) / 127.5f - 1;
        }
        int height = picture.height() / stride;
        int width = picture.width() / stride;
        float[] latents = inPieces(side -> network.get().encodeInTiles(values, height, width, side), height, width);
        for (int i = 0; i < latents.length; i++) {
            latents[i] = (float) (latents[i] * scale);
        }
        return latents;
    }

    /** The picture of latents. */
    Picture decode(FrameSize size, float... latents) {
        return rounded(values(size, latents), size);
    }

    /** The picture of latents before it is rounded: three planes, about in [-1, 1]. */
    float[] values(FrameSize size, float... latents) {
        float[] unscaled = latents.clone();
        for (int i = 0; i < unscaled.length; i++) {
            unscaled[i] = (float) (unscaled[i] / scale);
        }
        int height = size.height() / stride;
        int width = size.width() / stride;
        return inPieces(side -> network.get().decodeInTiles(unscaled, height, width, side), height, width);
    }

    private static Picture rounded(float[] values, FrameSize size) {
        int area = size.area();
        byte[] rgb = new byte[3 * area];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.max(0, Math.min(255, Math.round((values[i % 3 * area + i / 3] + 1) * 127.5f)));
        }
        return new Picture(size, rgb);
    }

    /** As one piece where that is small enough and there is memory for it, else in smaller and smaller ones. */
    private static float[] inPieces(IntFunction<float[]> work, int height, int width) {
        int side = height * width <= LARGEST_PIECE ? Math.max(LEAST_SIDE, Math.max(height, width)) : TILE;
        while (true) {
            try {
                return work.apply(side);
            } catch (MemoryShortException e) {
                if (side <= LEAST_SIDE) {
                    throw e;
                }
                side = Math.max(LEAST_SIDE, Math.min(TILE, side / 2));
                LOG.warn("not enough memory for the picture at once; it is worked on in pieces of {} latents", side);
            }
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
