package org.stablevideo.measure;

import java.util.Comparator;
import java.util.List;
import org.stablevideo.frame.FrameSize;

/**
 * What was measured of one edited clip.
 *
 * @param name what was measured, for a person
 * @param size size at which it was measured; flow is in pixels of it
 * @param frames one score a frame
 * @param pairs one score a pair of neighbours: one less than frames
 * @param impression what networks say of it
 */
public record Measurement(String name, FrameSize size, List<FrameScore> frames, List<PairScore> pairs, Impression impression) {

    /** How many times the source's warp error the worst pairs of a steady edit may have. */
    public static final double STEADY = 1.5;

    public Measurement {
        frames = List.copyOf(frames);
        pairs = List.copyOf(pairs);
    }

    /** Without a network's opinion. */
    public Measurement(String name, FrameSize size, List<FrameScore> frames, List<PairScore> pairs) {
        this(name, size, frames, pairs, Impression.NONE);
    }

    /** The same with what networks say. */
    public Measurement with(Impression other) {
        return new Measurement(name, size, frames, pairs, other);
    }

    /** Mean PSNR over frames that differ from the source at all; NaN where none does. */
    public double psnr() {
        return Regions.average(frames, score -> Double.isInfinite(score.psnr()) ? Double.NaN : score.psnr());
    }

    /** Mean SSIM. */
    public double ssim() {
        return Regions.average(frames, FrameScore::ssim);
    }

    /** Mean intersection over union; NaN when it was not measured. */
    public double overlap() {
        return Regions.average(frames, FrameScore::overlap);
    }

    /** Mean flow consistency in pixels. */
    public Regions flow() {
        return Regions.mean(pairs, PairScore::flow);
    }

    /** Mean warp error of the edit. */
    public Regions warp() {
        return Regions.mean(pairs, PairScore::warp);
    }

    /** Mean warp error of the source. */
    public Regions sourceWarp() {
        return Regions.mean(pairs, PairScore::sourceWarp);
    }

    /** Ratio of the two means. */
    public Regions ratio() {
        return warp().over(sourceWarp());
    }

    /** Mean Pixel-MSE of the edit. */
    public Regions pixelMse() {
        return Regions.mean(pairs, PairScore::pixelMse);
    }

    /** Pairs where the object (the whole frame, where there is no object) is more than {@link #STEADY} times as unsteady as in the source. */
    public long unsteadyPairs() {
        return pairs.stream().filter(pair -> worseness(pair) > STEADY).count();
    }

    /** The pairs that pop most, worst first. */
    public List<PairScore> worst(int count) {
        return pairs.stream().sorted(Comparator.comparingDouble(Measurement::worseness).reversed()).limit(count).toList();
    }

    /** Ratio at the object, or of the whole frame where there is none. */
    public static double worseness(PairScore pair) {
        Regions ratio = pair.ratio();
        double worse = Double.isNaN(ratio.object()) ? ratio.whole() : ratio.object();
        return Double.isNaN(worse) ? 0 : worse;
    }
}
