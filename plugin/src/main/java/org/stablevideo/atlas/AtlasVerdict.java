package org.stablevideo.atlas;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Whether a clip can be edited by its atlas.
 *
 * @param grade how good it is
 * @param reasons what is weak and what to do about it, one sentence each; empty when all is well
 */
public record AtlasVerdict(Grade grade, List<String> reasons) {

    /** How well edits will stick. */
    public enum Grade {
        /** Edits stay where they are put. */
        GOOD,
        /** Edits hold, with weak places. */
        USABLE,
        /** Edits will swim or tear. */
        POOR;

        /** The name that users see. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final double GOOD_DB = 26;
    private static final double POOR_DB = 21;
    private static final double GOOD_OBJECT_DB = 22;
    private static final double POOR_OBJECT_DB = 18;

    /** How far below the median a frame's PSNR lies that is named, in dB. */
    private static final double DIP = 6;

    private static final double MOST_SLIP = 1;
    private static final double MOST_FOLDED = 0.02;

    public AtlasVerdict {
        reasons = List.copyOf(reasons);
    }

    /**
     * Judges an atlas by its quality and health.
     *
     * @param first number in the clip of the atlas's first frame, from which on the frames that are named count
     */
    public static AtlasVerdict of(Atlas atlas, int first) {
        List<String> reasons = new ArrayList<>();
        AtlasQuality quality = atlas.quality();
        AtlasHealth health = quality.health();
        Grade grade = health.cuts().isEmpty() ? Grade.GOOD : Grade.POOR;
        for (int cut : health.cuts()) {
            reasons.add("another shot begins at frame " + (first + cut) + ": cut the clip there and edit the parts one by one");
        }
        grade = worse(grade, judge(quality.meanStaticPsnr(), GOOD_DB, POOR_DB));
        if (quality.meanStaticPsnr() < GOOD_DB) {
            reasons.add(String.format(Locale.ROOT, "one picture a layer shows the clip with %.1f dB only: it moves or changes in other ways than"
                    + " a surface does", quality.meanStaticPsnr()));
        }
        double object = health.meanObjectPsnr();
        if (Double.isFinite(object)) {
            grade = worse(grade, judge(object, GOOD_OBJECT_DB, POOR_OBJECT_DB));
            if (object < GOOD_OBJECT_DB) {
                reasons.add(String.format(Locale.ROOT, "the object changes its shape or turns its other side (%.1f dB): give a mask, use a"
                        + " shorter clip, or method pix2video", object));
            }
        }
        if (health.overallSlip() > MOST_SLIP) {
            grade = worse(grade, Grade.USABLE);
            reasons.add(String.format(Locale.ROOT, "texels slip by %.1f a frame against the motion seen", health.overallSlip()));
        }
        if (quality.foldedShare() > MOST_FOLDED) {
            grade = worse(grade, Grade.USABLE);
            reasons.add(String.format(Locale.ROOT, "%.1f %% of the mapping is folded over", 100 * quality.foldedShare()));
        }
        weakFrames(quality.staticPsnr(), first, reasons);
        return new AtlasVerdict(grade, reasons);
    }

    private static void weakFrames(double[] psnr, int first, List<String> reasons) {
        if (psnr.length < 3) {
            return;
        }
        double[] sorted = psnr.clone();
        Arrays.sort(sorted);
        double median = sorted[sorted.length / 2];
        int from = -1;
        for (int t = 0; t <= psnr.length; t++) {
            boolean weak = t < psnr.length && psnr[t] < median - DIP;
            if (weak && from < 0) {
                from = t;
            } else if (!weak && from >= 0) {
                reasons.add(from == t - 1 ? "frame " + (first + from) + " is much weaker than the others" : "frames " + (first + from) + " to "
                        + (first + t - 1) + " are much weaker than the others");
                from = -1;
            }
        }
    }

    private static Grade judge(double decibels, double good, double poor) {
        return decibels >= good ? Grade.GOOD : decibels >= poor ? Grade.USABLE : Grade.POOR;
    }

    private static Grade worse(Grade a, Grade b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** Grade and reasons in one line. */
    public String sentence() {
        return reasons.isEmpty() ? grade.word() : grade.word() + ": " + String.join("; ", reasons);
    }
}
