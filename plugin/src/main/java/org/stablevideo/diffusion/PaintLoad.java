package org.stablevideo.diffusion;

import java.util.Optional;
import java.util.function.Supplier;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.model.NetworkCost;
import org.stablevideo.tensor.FastPrecision;
import org.stablevideo.tensor.Precision;

/**
 * What a model's networks weigh and compute, known before any of them is loaded.
 *
 * @param unet the UNet
 * @param control a ControlNet
 * @param autoencoder the autoencoder
 * @param text numbers of the text encoder, which is kept in single precision
 * @param stride pixels a side that a latent stands for
 * @param precision of the others
 */
record PaintLoad(
        NetworkCost unet, Optional<NetworkCost> control, NetworkCost autoencoder, long text, int stride, Supplier<Precision> precision) {

    /** Program, engine, heap and a clip, without any network; measured on the sample. */
    private static final long PROGRAM = 1300L << 20;

    /** Numbers in memory at once a latent and prompt while a UNet computes; measured at 512×512 with Stable Diffusion 1.5. */
    private static final long NUMBERS = 24_000;

    /** Shares of the speed of a plain product of matrices that a UNet reaches, measured on two cores of an EPYC. */
    private static final double SINGLE_SHARE = 0.85;

    private static final double SIXTEEN_BIT_SHARE = 0.6;

    /**
     * What pictures will take.
     *
     * @param pictures how many
     * @param steps of all of them together
     * @param guided whether both prompts are computed
     */
    PaintEstimate estimate(FrameSize size, int pictures, int steps, boolean guided) {
        int height = size.height() / stride;
        int width = size.width() / stride;
        int prompts = guided ? 2 : 1;
        double step = unet.step(height, width) + control.map(c -> c.step(height, width)).orElse(0.0);
        double work = prompts * step * steps + pictures * autoencoder.picture("decoder", height, width);
        Precision number = precision.get();
        double share = number == Precision.SINGLE ? SINGLE_SHARE : SIXTEEN_BIT_SHARE;
        return new PaintEstimate(2 * work / (share * FastPrecision.operations(number)), PROGRAM + bytes(size, guided, false));
    }

    /**
     * Memory for networks and what they compute.
     *
     * @param sparing whether only those are kept that are at work
     */
    long bytes(FrameSize size, boolean guided, boolean sparing) {
        int number = precision.get().bytes();
        long area = (long) size.area() / stride / stride;
        long working = number * (unet.weights() + control.map(NetworkCost::weights).orElse(0L)) + number * NUMBERS * area * (guided ? 2 : 1);
        long others = number * autoencoder.weights();
        return sparing ? Math.max(working, 4 * text) : working + others;
    }
}
