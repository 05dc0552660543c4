package org.stablevideo.render;

import java.util.function.IntToDoubleFunction;

/**
 * Reads values at the nodes of a regular grid along the rows of a frame: bilinear, linearly continued beyond the outermost nodes.
 *
 * <p>A row is first interpolated down to one value a column of nodes ({@link #row}); pixels then lie between {@code cell[x]} and
 * {@code cell[x] + 1}. Immutable, made once a frame.
 */
final class NodeScan {

    final int columns;
    final int[] cell;
    final float[] fraction;
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
        cell = new int[width];
        fraction = new float[width];
        cellDown = new int[height];
        fractionDown = new float[height];
        place(columns, nodeX, cell, fraction);
        place(rows, nodeY, cellDown, fractionDown);
    }

    private static void place(int nodes, IntToDoubleFunction node, int[] cell, float[] fraction) {
        for (int i = 0; i < cell.length; i++) {
            double at = node.applyAsDouble(i);
            cell[i] = Math.min(nodes - 2, Math.max(0, (int) Math.floor(at)));
            fraction[i] = (float) (at - cell[i]);
        }
    }

    /**
     * Values of one frame row at each column of nodes.
     *
     * @param nodes row-major node values, {@code columns} a row
     * @param out receives {@code columns} values
     */
    void row(float[] nodes, int y, float[] out) {
        int top = cellDown[y] * columns;
        float f = fractionDown[y];
        for (int c = 0; c < columns; c++) {
            float a = nodes[top + c];
            out[c] = a + f * (nodes[top + columns + c] - a);
        }
    }
}
