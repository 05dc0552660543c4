package org.stablevideo.motion;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.video.DISOpticalFlow;
import org.opencv.video.Video;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.progress.Progress;

/**
 * Dense motion between all neighbouring frames of a clip, both ways, by DIS (Kroeger et al., “Fast Optical Flow using Dense Inverse
 * Search”, 2016; OpenCV's medium preset), sought again
 * where it is lost ({@link LostMotion}), with forward–backward confidence. Five bytes a pixel and direction, kept outside the heap. Close
 * it when done; safe for several threads; the same on any number of threads.
 */
public final class ClipFlow implements AutoCloseable {

    private static final int BYTES = 5;

    private final SolveFrames frames;
    private FrameStore store;

    private ClipFlow(SolveFrames frames, FrameStore store) {
        this.frames = frames;
        this.store = store;
    }

    /**
     * Finds the motion of a clip.
     *
     * @param frames the clip at solve size; must stay open for {@link #between}
     */
    public static ClipFlow of(SolveFrames frames, Progress progress) {
        OpenCv.load();
        int pairs = frames.count() - 1;
        FrameSize size = frames.size();
        FrameStore store = new FrameStore(2 * pairs, BYTES * size.area());
        FrameWorkers.each(pairs, "tracking motion", progress, t -> {
            FlowPair pair = estimate(frames, t, t + 1, null, null);
            write(store.slot(2 * t), pair.forward());
            write(store.slot(2 * t + 1), pair.backward());
        });
        return new ClipFlow(frames, store);
    }

    /** Number of neighbouring pairs: frames − 1, so 0 for a clip of one frame. */
    public int pairs() {
        return frames.count() - 1;
    }

    /** Size of every field, the solve size. */
    public FrameSize size() {
        return frames.size();
    }

    /** Motion from frame t to frame t + 1, copied; t in [0, pairs). */
    public FlowField forward(int t) {
        return read(2 * check(t));
    }

    /** Motion from frame t + 1 back to frame t, copied; t in [0, pairs). */
    public FlowField backward(int t) {
        return read(2 * check(t) + 1);
    }

    /** Motion from frame {@code from} to its neighbour {@code to}, either way, copied. */
    public FlowField step(int from, int to) {
        if (Math.abs(from - to) != 1) {
            throw new IllegalArgumentException("frames " + from + " and " + to + " are no neighbours");
        }
        return to > from ? forward(from) : backward(to);
    }

    /**
     * Motion between two frames further apart: the neighbours' flows chained, then refined on the two pictures themselves. Found on demand
     * (about as costly as one pair) and not kept.
     *
     * @return forward is from → to
     */
    public FlowPair between(int from, int to) {
        if (from == to) {
            FlowField still = FlowField.still(size());
            return new FlowPair(still, still);
        }
        if (Math.abs(from - to) == 1) {
            return new FlowPair(step(from, to), step(to, from));
        }
        return estimate(frames, from, to, chain(from, to), chain(to, from));
    }

    /** Motion from frame t to frame t + k, k of either sign; see {@link #between}. */
    public FlowField link(int t, int k) {
        return between(t, t + k).forward();
    }

    /** Motion between two frames with nothing to begin from; found on demand and not kept. */
    static FlowPair pair(SolveFrames frames, int from, int to) {
        OpenCv.load();
        return estimate(frames, from, to, null, null);
    }

    private float[] chain(int from, int to) {
        int w = size().width();
        int h = size().height();
        float[] flow = new float[2 * w * h];
        int way = Integer.signum(to - from);
        for (int t = from; t != to; t += way) {
            FlowField step = step(t, t + way);
            for (int y = 0, i = 0; y < h; y++) {
                for (int x = 0; x < w; x++, i += 2) {
                    float px = x + flow[i];
                    float py = y + flow[i + 1];
                    flow[i] += step.dx(px, py);
                    flow[i + 1] += step.dy(px, py);
                }
            }
        }
        return flow;
    }

    private static FlowPair estimate(SolveFrames frames, int from, int to, float[] there, float[] back) {
        try (Mats mats = new Mats()) {
            DISOpticalFlow dis = DISOpticalFlow.create(DISOpticalFlow.PRESET_MEDIUM);
            Mat a = frames.gray(from, mats);
            Mat b = frames.gray(to, mats);
            FrameSize size = frames.size();
            float[] forward = flow(dis, a, b, there, mats);
            float[] backward = flow(dis, b, a, back, mats);
            FlowPair pair = there == null ? LostMotion.seek(size, a, b, forward, backward, dis) : FlowPair.of(size, forward, backward);
            // its finaliser deletes the native object, even while a native call still runs on it
            Reference.reachabilityFence(dis);
            return pair;
        }
    }

    private static float[] flow(DISOpticalFlow dis, Mat from, Mat to, float[] start, Mats mats) {
        int shortSide = Math.min(from.rows(), from.cols());
        if (shortSide < 16) {
            // DIS works on patches of 8 pixels at half size; of a picture smaller than that no motion can be told
            return start == null ? new float[2 * from.rows() * from.cols()] : start;
        }
        Mat flow = mats.empty();
        if (start != null) {
            flow.create(from.rows(), from.cols(), CvType.CV_32FC2);
            flow.put(0, 0, start);
        }
        dis.calc(from, to, flow);
        return Mats.floats(flow);
    }

    private static void write(ByteBuffer slot, FlowField field) {
        ShortBuffer shorts = slot.asShortBuffer();
        shorts.put(field.dx()).put(field.dy());
        slot.position(4 * field.dx().length);
        slot.put(field.confidence());
    }

    private FlowField read(int index) {
        if (store == null) {
            throw new IllegalStateException("the flow is closed");
        }
        int area = size().area();
        short[] dx = new short[area];
        short[] dy = new short[area];
        byte[] confidence = new byte[area];
        ByteBuffer slot = store.slot(index);
        ShortBuffer shorts = slot.asShortBuffer();
        shorts.get(dx).get(dy);
        slot.position(4 * area);
        slot.get(confidence);
        return new FlowField(size(), dx, dy, confidence);
    }

    private int check(int t) {
        if (t < 0 || t >= pairs()) {
            throw new IllegalArgumentException("pair " + t + " of " + pairs());
        }
        return t;
    }

    @Override
    public void close() {
        store = null;
    }
}
