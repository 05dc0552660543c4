package org.stablevideo.motion;

import org.stablevideo.frame.FrameSize;

/**
 * Motion between two frames, both ways, each with the confidence that the other gives it.
 *
 * @param forward from the first frame to the second
 * @param backward from the second frame to the first
 */
public record FlowPair(FlowField forward, FlowField backward) {

    /** Disagreement in pixels at which confidence falls to exp(−½), for small motion. */
    private static final float SIGMA = 1f;

    /** Share of the motion's length that adds to the tolerance. */
    private static final float RELATIVE = 0.02f;

    public FlowPair {
        if (!forward.size().equals(backward.size())) {
            throw new IllegalArgumentException("flow of " + forward.size() + " against " + backward.size());
        }
    }

    /** Quantises two raw flows (dx, dy interleaved, in pixels) and gives each its forward–backward confidence. */
    static FlowPair of(FrameSize size, float[] forward, float[] backward) {
        FlowField there = quantise(size, forward);
        FlowField back = quantise(size, backward);
        judge(there, back);
        judge(back, there);
        return new FlowPair(there, back);
    }

    private static FlowField quantise(FrameSize size, float[] flow) {
        short[] dx = new short[size.area()];
        short[] dy = new short[size.area()];
        for (int i = 0; i < dx.length; i++) {
            dx[i] = steps(flow[2 * i]);
            dy[i] = steps(flow[2 * i + 1]);
        }
        return new FlowField(size, dx, dy, new byte[size.area()]);
    }

    private static short steps(float pixels) {
        int value = Math.round(pixels * FlowField.STEPS);
        return (short) Math.max(-Short.MAX_VALUE, Math.min(Short.MAX_VALUE, value));
    }

    private static void judge(FlowField there, FlowField back) {
        int w = there.size().width();
        int h = there.size().height();
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                float dx = there.dx(x, y);
                float dy = there.dy(x, y);
                float tx = x + dx;
                float ty = y + dy;
                float sure = 0;
                if (tx >= 0 && ty >= 0 && tx <= w - 1 && ty <= h - 1) {
                    float ex = dx + back.dx(tx, ty);
                    float ey = dy + back.dy(tx, ty);
                    float tolerance = SIGMA + RELATIVE * (float) Math.sqrt(dx * dx + dy * dy);
                    sure = (float) Math.exp(-(ex * ex + ey * ey) / (2 * tolerance * tolerance));
                }
                there.confidence()[y * w + x] = (byte) Math.round(255 * sure);
            }
        }
    }
}
