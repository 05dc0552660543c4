package org.stablevideo.render;

import org.stablevideo.atlas.AtlasTexture;
import org.stablevideo.frame.BoxMean;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.frame.Resample;

/**
 * What an edit did to the colours of a texture, without its drawing: around each texel the edited colour is a linear function of the shot's
 * luminance, <i>C = m + a (Y − y)</i> (the local linear model of He, Sun and Tang, “Guided Image Filtering”, 2013, equations 5 and 6). Where the
 * texture is flat, luminance is taken for shading: <i>a</i> tends to <i>m / y</i>.
 *
 * <p>The coefficients change slowly over the texture, so they serve where a mapping is a little off or a thing shows another side than its texture
 * has; what is drawn then comes from the frame.
 */
final class ColourTransfer {

    /** Long side of the coefficients; finer than their windows by far. */
    private static final int LONG_SIDE = 320;

    /** Windows across the long side of a texture. */
    private static final int WINDOWS = 12;

    private static final float FLATNESS = 6f * 6f;
    private static final float LEAST_SLOPE = -1.5f;
    private static final float STEPS_A_SLOPE = 51f;

    private final TexturePyramid centre;
    private final TexturePyramid slope;

    private ColourTransfer(TexturePyramid centre, TexturePyramid slope) {
        this.centre = centre;
        this.slope = slope;
    }

    /**
     * Learns it.
     *
     * @param shot the texture before the edit
     * @param edited colours after it, of the same extent at any resolution
     */
    static ColourTransfer of(AtlasTexture shot, Picture edited) {
        FrameSize size = reduced(shot.size());
        float[] weight = Resample.resize(shot.coverage().shares(), shot.size(), size);
        for (int i = 0; i < weight.length; i++) {
            weight[i] += 0.002f;
        }
        int radius = Math.max(2, size.longSide() / (2 * WINDOWS));
        float[] luma = Resample.resize(luma(shot.colour()), shot.size(), size);
        float[] meanLuma = BoxMean.of(luma, weight, size, radius);
        float[] square = BoxMean.ofProduct(luma, luma, weight, size, radius);
        byte[] centres = new byte[size.rgbBytes()];
        byte[] slopes = new byte[size.rgbBytes()];
        for (int k = 0; k < 3; k++) {
            float[] colour = Resample.resize(channel(edited, k), edited.size(), size);
            float[] mean = BoxMean.of(colour, weight, size, radius);
            float[] cross = BoxMean.ofProduct(luma, colour, weight, size, radius);
            float[] a = new float[mean.length];
            for (int i = 0; i < a.length; i++) {
                float variance = Math.max(0, square[i] - meanLuma[i] * meanLuma[i]);
                float shading = mean[i] / (meanLuma[i] + ShotDetail.FLOOR);
                a[i] = (cross[i] - meanLuma[i] * mean[i] + FLATNESS * shading) / (variance + FLATNESS);
                mean[i] -= a[i] * meanLuma[i];
            }
            float[] smooth = BoxMean.of(a, weight, size, radius / 2);
            float[] offset = BoxMean.of(mean, weight, size, radius / 2);
            for (int i = 0; i < a.length; i++) {
                centres[3 * i + k] = level(offset[i] + smooth[i] * meanLuma[i]);
                slopes[3 * i + k] = level((smooth[i] - LEAST_SLOPE) * STEPS_A_SLOPE);
            }
        }
        byte[] levels = new byte[size.area()];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = level(meanLuma[i]);
        }
        return new ColourTransfer(
                new TexturePyramid(new Picture(size, centres), new Plane(size, levels)), new TexturePyramid(new Picture(size, slopes), null));
    }

    private static FrameSize reduced(FrameSize size) {
        double scale = Math.min(1, (double) LONG_SIDE / size.longSide());
        return new FrameSize(Math.max(1, (int) Math.round(size.width() * scale)), Math.max(1, (int) Math.round(size.height() * scale)));
    }

    private static float[] luma(Picture picture) {
        float[] out = new float[picture.size().area()];
        for (int i = 0; i < out.length; i++) {
            out[i] = Scratch.luma(picture.rgb(), i);
        }
        return out;
    }

    private static float[] channel(Picture picture, int k) {
        float[] out = new float[picture.size().area()];
        for (int i = 0; i < out.length; i++) {
            out[i] = picture.rgb()[3 * i + k] & 255;
        }
        return out;
    }

    private static byte level(float value) {
        return (byte) Math.round(Math.max(0, Math.min(255, value)));
    }

    /** Colours <i>m</i> as R, G, B, and <i>y</i> as A. */
    TexturePyramid centre() {
        return centre;
    }

    /** Slopes <i>a</i> of R, G, B, as levels. */
    TexturePyramid slope() {
        return slope;
    }

    /**
     * A channel of the colour that the edit gives to a luminance.
     *
     * @param centre a texel of {@link #centre}
     * @param slope the same place of {@link #slope}
     * @param shift 16, 8 or 0: red, green or blue
     * @param luma 0…255
     * @return 0…255
     */
    static int colour(int centre, int slope, int shift, float luma) {
        float a = (slope >> shift & 255) / STEPS_A_SLOPE + LEAST_SLOPE;
        return (int) Math.max(0, Math.min(255, (centre >> shift & 255) + a * (luma - (centre >>> 24)) + 0.5f));
    }
}
