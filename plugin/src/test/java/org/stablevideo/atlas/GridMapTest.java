package org.stablevideo.atlas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.space.SolveToFrame;

class GridMapTest {

    private static ControlGrid affine(FrameSize solve, float spacing) {
        int columns = (int) Math.ceil((solve.width() - 1) / spacing) + 1;
        int rows = (int) Math.ceil((solve.height() - 1) / spacing) + 1;
        float[] u = new float[columns * rows];
        float[] v = new float[columns * rows];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                float x = c * spacing;
                float y = r * spacing;
                u[r * columns + c] = 3.5f + 1.25f * x - 0.25f * y;
                v[r * columns + c] = -7f + 0.5f * x + 0.75f * y;
            }
        }
        return new ControlGrid(columns, rows, spacing, u, v);
    }

    @Test
    void shouldReproduceAnAffineMapAtEverySizeUpToTheEdge() {
        FrameSize solve = new FrameSize(37, 53);
        ControlGrid grid = affine(solve, 8);
        for (FrameSize out : new FrameSize[] {solve, new FrameSize(19, 27), new FrameSize(111, 159), new FrameSize(1, 1)}) {
            SolveToFrame sizes = new SolveToFrame(solve, out);
            DenseMap map = GridMap.dense(grid, solve, out);
            for (int y = 0; y < out.height(); y++) {
                for (int x = 0; x < out.width(); x++) {
                    double sx = sizes.solveX(x);
                    double sy = sizes.solveY(y);
                    int at = y * out.width() + x;
                    assertEquals(3.5 + 1.25 * sx - 0.25 * sy, map.u()[at], 1e-3, out + " " + x + "," + y);
                    assertEquals(-7 + 0.5 * sx + 0.75 * sy, map.v()[at], 1e-3, out + " " + x + "," + y);
                }
            }
        }
    }

    @Test
    void shouldHitNodesExactlyAndBeBilinearBetween() {
        ControlGrid grid = new ControlGrid(2, 2, 4, new float[] {0, 4, 10, 30}, new float[] {1, 1, 5, 5});
        FrameSize solve = new FrameSize(5, 5);
        DenseMap map = GridMap.dense(grid, solve, solve);

        assertEquals(0, map.u()[0], 1e-6);
        assertEquals(30, map.u()[24], 1e-5);
        assertEquals((0 + 4 + 10 + 30) / 4.0, map.u()[12], 1e-5);
        assertEquals(2, map.v()[5], 1e-6);
    }

    @Test
    void shouldUpsampleLightChannelByChannel() {
        LightGrid light = new LightGrid(2, 2, 16, new float[] {1, 2, 3, 1, 2, 3, 2, 2, 0.5f, 2, 2, 0.5f});
        float[] gain = GridMap.dense(light, new FrameSize(3, 17), new FrameSize(3, 17));
        int at = 3 * (8 * 3 + 1);

        assertEquals(1.5, gain[at], 1e-6);
        assertEquals(2, gain[at + 1], 1e-6);
        assertEquals(1.75, gain[at + 2], 1e-6);
    }
}
