package org.stablevideo.motion;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.opencv.video.DISOpticalFlow;
import org.stablevideo.frame.FrameSize;

/**
 * Motion sought once more where forward and backward flow disagree over a whole region, or do not bring what is there. A pyramid loses a small thing that moves by more than
 * its own size against its surroundings, such as one that a fast pan follows. The region is looked for in the other frame, there and where it was, and the flow found anew
 * between the two places alone, so that the pyramid begins at the region's size; it is taken where both ways agree and the pictures fit clearly better than before.
 */
final class LostMotion {

    /** Confidence below which a pixel's motion is lost. */
    private static final int LOST = 76;

    /** Grey levels by which what motion brings differs from what is there, in the mean of a small window, from which on it is lost. */
    private static final float UNLIKE = 12;

    /** The same, times the frame's median: water differs everywhere. */
    private static final float UNUSUAL = 5;

    /** Share of the frame's pixels that a region has at least; smaller ones are mostly what something covers or uncovers. */
    private static final double SMALLEST = 0.004;

    /** Pixels that a region has at least: in fewer no motion can be told. */
    private static final int FEWEST = 256;

    /** Share of the frame's pixels that a region has at most: for a larger one the pyramid begins no lower than before. */
    private static final double LARGEST = 0.25;

    private static final int MOST_REGIONS = 3;

    /** Pixels along the frame's border in which motion leads outside. */
    private static final int BORDER = 8;

    /** Pixels to either side that a region is looked for; half as many up and down. */
    private static final int REACH = 96;

    /** Pixels around a region that are taken along. */
    private static final int MARGIN = 24;

    private static final int SMALLEST_SIDE = 24;

    /** Pixels by which two places differ at least to be both tried. */
    private static final int OTHER = 4;

    /** Confidence from which on new motion is taken. */
    private static final int FOUND = 127;

    /** Share of the old difference of the pictures that the new one has at most. */
    private static final double BETTER = 0.8;

    /** The same where the old motion agrees both ways too: a thing that is overlooked both ways is taken for its surroundings. */
    private static final double MUCH_BETTER = 0.5;

    private static final int WINDOW = 5;

    /** Pixels of which one is looked at for what is usual. */
    private static final int SOME = 37;

    private final FrameSize size;
    private final Mat a;
    private final Mat b;
    private final float[] forward;
    private final float[] backward;
    private final DISOpticalFlow dis;
    private boolean changed;

    private LostMotion(FrameSize size, Mat a, Mat b, float[] forward, float[] backward, DISOpticalFlow dis) {
        this.size = size;
        this.a = a;
        this.b = b;
        this.forward = forward;
        this.backward = backward;
        this.dis = dis;
    }

    /**
     * Seeks.
     *
     * @param a brightness of the first frame
     * @param b brightness of the second
     * @param forward from the first to the second, dx and dy interleaved, in pixels; overwritten where something better is found
     * @param backward from the second to the first; likewise
     * @return the motion both ways
     */
    static FlowPair seek(FrameSize size, Mat a, Mat b, float[] forward, float[] backward, DISOpticalFlow dis) {
        FlowPair pair = FlowPair.of(size, forward, backward);
        LostMotion lost = new LostMotion(size, a, b, forward, backward, dis);
        try (Mats mats = new Mats()) {
            for (Region region : lost.regions(pair.forward(), mats)) {
                Point there = lost.match(region, mats);
                lost.take(region.box(), (int) there.x, (int) there.y, pair);
                if (Math.hypot(there.x, there.y) >= OTHER) {
                    lost.take(region.box(), 0, 0, pair);
                }
            }
        }
        Reference.reachabilityFence(dis);
        return lost.changed ? FlowPair.of(size, forward, backward) : pair;
    }

    /** A region whose motion is lost: 255 within its box where it is, else 0. */
    private record Region(Rect box, int area, Mat mask) {}

    private List<Region> regions(FlowField field, Mats mats) {
        byte[] lost = new byte[size.area()];
        float[] off = difference(new Rect(0, 0, size.width(), size.height()), forward, a, b, mats);
        float unlike = Math.max(UNLIKE, UNUSUAL * median(off));
        for (int y = BORDER; y < size.height() - BORDER; y++) {
            for (int x = BORDER, i = y * size.width() + x; x < size.width() - BORDER; x++, i++) {
                boolean stays = inside(x + forward[2 * i], size.width()) && inside(y + forward[2 * i + 1], size.height());
                lost[i] = (byte) (stays && ((field.confidence()[i] & 255) < LOST || off[i] > unlike) ? 255 : 0);
            }
        }
        Mat mask = mats.gray(size, lost);
        Imgproc.morphologyEx(mask, mask, Imgproc.MORPH_OPEN, square(5, mats));
        Imgproc.morphologyEx(mask, mask, Imgproc.MORPH_CLOSE, square(15, mats));
        Mat labels = mats.empty();
        Mat stats = mats.empty();
        int count = Imgproc.connectedComponentsWithStats(mask, labels, stats, mats.empty());
        return IntStream.range(1, count)
                .filter(k -> stats.get(k, Imgproc.CC_STAT_AREA)[0] >= Math.max(FEWEST, SMALLEST * size.area())
                        && stats.get(k, Imgproc.CC_STAT_AREA)[0] <= LARGEST * size.area())
                .mapToObj(k -> {
                    int[] row = new int[5];
                    stats.get(k, 0, row);
                    Rect box = new Rect(row[Imgproc.CC_STAT_LEFT], row[Imgproc.CC_STAT_TOP], row[Imgproc.CC_STAT_WIDTH], row[Imgproc.CC_STAT_HEIGHT]);
                    Mat own = mats.empty();
                    Core.compare(mats.keep(labels.submat(box)), new Scalar(k), own, Core.CMP_EQ);
                    return new Region(box, row[Imgproc.CC_STAT_AREA], own);
                })
                .sorted(Comparator.comparingInt(region -> -region.area()))
                .limit(MOST_REGIONS)
                .toList();
    }

