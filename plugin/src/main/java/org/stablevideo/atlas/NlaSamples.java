package org.stablevideo.atlas;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.model.NlaNetwork.Batch;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.FlowField;
import org.stablevideo.motion.SolveFrames;

/** Random pixels of a clip as neural layered atlases are trained on them; the whole clip and its flow lie in memory. */
final class NlaSamples {

    /** Disagreement of forward and backward flow, in pixels, from which neither is used. */
    private static final float CONSISTENT = 1;

    private final FrameSize size;
    private final byte[][] frames;
    private final List<Plane> mattes;
    private final FlowField[] forward;
    private final FlowField[] backward;

    /**
     * @param mattes share of the object, a frame; none where there is no object
     */
    NlaSamples(SolveFrames frames, ClipFlow flow, List<Plane> mattes) {
        this.size = frames.size();
        this.mattes = mattes;
        this.frames = new byte[frames.count()][];
        this.forward = new FlowField[flow.pairs()];
        this.backward = new FlowField[flow.pairs()];
        for (int t = 0; t < this.frames.length; t++) {
            this.frames[t] = frames.frame(t).rgb();
        }
        for (int t = 0; t < forward.length; t++) {
            forward[t] = flow.forward(t);
            backward[t] = flow.backward(t);
        }
    }

    /** Random pixels of the whole clip, with replacement. */
    Batch batch(int n, SplittableRandom random) {
        float[] at = new float[3 * n];
        float[] seen = new float[9 * n];
        float[] mask = new float[n];
        Matches ahead = new Matches(n);
        Matches behind = new Matches(n);
        for (int i = 0; i < n; i++) {
            int x = random.nextInt(size.width());
            int y = random.nextInt(size.height());
            int t = random.nextInt(frames.length);
            at[3 * i] = x;
            at[3 * i + 1] = y;
            at[3 * i + 2] = t;
            look(x, y, t, seen, 9 * i);
            mask[i] = mattes.isEmpty() ? 0 : (mattes.get(t).values()[y * size.width() + x] & 0xff) / 255f;
            if (t + 1 < frames.length) {
                ahead.add(i, x, y, t + 1, forward[t], backward[t]);
            }
            if (t > 0) {
                behind.add(i, x, y, t - 1, backward[t - 1], forward[t - 1]);
            }
        }
        return new Batch(at, seen, mask, ahead.places(), ahead.numbers(), behind.places(), behind.numbers());
    }

    /** Positions of random pixels of one frame. */
    float[] places(int n, int frame, SplittableRandom random) {
        float[] at = new float[3 * n];
        for (int i = 0; i < n; i++) {
            at[3 * i] = random.nextInt(size.width());
            at[3 * i + 1] = random.nextInt(size.height());
            at[3 * i + 2] = frame;
        }
        return at;
    }

    /** Colour and its forward differences, which are 0 in the last column and row. */
    private void look(int x, int y, int t, float[] seen, int to) {
        byte[] rgb = frames[t];
        int here = 3 * (y * size.width() + x);
        int right = x + 1 < size.width() ? here + 3 : here;
        int below = y + 1 < size.height() ? here + 3 * size.width() : here;
        for (int k = 0; k < 3; k++) {
            int own = rgb[here + k] & 0xff;
            seen[to + k] = own / 255f;
            seen[to + 3 + k] = ((rgb[right + k] & 0xff) - own) / 255f;
            seen[to + 6 + k] = ((rgb[below + k] & 0xff) - own) / 255f;
        }
    }

    /** Where pixels lie in a neighbouring frame, as far as the flow there and back agrees. */
    private static final class Matches {

        private final float[] places;
        private final int[] numbers;
        private int count;

        Matches(int most) {
            places = new float[3 * most];
            numbers = new int[most];
        }

        void add(int number, int x, int y, int frame, FlowField there, FlowField back) {
            float dx = there.dx(x, y);
            float dy = there.dy(x, y);
            float px = x + dx;
            float py = y + dy;
            FrameSize size = there.size();
            if (px < 0 || py < 0 || px > size.width() - 1 || py > size.height() - 1) {
                return;
            }
            float ex = dx + back.dx(px, py);
            float ey = dy + back.dy(px, py);
            if (ex * ex + ey * ey < CONSISTENT * CONSISTENT) {
                places[3 * count] = px;
                places[3 * count + 1] = py;
                places[3 * count + 2] = frame;
                numbers[count++] = number;
            }
        }

        float[] places() {
            return Arrays.copyOf(places, 3 * count);
        }

        int[] numbers() {
            return Arrays.copyOf(numbers, count);
        }
    }
}
