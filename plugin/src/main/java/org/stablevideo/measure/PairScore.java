package org.stablevideo.measure;

/**
 * How one edited frame goes over into the next.
 *
 * @param frame the first of the two frames
 * @param flow flow consistency: mean distance of edited and source flow, in pixels
 * @param warp warp error of the edit, channels in [0, 1]
 * @param sourceWarp warp error of the source itself
 * @param pixelMse Pixel-MSE of the edit, channels in [0, 255]
 * @param visible share of the frame's pixels that count in the warp error
 */
public record PairScore(int frame, Regions flow, Regions warp, Regions sourceWarp, Regions pixelMse, double visible) {

    /** One grey level squared: a source steadier than its 8 bits can show counts as this. */
    private static final double LEAST = 1 / (255.0 * 255.0);

    /** How many times as unsteady as the source the edit is here. */
    public Regions ratio() {
        return new Regions(warp.whole() / Math.max(LEAST, sourceWarp.whole()), warp.object() / Math.max(LEAST, sourceWarp.object()));
    }
}