    private static boolean inside(float place, int length) {
        return place >= BORDER && place < length - BORDER;
    }

    /** Of one value in {@value #SOME}. */
    private static float median(float... values) {
        float[] some = new float[(values.length + SOME - 1) / SOME];
        for (int k = 0; k < some.length; k++) {
            some[k] = values[k * SOME];
        }
        Arrays.sort(some);
        return some[some.length / 2];
    }

    private static Mat square(int side, Mats mats) {
        return mats.keep(Imgproc.getStructuringElement(Imgproc.MORPH_RECT, new Size(side, side)));
    }

    /** How far off a region looks most like itself in the second frame, to the right and down, in pixels. */
    private Point match(Region region, Mats mats) {
        Rect box = region.box();
        int left = Math.max(0, box.x - REACH);
        int top = Math.max(0, box.y - REACH / 2);
        Rect around = new Rect(left, top,
                Math.min(size.width(), box.x + box.width + REACH) - left, Math.min(size.height(), box.y + box.height + REACH / 2) - top);
        Mat fit = mats.empty();
        Imgproc.matchTemplate(half(mats.keep(b.submat(around)), Imgproc.INTER_AREA, mats), half(mats.keep(a.submat(box)), Imgproc.INTER_AREA, mats), fit,
                Imgproc.TM_SQDIFF, half(region.mask(), Imgproc.INTER_NEAREST, mats));
        Point best = Core.minMaxLoc(fit).minLoc;
        return new Point(2 * best.x + left - box.x, 2 * best.y + top - box.y);
    }

    private static Mat half(Mat picture, int how, Mats mats) {
        Mat half = mats.empty();
        Imgproc.resize(picture, half, new Size((picture.cols() + 1) / 2, (picture.rows() + 1) / 2), 0, 0, how);
        return half;
    }

    /** Takes the flow between a box of the first frame and the same box, moved so far, of the second. */
    private void take(Rect box, int dx, int dy, FlowPair before) {
        int left = Math.max(Math.max(0, -dx), box.x - MARGIN);
        int top = Math.max(Math.max(0, -dy), box.y - MARGIN);
        int right = Math.min(Math.min(size.width(), size.width() - dx), box.x + box.width + MARGIN);
        int bottom = Math.min(Math.min(size.height(), size.height() - dy), box.y + box.height + MARGIN);
        if (right - left < SMALLEST_SIDE || bottom - top < SMALLEST_SIDE) {
            return;
        }
        Rect here = new Rect(left, top, right - left, bottom - top);
        Rect there = new Rect(left + dx, top + dy, here.width, here.height);
        try (Mats mats = new Mats()) {
            Mat from = mats.keep(mats.keep(a.submat(here)).clone());
            Mat to = mats.keep(mats.keep(b.submat(there)).clone());
            float[] on = flow(from, to, mats);
            float[] back = flow(to, from, mats);
            FlowPair anew = FlowPair.of(new FrameSize(here.width, here.height), on, back);
            merge(here, dx, dy, on, anew.forward(), before.forward(), forward, a, b, mats);
            merge(there, -dx, -dy, back, anew.backward(), before.backward(), backward, b, a, mats);
        }
    }

    private float[] flow(Mat from, Mat to, Mats mats) {
        Mat flow = mats.empty();
        dis.calc(from, to, flow);
        return Mats.floats(flow);
    }

    private void merge(Rect box, int dx, int dy, float[] anew, FlowField sure, FlowField before, float[] flow, Mat from, Mat to, Mats mats) {
        float[] moved = new float[anew.length];
        float[] old = new float[anew.length];
        for (int i = 0; i < box.area(); i++) {
            int at = 2 * ((box.y + i / box.width) * size.width() + box.x + i % box.width);
            moved[2 * i] = anew[2 * i] + dx;
            moved[2 * i + 1] = anew[2 * i + 1] + dy;
            old[2 * i] = flow[at];
            old[2 * i + 1] = flow[at + 1];
        }
        float[] now = difference(box, moved, from, to, mats);
        float[] then = difference(box, old, from, to, mats);
        for (int i = 0; i < box.area(); i++) {
            int at = (box.y + i / box.width) * size.width() + box.x + i % box.width;
            int confidence = sure.confidence()[i] & 255;
            boolean surer = confidence > (before.confidence()[at] & 255);
            if (confidence > FOUND && now[i] < (surer ? BETTER : MUCH_BETTER) * then[i]) {
                flow[2 * at] = moved[2 * i];
                flow[2 * at + 1] = moved[2 * i + 1];
                changed = true;
            }
        }
    }

    /** Mean difference of brightness in a small window around every pixel of a box, by a flow of that box. */
    private static float[] difference(Rect box, float[] flow, Mat from, Mat to, Mats mats) {
        Mat off = mats.empty();
        Core.absdiff(mats.keep(from.submat(box)), mats.brought(box, flow, to), off);
        Mat smooth = mats.empty();
        off.convertTo(off, CvType.CV_32F);
        Imgproc.blur(off, smooth, new Size(WINDOW, WINDOW));
        return Mats.floats(smooth);
    }
}
