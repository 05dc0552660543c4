package org.stablevideo.motion;

import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * How much a cut-out looks like one thing, without knowing the truth: its colours differ from those around it (half the χ² distance between
 * the Lab histograms inside and in a ring outside), it stays the same along the motion (overlap with its place in the next frame, squared),
 * and it is seen in most frames.
 */
final class Distinctness {

    private static final int BIN = 22;
    private static final int BINS = 12;
    private static final int RING = 25;
    private static final int EVERY = 4;
    private static final int FEWEST = 20;

    private final CoarseClip clip;
    private final short[][] colours;

    Distinctness(CoarseClip clip) {
        this.clip = clip;
        this.colours = new short[clip.count()][];
        for (int t = 0; t < clip.count(); t += EVERY) {
            colours[t] = colours(t);
        }
    }

    private short[] colours(int t) {
        try (Mats mats = new Mats()) {
            Mat lab = mats.empty();
            Imgproc.cvtColor(mats.rgb(clip.size(), clip.rgb()[t]), lab, Imgproc.COLOR_RGB2Lab);
            byte[] values = Mats.bytes(lab);
            short[] cells = new short[clip.size().area()];
            for (int i = 0; i < cells.length; i++) {
                cells[i] = (short) (((values[3 * i] & 255) / BIN * BINS + (values[3 * i + 1] & 255) / BIN) * BINS + (values[3 * i + 2] & 255) / BIN);
            }
            return cells;
        }
    }

    /**
     * Judges maps.
     *
     * @param threshold value above which a pixel is inside
     * @return 0 (nothing, or nothing like a thing) to 1
     */
    double of(float[][] maps, float threshold) {
        double contrast = 0;
        double steadiness = 0;
        int judged = 0;
        int seen = 0;
        for (int t = 0; t < maps.length; t += EVERY) {
            int inside = 0;
            for (float value : maps[t]) {
                inside += value > threshold ? 1 : 0;
            }
            if (inside > FEWEST) {
                contrast += contrast(t, maps[t], threshold);
                steadiness += t + 1 < maps.length ? overlap(t, maps[t], maps[t + 1], threshold) : 1;
                judged++;
            }
            seen++;
        }
        if (judged == 0) {
            return 0;
        }
        double steady = steadiness / judged;
        return contrast / judged * steady * steady * Math.sqrt(judged / (double) seen);
    }

    private double contrast(int t, float[] map, float threshold) {
        byte[] mask = new byte[map.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) (map[i] > threshold ? 1 : 0);
        }
        byte[] near;
        try (Mats mats = new Mats()) {
            Mat out = mats.empty();
            Imgproc.dilate(mats.gray(clip.size(), mask), out, mats.keep(Imgproc.getStructuringElement(Imgproc.MORPH_RECT, new Size(RING, RING))));
            near = Mats.bytes(out);
        }
        float[] in = new float[BINS * BINS * BINS];
        float[] out = new float[BINS * BINS * BINS];
        int insides = 0;
        int outsides = 0;
        for (int i = 0; i < mask.length; i++) {
            if (mask[i] != 0) {
                in[colours[t][i]]++;
                insides++;
            } else if (near[i] != 0) {
                out[colours[t][i]]++;
                outsides++;
            }
        }
        double sum = 0;
        for (int c = 0; c < in.length; c++) {
            double a = in[c] / Math.max(1, insides);
            double b = out[c] / Math.max(1, outsides);
            sum += (a - b) * (a - b) / (a + b + 1e-9);
        }
        return sum / 2;
    }

    private double overlap(int t, float[] here, float[] there, float threshold) {
        int w = clip.size().width();
        int h = clip.size().height();
        FlowField step = clip.forward()[t];
        int both = 0;
        int any = 0;
        for (int y = 0, i = 0; y < h; y++) {
            for (int x = 0; x < w; x++, i++) {
                if ((step.confidence()[i] & 255) > 127) {
                    boolean a = here[i] > threshold;
                    boolean b = TrackSmoothing.sample(there, w, h, x + step.dx(x, y), y + step.dy(x, y)) > threshold;
                    both += a && b ? 1 : 0;
                    any += a || b ? 1 : 0;
                }
            }
        }
        return both / (double) Math.max(1, any);
    }
}
