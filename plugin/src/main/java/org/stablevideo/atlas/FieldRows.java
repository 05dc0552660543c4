package org.stablevideo.atlas;

import java.util.function.IntToDoubleFunction;

/** Reads a field over a lattice row by row of pixels, without a dense map of the whole frame. One thread's; make one a frame. */
final class FieldRows {

    private final Lattice lattice;
    private final float[] uv;
    private final GridAxis across;
    private final GridAxis down;
    private final float[] nodeRow;
    /** Texel columns of the row read last. */
    final float[] u;
    /** Texel rows of the row read last. */
    final float[] v;

    /**
     * @param width pixels across
     * @param height pixels down
     * @param toSolve solve position of a column or row of these pixels
     */
    FieldRows(Lattice lattice, float[] uv, int width, int height, IntToDoubleFunction toSolve) {
        this.lattice = lattice;
        this.uv = uv;
        this.across = GridAxis.of(lattice.columns(), lattice.spacing(), width, toSolve);
        this.down = GridAxis.of(lattice.rows(), lattice.spacing(), height, toSolve);
        this.nodeRow = new float[2 * lattice.columns()];
        this.u = new float[width];
        this.v = new float[width];
    }

    /** Cells and fractions of the columns. */
    GridAxis across() {
        return across;
    }

    /** Cells and fractions of the rows. */
    GridAxis down() {
        return down;
    }

    /** Fills {@link #u} and {@link #v} between two columns of a row. */
    void read(int y, int from, int to) {
        int stride = 2 * lattice.columns();
        int top = down.cell()[y] * stride;
        float fy = down.fraction()[y];
        for (int i = 0; i < stride; i++) {
            nodeRow[i] = uv[top + i] + fy * (uv[top + stride + i] - uv[top + i]);
        }
        int[] cell = across.cell();
        float[] fraction = across.fraction();
        for (int x = from; x < to; x++) {
            int c = 2 * cell[x];
            float f = fraction[x];
            u[x] = nodeRow[c] + f * (nodeRow[c + 2] - nodeRow[c]);
            v[x] = nodeRow[c + 1] + f * (nodeRow[c + 3] - nodeRow[c + 1]);
        }
    }
}
