package org.stablevideo.render;

import java.util.function.IntToDoubleFunction;
import org.stablevideo.frame.FrameSize;

/**
 * Reads values at the nodes of a regular grid along the rows of a frame: bilinear, linearly continued beyond the outermost nodes.
 *
 * <p>A row is first interpolated down to one value a column of nodes, then across cell by cell. Immutable, made once a frame.
 */
final class NodeScan {

    private final int columns;
    private final int[] start;
    private final float[] fraction;
    private final int[] cellDown;
    private final float[] fractionDown;

    /**
     * Lays a grid over a frame.
     *
     * @param columns nodes across, at least 2
     * @param rows nodes down, at least 2
     * @param nodeX node position, in nodes, of a frame column
     * @param nodeY node position, in nodes, of a frame row
     */
    NodeScan(int columns, int rows, int width, int height, IntToDoubleFunction nodeX, IntToDoubleFunction nodeY) {
        this.columns = columns;
        int[] cell = new int[width];
        fraction = new float[width];
        cellDown = new int[height];
        fractionDown = new float[height];
        place(columns, nodeX, cell, fraction);
        place(rows, nodeY, cellDown, fractionDown);
        start = new int[columns];
        int x = 0;
        for (int c = 0; c < columns; c++) {
            while (x < width && (cell[x] < c || c == columns - 1)) {
                x++;
            }
            start[c] = x;
        }
    }

    /** A node in the middle of every square block of a frame. */
    static NodeScan ofBlocks(int columns, int rows, FrameSize size, int block) {
        return new NodeScan(columns, rows, size.width(), size.height(), x -> (x + 0.5) / block - 0.5, y -> (y + 0.5) / block - 0.5);
    }

    private static void place(int nodes, IntToDoubleFunction node, int[] cell, float[] fraction) {
        for (int i = 0; i < cell.length; i++) {
            double at = node.applyAsDouble(i);
            cell[i] = Math.min(nodes - 2, Math.max(0, (int) Math.floor(at)));
            fraction[i] = (float) (at - cell[i]);
        }
    }

    /** Columns of nodes. */
    int columns() {
        return columns;
    }

    /**
     * Values along a frame row.
     *
     * @param nodes row-major node values, {@link #columns} a row
     * @param left first pixel wanted
     * @param right pixel after the last one wanted
     * @param down memory for {@link #columns} values
     * @param out receives a value at each pixel wanted
     */
    void row(float[] nodes, int y, int left, int right, float[] down, float[] out) {
        int top = cellDown[y] * columns;
        float f = fractionDown[y];
        for (int c = 0; c < columns; c++) {
            float a = nodes[top + c];
            down[c] = a + f * (nodes[top + columns + c] - a);
        }
        for (int c = 0; c + 1 < columns; c++) {
            int end = Math.min(right, start[c + 1]);
            float a = down[c];
            float d = down[c + 1] - a;
            for (int x = Math.max(left, start[c]); x < end; x++) {
                out[x] = a + d * fraction[x];
            }
        }
    }
}
