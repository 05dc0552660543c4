package org.stablevideo.motion;

import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.progress.Progress;

/**
 * Gives an object's cast shadow back to the background. A shadow moves with its object, so motion takes it for a part of it; but it is the
 * background itself, darker: against the {@link CleanPlate} it keeps the hue and has no drawing of its own (the cues of Prati et al. 2003,
 * "Detecting moving shadows"), and as it lies on the ground, no part of the object is below it. Where in doubt a pixel stays the object's:
 * a painted shadow shows a tinted rim, a missing part of the object a hole.
 */
final class CastShadow {

    /** Darkest and lightest share of the plate's light that a shadow leaves. */
    private static final float DARKEST = 0.2f;

    private static final float LIGHTEST = 0.95f;

    /** Most that one colour's darkening differs from that of all three, as a share. */
    private static final float TINT = 0.16f;

    /** Most that the logarithm of the darkening differs from its surroundings. */
    private static final float STRUCTURE = 0.15f;

    /** Pixels of the object's soft rim that may lie between a shadow and the outside below it. */
    private static final int SOFT_RIM = 4;

    /** Least pixels of a shadow, and least share of the object's. */
    private static final int FEWEST = 15;

    private static final float LEAST = 0.006f;

    /** Share of the object's height, from below, in which a shadow's middle lies. */
    private static final float FOOT = 0.5f;

    private CastShadow() {}

    /**
     * Clears cast shadows from mattes.
     *
     * @param mattes of the object a coarse frame, in [0, 1]; overwritten
     */
    static void lift(CoarseClip clip, float[][] mattes, Progress progress) {
        float[][] shadows = new float[clip.count()][];
        try (Mats kept = new Mats()) {
            CleanPlate plates = CleanPlate.of(clip, mattes, kept);
            FrameWorkers.each(clip.count(), "lifting shadows", progress,
                    t -> shadows[t] = find(clip.size(), clip.rgb()[t], mattes[t], plates.at(t)));
        }
        float[][] steady = TrackSmoothing.along(clip, shadows, 3);
        for (int t = 0; t < mattes.length; t++) {
            for (int i = 0; i < mattes[t].length; i++) {
                mattes[t][i] *= Math.max(0, Math.min(1, 1.5f - 2 * steady[t][i]));
            }
        }
    }

    /**
     * Finds the shadow in one frame's matte.
     *
     * @param matte in [0, 1]
     * @param plate the background, R G B a pixel in [0, 255], a negative R where it is not known
     * @return 1 where the matte holds a cast shadow, else 0
     */
    static float[] find(FrameSize size, byte[] rgb, float[] matte, float[] plate) {
        int inside = 0;
        for (float value : matte) {
            inside += value > 0.5f ? 1 : 0;
        }
        if (inside == 0) {
            return new float[matte.length];
        }
        try (Mats mats = new Mats()) {
            Darkening darkening = Darkening.of(size, rgb, plate, mats);
            byte[] candidates = candidates(size, darkening, matte, mats);
            byte[] ground = openBelow(size, candidates, matte);
            Mat open = mats.empty();
            Imgproc.morphologyEx(mats.gray(size, ground), open, Imgproc.MORPH_OPEN, ellipse(mats, 3));
            byte[] chosen = choose(size, matte, Math.max(FEWEST, LEAST * inside), open, mats);
            return grow(size, darkening, matte, chosen, mats);
        }
    }

    private static Mat ellipse(Mats mats, int side) {
        return mats.keep(Imgproc.getStructuringElement(Imgproc.MORPH_ELLIPSE, new Size(side, side)));
    }

