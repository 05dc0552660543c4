package org.stablevideo.atlas;

import java.util.List;

/**
 * Where an atlas fails: figures of every frame, and of every tile of every frame.
 *
 * @param columns tiles across a frame
 * @param rows tiles down a frame
 * @param error root mean square difference of source and static reconstruction a tile, in levels of 255, frame after frame, row-major
 * @param stretch texels a pixel in the frame over those in the layer's median frame, a tile, times 64: 64 is as usual, 255 is four times or more
 * @param slip how far texels slip along the optical flow to the next frame, a tile, in sixteenths of a texel, at most 255; 0 where the flow is
 *     not sure, and in the last frame
 * @param coverage share of a tile's pixels whose texel several frames saw, in 255ths
 * @param objectPsnr static PSNR within the objects of each frame, in dB; NaN where there is none
 * @param meanSlip mean slip of each frame over the pixels where the flow is sure, in texels (UV flow consistency); 0 in the last frame
 * @param cuts first frame of every shot but the first
 */
public record AtlasHealth(
        int columns,
        int rows,
        byte[] error,
        byte[] stretch,
        byte[] slip,
        byte[] coverage,
        double[] objectPsnr,
        double[] meanSlip,
        List<Integer> cuts) {

    /** Nothing is known. */
    public static final AtlasHealth UNKNOWN =
            new AtlasHealth(0, 0, new byte[0], new byte[0], new byte[0], new byte[0], new double[0], new double[0], List.of());

    public AtlasHealth {
        cuts = List.copyOf(cuts);
        int tiles = objectPsnr.length * columns * rows;
        if (error.length != tiles || stretch.length != tiles || slip.length != tiles || coverage.length != tiles
                || meanSlip.length != objectPsnr.length) {
            throw new IllegalArgumentException("health maps of different sizes");
        }
    }

    /** Mean of the frames' static PSNR within the objects, in dB; NaN where no frame has one. */
    public double meanObjectPsnr() {
        return java.util.Arrays.stream(objectPsnr).filter(Double::isFinite).average().orElse(Double.NaN);
    }

    /** Mean slip over all frames, in texels. */
    public double overallSlip() {
        return java.util.Arrays.stream(meanSlip, 0, Math.max(0, meanSlip.length - 1)).average().orElse(0);
    }
}
