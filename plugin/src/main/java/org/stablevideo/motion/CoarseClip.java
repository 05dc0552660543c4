package org.stablevideo.motion;

import java.util.stream.IntStream;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.progress.Progress;

/**
 * Frames and motion of a clip at the size at which objects are searched: half the solve size for large frames. Coarse pixel (X, Y) stands
 * for the block of {@code factor}² solve pixels from (factor·X, factor·Y).
 *
 * @param size pixels across and down of the coarse frames
 * @param factor solve pixels a coarse pixel, 1 or 2
 * @param rgb one picture a frame, R G B interleaved
 * @param forward motion from each frame to the next, one fewer than frames
 * @param backward motion from each next frame back
 */
record CoarseClip(FrameSize size, int factor, byte[][] rgb, FlowField[] forward, FlowField[] backward) {

    /** Long sides up to this are kept as they are. */
    private static final int SMALL = 480;

    static CoarseClip of(SolveFrames frames, ClipFlow flow, Progress progress) {
        FrameSize solve = frames.size();
        int factor = solve.longSide() > SMALL ? 2 : 1;
        FrameSize size = new FrameSize((solve.width() + factor - 1) / factor, (solve.height() + factor - 1) / factor);
        int count = frames.count();
        byte[][] rgb = new byte[count][];
        FlowField[] forward = new FlowField[count - 1];
        FlowField[] backward = new FlowField[count - 1];
        FrameWorkers.each(count, "finding the object", progress, t -> {
            try (Mats mats = new Mats()) {
                Mat small = mats.empty();
                Imgproc.resize(frames.rgb(t, mats), small, new Size(size.width(), size.height()), 0, 0, Imgproc.INTER_AREA);
                rgb[t] = Mats.bytes(small);
            }
            if (t < count - 1) {
                forward[t] = reduce(flow.forward(t), size, factor);
                backward[t] = reduce(flow.backward(t), size, factor);
            }
        });
        return new CoarseClip(size, factor, rgb, forward, backward);
    }

    int count() {
        return rgb.length;
    }

    /** Every frame's index. */
    IntStream frames() {
        return IntStream.range(0, count());
    }

    /** A frame's brightness. */
    Mat gray(int t, Mats mats) {
        Mat gray = mats.empty();
        Imgproc.cvtColor(mats.rgb(size, rgb[t]), gray, Imgproc.COLOR_RGB2GRAY);
        return gray;
    }

    /** Motion from a frame to its neighbour at {@code t + way}, way being ±1; null where there is no neighbour. */
    FlowField step(int t, int way) {
        int to = t + way;
        if (to < 0 || to >= count()) {
            return null;
        }
        return way > 0 ? forward[t] : backward[to];
    }

    private static FlowField reduce(FlowField fine, FrameSize size, int factor) {
        if (factor == 1) {
            return fine;
        }
        int w = fine.size().width();
        int h = fine.size().height();
        short[] dx = new short[size.area()];
        short[] dy = new short[size.area()];
        byte[] confidence = new byte[size.area()];
        for (int y = 0, i = 0; y < size.height(); y++) {
            int top = y * factor * w;
            int bottom = Math.min(y * factor + 1, h - 1) * w;
            for (int x = 0; x < size.width(); x++, i++) {
                int left = x * factor;
                int right = Math.min(left + 1, w - 1);
                dx[i] = (short) ((fine.dx()[top + left] + fine.dx()[top + right] + fine.dx()[bottom + left] + fine.dx()[bottom + right]) / 8);
                dy[i] = (short) ((fine.dy()[top + left] + fine.dy()[top + right] + fine.dy()[bottom + left] + fine.dy()[bottom + right]) / 8);
                byte[] sure = fine.confidence();
                confidence[i] = (byte) (((sure[top + left] & 255) + (sure[top + right] & 255) + (sure[bottom + left] & 255)
                        + (sure[bottom + right] & 255)) / 4);
            }
        }
        return new FlowField(size, dx, dy, confidence);
    }
}
