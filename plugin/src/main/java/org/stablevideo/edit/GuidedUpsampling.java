package org.stablevideo.edit;

import org.stablevideo.frame.BoxMean;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Resample;

/**
 * Brings a small painted picture to the resolution of the shot, guided by the shot: a painted colour boundary that lies near an edge of the shot
 * snaps to it. The fast guided filter (He and Sun, “Fast Guided Filter”, 2015): in each window of the small picture the painted colour is a linear
 * function of the guide's luminance; its coefficients are enlarged and applied to the guide at full size.
 */
final class GuidedUpsampling {

    /** Short side of a painting whose pixels are as good as the shot's; smaller ones are averaged over wider windows. */
    private static final int SHARP = 512;

    private static final int WIDEST = 4;
    private static final float FLATNESS = 0.05f * 0.05f;

    private GuidedUpsampling() {}

    /**
     * Enlarges.
     *
     * @param painted the small picture; pixels without weight are ignored and replaced from their neighbours
     * @param guide the shot at the size wanted, of the same extent
     * @return colours at the guide's size, all weights 1
     */
    static Canvas apply(Canvas painted, Canvas guide) {
        FrameSize small = painted.size();
        FrameSize large = guide.size();
        int radius = Math.max(2, Math.min(WIDEST, SHARP / small.shortSide()));
        float[] light = guide.luma();
        float[] reduced = Resample.resize(light, large, small);
        float[] weight = painted.weight();
        float[] meanGuide = BoxMean.of(reduced, weight, small, radius);
        float[] meanSquare = BoxMean.ofProduct(reduced, reduced, weight, small, radius);
        float[] presence = BoxMean.of(weight, small, radius);
        float[][] slope = new float[3][];
        float[][] offset = new float[3][];
        for (int k = 0; k < 3; k++) {
            float[] mean = BoxMean.of(painted.colour()[k], weight, small, radius);
            float[] cross = BoxMean.ofProduct(reduced, painted.colour()[k], weight, small, radius);
            slope[k] = new float[small.area()];
            offset[k] = new float[small.area()];
            for (int i = 0; i < small.area(); i++) {
                float variance = Math.max(0, meanSquare[i] - meanGuide[i] * meanGuide[i]);
                float a = (cross[i] - meanGuide[i] * mean[i]) / (variance + FLATNESS);
                slope[k][i] = Math.max(-1.5f, Math.min(1.5f, a));
                offset[k][i] = mean[i] - slope[k][i] * meanGuide[i];
            }
            slope[k] = BoxMean.of(slope[k], presence, small, 1);
            offset[k] = BoxMean.of(offset[k], presence, small, 1);
        }
        Canvas slopes = new Canvas(small, slope, presence(presence)).filled().resized(large);
        Canvas offsets = new Canvas(small, offset, presence(presence)).filled().resized(large);
        Canvas out = Canvas.blank(large);
        for (int i = 0; i < large.area(); i++) {
            for (int k = 0; k < 3; k++) {
                float value = slopes.colour()[k][i] * light[i] + offsets.colour()[k][i];
                out.colour()[k][i] = Math.max(0, Math.min(1, value));
            }
            out.weight()[i] = 1;
        }
        return out;
    }

    /** Full weight wherever a window held anything at all. */
    private static float[] presence(float[] share) {
        float[] out = new float[share.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = share[i] > 0.02f ? 1 : 0;
        }
        return out;
    }
}