    /** 1 where the matte's pixel is a neutral darkening of its plate, and so are its surroundings, evenly. */
    private static byte[] candidates(FrameSize size, Darkening darkening, float[] matte, Mats mats) {
        Mat log = mats.plane(size, darkening.log());
        Mat narrow = mats.empty();
        Mat wide = mats.empty();
        Imgproc.GaussianBlur(log, narrow, new Size(0, 0), 1);
        Imgproc.GaussianBlur(log, wide, new Size(0, 0), 3);
        Mat difference = mats.empty();
        org.opencv.core.Core.absdiff(narrow, wide, difference);
        Mat structure = mats.empty();
        Imgproc.dilate(difference, structure, mats.keep(Imgproc.getStructuringElement(Imgproc.MORPH_RECT, new Size(3, 3))));
        float[] drawing = Mats.floats(structure);
        byte[] result = new byte[matte.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) (matte[i] > 0.02f && drawing[i] < STRUCTURE && darkening.isShade(i, DARKEST, LIGHTEST, TINT) ? 1 : 0);
        }
        return result;
    }

    /** The candidates with no solid part of the object below them down to the outside. */
    private static byte[] openBelow(FrameSize size, byte[] candidates, float[] matte) {
        byte[] result = new byte[matte.length];
        for (int x = 0; x < size.width(); x++) {
            int solid = 0;
            for (int y = size.height() - 1; y >= 0; y--) {
                int i = y * size.width() + x;
                if (matte[i] <= 0.5f) {
                    solid = 0;
                } else if (candidates[i] == 0) {
                    solid++;
                } else if (solid <= SOFT_RIM) {
                    result[i] = 1;
                }
            }
        }
        return result;
    }

    /** Keeps the regions that are large enough and lie at the object's foot. */
    private static byte[] choose(FrameSize size, float[] matte, float least, Mat dark, Mats mats) {
        int top = size.height();
        int bottom = -1;
        for (int i = 0; i < matte.length; i++) {
            if (matte[i] > 0.5f) {
                top = Math.min(top, i / size.width());
                bottom = Math.max(bottom, i / size.width());
            }
        }
        Mat labelled = mats.empty();
        Mat figures = mats.empty();
        Mat middles = mats.empty();
        int count = Imgproc.connectedComponentsWithStats(dark, labelled, figures, middles, 8, CvType.CV_32S);
        int[] labels = new int[matte.length];
        labelled.get(0, 0, labels);
        boolean[] shadow = new boolean[count];
        for (int k = 1; k < count; k++) {
            shadow[k] = figures.get(k, Imgproc.CC_STAT_AREA)[0] >= least && middles.get(k, 1)[0] > bottom - FOOT * (bottom - top);
        }
        byte[] found = new byte[matte.length];
        for (int i = 0; i < found.length; i++) {
            found[i] = (byte) (shadow[labels[i]] ? 1 : 0);
        }
        return found;
    }

    /** Regions with the pixels around them that are darkened alike, whose surroundings were too mixed to judge. */
    private static float[] grow(FrameSize size, Darkening darkening, float[] matte, byte[] found, Mats mats) {
        Mat wide = mats.empty();
        Imgproc.dilate(mats.gray(size, found), wide, ellipse(mats, 5));
        byte[] near = Mats.bytes(wide);
        float[] result = new float[matte.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = found[i] != 0 || near[i] != 0 && darkening.isShade(i, DARKEST, 1, 1.3f * TINT) ? 1 : 0;
        }
        return result;
    }

    /**
     * How much darker a frame is than its plate.
     *
     * @param log logarithm of frame over plate, of the light of all three colours; −3 where the plate is not known
     * @param shares frame over plate, R G B a pixel
     */
    private record Darkening(float[] log, float[] shares) {

        private static final float UNKNOWN = -3;
        private static final float NOISE = 8;

        static Darkening of(FrameSize size, byte[] rgb, float[] plate, Mats mats) {
            float[] picture = new float[plate.length];
            for (int i = 0; i < picture.length; i++) {
                picture[i] = rgb[i] & 255;
            }
            float[] seen = blurred(size, picture, mats);
            float[] ground = blurred(size, plate, mats);
            float[] log = new float[size.area()];
            float[] shares = new float[plate.length];
            for (int i = 0; i < log.length; i++) {
                float light = 3 * NOISE;
                float before = 3 * NOISE;
                for (int k = 3 * i; k < 3 * i + 3; k++) {
                    shares[k] = (seen[k] + NOISE) / (Math.max(0, ground[k]) + NOISE);
                    light += seen[k];
                    before += Math.max(0, ground[k]);
                }
                log[i] = plate[3 * i] < 0 ? UNKNOWN : (float) Math.log(light / before);
            }
            return new Darkening(log, shares);
        }

        /** Whether a pixel is as dark as these bounds say, in all colours alike. */
        boolean isShade(int i, float darkest, float lightest, float tint) {
            float whole = (float) Math.exp(log[i]);
            boolean shade = log[i] > UNKNOWN && whole > darkest && whole < lightest;
            for (int k = 3 * i; k < 3 * i + 3 && shade; k++) {
                shade = Math.abs(shares[k] / whole - 1) < tint;
            }
            return shade;
        }

        private static float[] blurred(FrameSize size, float[] rgb, Mats mats) {
            Mat picture = mats.keep(new Mat(size.height(), size.width(), CvType.CV_32FC3));
            picture.put(0, 0, rgb);
            Mat soft = mats.empty();
            Imgproc.GaussianBlur(picture, soft, new Size(0, 0), 0.8);
            return Mats.floats(soft);
        }
    }
}
