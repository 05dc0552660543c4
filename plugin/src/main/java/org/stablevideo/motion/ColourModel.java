package org.stablevideo.motion;

import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.progress.Progress;

/**
 * Which colours belong to the object: two histograms over Lab of {@value #BINS}³ cells, one for the object and one for the rest, gathered
 * over the whole clip and smoothed. Cells are shared out by trilinear weights.
 */
final class ColourModel {

    private static final int BINS = 24;
    private static final int CELLS = BINS * BINS * BINS;

    /** Part of the average cell that both histograms get for free, so that rare colours say little. */
    private static final double PRIOR = 0.05;

    private final double[] object = new double[CELLS];
    private final double[] rest = new double[CELLS];
    private final float[] likelihood = new float[CELLS];
    private float share;

    /** Cell of every pixel's colour, to be kept while the model is refitted. */
    static short[] cells(FrameSize size, byte[] rgb) {
        try (Mats mats = new Mats()) {
            Mat lab = mats.empty();
            Imgproc.cvtColor(mats.rgb(size, rgb), lab, Imgproc.COLOR_RGB2Lab);
            byte[] values = Mats.bytes(lab);
            short[] cells = new short[size.area()];
            for (int i = 0; i < cells.length; i++) {
                int l = (values[3 * i] & 255) * BINS / 256;
                int a = spread(values[3 * i + 1] & 255);
                int b = spread(values[3 * i + 2] & 255);
                cells[i] = (short) ((l * BINS + a) * BINS + b);
            }
            return cells;
        }
    }

    /** The same of every frame. */
    static short[][] cells(CoarseClip clip) {
        short[][] cells = new short[clip.count()][];
        FrameWorkers.each(cells.length, "finding the object", Progress.NONE, t -> cells[t] = cells(clip.size(), clip.rgb()[t]));
        return cells;
    }

    /** Most colours lie near grey: twice the resolution there. */
    private static int spread(int chroma) {
        int centred = Math.max(-64, Math.min(63, chroma - 128));
        return (centred + 64) * BINS / 128;
    }

    /** Adds one frame: each pixel counts as object by its probability and as background by the rest, unless it is to be left out. */
    synchronized void add(short[] cells, float[] probability, boolean[] left) {
        for (int i = 0; i < cells.length; i++) {
            if (left[i]) {
                continue;
            }
            float p = probability[i];
            object[cells[i]] += p * p;
            rest[cells[i]] += (1 - p) * (1 - p);
        }
    }

    /** Adds one frame that is known for sure, as often as asked. */
    synchronized void add(short[] cells, float[] share, double times) {
        for (int i = 0; i < cells.length; i++) {
            object[cells[i]] += times * share[i];
            rest[cells[i]] += times * (1 - share[i]);
        }
    }

    /** Ends the gathering. */
    void fit() {
        double[] in = smooth(object);
        double[] out = smooth(rest);
        double sumIn = 1e-9;
        double sumOut = 1e-9;
        int used = 1;
        for (int c = 0; c < CELLS; c++) {
            sumIn += in[c];
            sumOut += out[c];
            used += in[c] + out[c] > 0 ? 1 : 0;
        }
        share = (float) Math.log(sumIn / sumOut);
        for (int c = 0; c < CELLS; c++) {
            double a = in[c] / sumIn + PRIOR / used;
            double b = out[c] / sumOut + PRIOR / used;
            likelihood[c] = (float) Math.log(a / b);
        }
    }

    /** log P(colour | object) − log P(colour | rest). */
    float evidence(short cell) {
        return likelihood[cell];
    }

    /** log P(object | colour) − log P(rest | colour), by how much was gathered of both. */
    float odds(short cell) {
        return likelihood[cell] + share;
    }

    private static double[] smooth(double[] cells) {
        double[] now = cells;
        for (int stride : new int[] {1, BINS, BINS * BINS}) {
            double[] next = new double[CELLS];
            for (int c = 0; c < CELLS; c++) {
                int at = c / stride % BINS;
                double low = now[at > 0 ? c - stride : c];
                double high = now[at < BINS - 1 ? c + stride : c];
                next[c] = 0.25 * low + 0.5 * now[c] + 0.25 * high;
            }
            now = next;
        }
        return now;
    }
}
