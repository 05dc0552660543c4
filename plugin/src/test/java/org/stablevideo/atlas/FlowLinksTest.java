package org.stablevideo.atlas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.FlowField;

class FlowLinksTest {

    private static final FrameSize SIZE = new FrameSize(64, 48);
    private static final Lattice LATTICE = Lattice.over(SIZE, 8);
    private static final Smoothness FREE = new Smoothness(0.1f, 0, 0, 1e-4f);
    private static final float MOVED = 3;

    @Test
    void shouldHoldAPlainSurfaceWhereItsNeighbourHasIt() {
        assertEquals(MOVED, shift(255, 255), 0.02, "both frames show it");
    }

    @Test
    void shouldIgnoreWhatOnlyOneFrameShows() {
        assertEquals(0, shift(0, 255), 1e-4, "the flow is not sure");
        assertEquals(0, shift(255, 0), 1e-4, "the neighbour's pixel is another layer's");
    }

    @Test
    void shouldHeedBothNeighboursAlike() {
        float[] identity = LATTICE.identity();
        float[][] fields = {moved(2), identity, moved(-2)};
        float[] after = solve((from, to) -> flow(0, 255), fields, 1, planes(255));
        assertEquals(0, meanShift(after, identity), 0.01, "between the two");
    }

    /** How far frame 0 goes to the texels that frame 1, in which all has moved to the right, shows there. */
    private static double shift(int confidence, int neighbour) {
        float[] identity = LATTICE.identity();
        List<Plane> weights = List.of(plane(255), plane(neighbour));
        return meanShift(solve((from, to) -> flow(MOVED, confidence), new float[][] {identity, identity}, 0, weights), identity);
    }

    private static float[] solve(FlowLinks.Steps flow, float[][] fields, int t, List<Plane> weights) {
        float[] now = fields[t];
        for (int i = 0; i < 8; i++) {
            FieldSystem system = new FieldSystem(LATTICE, FREE);
            new FlowLinks(flow, weights).add(system, LATTICE, fields, t, now);
            now = system.solve(now, 60);
        }
        return now;
    }

    private static double meanShift(float[] field, float[] before) {
        double sum = 0;
        int count = 0;
        for (int r = 1; r < LATTICE.rows() - 1; r++) {
            for (int c = 1; c < LATTICE.columns() - 1; c++, count++) {
                int i = 2 * (r * LATTICE.columns() + c);
                sum += field[i] - before[i];
            }
        }
        return sum / count;
    }

    private static float[] moved(float by) {
        float[] field = LATTICE.identity();
        for (int i = 0; i < field.length; i += 2) {
            field[i] += by;
        }
        return field;
    }

    private static FlowField flow(float dx, int confidence) {
        short[] across = new short[SIZE.area()];
        Arrays.fill(across, (short) (dx * FlowField.STEPS));
        byte[] sure = new byte[SIZE.area()];
        Arrays.fill(sure, (byte) confidence);
        return new FlowField(SIZE, across, new short[SIZE.area()], sure);
    }

    private static List<Plane> planes(int value) {
        return List.of(plane(value), plane(value), plane(value));
    }

    private static Plane plane(int value) {
        byte[] values = new byte[SIZE.area()];
        Arrays.fill(values, (byte) value);
        return new Plane(SIZE, values);
    }
}
