package org.stablevideo.atlas;

import org.stablevideo.frame.FrameSize;

/**
 * The nodes of a mapping: node (c, r) sits at solve pixel (c·spacing, r·spacing), the last column and row on or beyond the last pixel. A field
 * over a lattice is an array of interleaved (u, v), row-major.
 *
 * @param solve size of the frames
 * @param columns nodes across, at least 2
 * @param rows nodes down, at least 2
 * @param spacing pixels between nodes, positive
 */
record Lattice(FrameSize solve, int columns, int rows, float spacing) {

    /** The lattice of a spacing over frames of a size. */
    static Lattice over(FrameSize solve, float spacing) {
        int columns = Math.max(2, (int) Math.ceil((solve.width() - 1) / spacing) + 1);
        int rows = Math.max(2, (int) Math.ceil((solve.height() - 1) / spacing) + 1);
        return new Lattice(solve, columns, rows, spacing);
    }

    int nodes() {
        return columns * rows;
    }

    /** The field that maps every pixel to itself. */
    float[] identity() {
        float[] uv = new float[2 * nodes()];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                uv[2 * (r * columns + c)] = c * spacing;
                uv[2 * (r * columns + c) + 1] = r * spacing;
            }
        }
        return uv;
    }

    /** Reads a field at a pixel position, bilinear, linearly continued outside; writes (u, v) to {@code out}. */
    void read(float[] uv, double x, double y, double[] out) {
        double nx = x / spacing;
        double ny = y / spacing;
        int c = Math.min(columns - 2, Math.max(0, (int) Math.floor(nx)));
        int r = Math.min(rows - 2, Math.max(0, (int) Math.floor(ny)));
        double fx = nx - c;
        double fy = ny - r;
        int a = 2 * (r * columns + c);
        int b = a + 2 * columns;
        for (int k = 0; k < 2; k++) {
            double top = uv[a + k] + fx * (uv[a + 2 + k] - uv[a + k]);
            double bottom = uv[b + k] + fx * (uv[b + 2 + k] - uv[b + k]);
            out[k] = top + fy * (bottom - top);
        }
    }

    /**
     * Reads a field as {@link #read}, but continues it outside the frame by its usual slope: that of a single cell at the rim, continued into the next frame's
     * rim and so on, would bend a panorama into a fan.
     *
     * @param slope as {@link #jacobian} gives it
     */
    void readOver(float[] uv, double[] slope, double x, double y, double[] out) {
        double inX = Math.max(0, Math.min(solve.width() - 1.0, x));
        double inY = Math.max(0, Math.min(solve.height() - 1.0, y));
        read(uv, inX, inY, out);
        out[0] += slope[0] * (x - inX) + slope[1] * (y - inY);
        out[1] += slope[2] * (x - inX) + slope[3] * (y - inY);
    }

    /** The usual slope of a field: ∂u/∂x, ∂u/∂y, ∂v/∂x, ∂v/∂y by a pixel, each the median over cells. */
    double[] jacobian(float[] uv) {
        int cells = (columns - 1) * (rows - 1);
        double[][] slopes = new double[4][cells];
        for (int r = 0, i = 0; r + 1 < rows; r++) {
            for (int c = 0; c + 1 < columns; c++, i++) {
                int a = 2 * (r * columns + c);
                for (int k = 0; k < 2; k++) {
                    slopes[2 * k][i] = (uv[a + 2 + k] - uv[a + k]) / spacing;
                    slopes[2 * k + 1][i] = (uv[a + 2 * columns + k] - uv[a + k]) / spacing;
                }
            }
        }
        double[] out = new double[4];
        for (int k = 0; k < 4; k++) {
            java.util.Arrays.sort(slopes[k]);
            out[k] = slopes[k][cells / 2];
        }
        return out;
    }

    /** The same field on another lattice over the same frames. */
    float[] resample(float[] uv, Lattice to) {
        if (to.equals(this)) {
            return uv.clone();
        }
        float[] out = new float[2 * to.nodes()];
        double[] at = new double[2];
        for (int r = 0; r < to.rows; r++) {
            for (int c = 0; c < to.columns; c++) {
                read(uv, c * to.spacing, r * to.spacing, at);
                out[2 * (r * to.columns + c)] = (float) at[0];
                out[2 * (r * to.columns + c) + 1] = (float) at[1];
            }
        }
        return out;
    }

    /** Texels per pixel area of a cell: the determinant of its mean Jacobian; negative where the cell turns over. */
    double area(float[] uv, int column, int row) {
        int a = 2 * (row * columns + column);
        int b = a + 2 * columns;
        double ux = uv[a + 2] - uv[a] + uv[b + 2] - uv[b];
        double vx = uv[a + 3] - uv[a + 1] + uv[b + 3] - uv[b + 1];
        double uy = uv[b] - uv[a] + uv[b + 2] - uv[a + 2];
        double vy = uv[b + 1] - uv[a + 1] + uv[b + 3] - uv[a + 3];
        return (ux * vy - uy * vx) / (4 * spacing * spacing);
    }

    /** Index of the pixel in the middle of a cell, row-major, in a plane of the solve size. */
    int middle(int column, int row) {
        int x = Math.min(solve.width() - 1, Math.round((column + 0.5f) * spacing));
        int y = Math.min(solve.height() - 1, Math.round((row + 0.5f) * spacing));
        return y * solve.width() + x;
    }

    /** The field as a mapping, positions rounded to 1/512 texel so that files are small. */
    ControlGrid grid(float[] uv) {
        float[] u = new float[nodes()];
        float[] v = new float[nodes()];
        for (int i = 0; i < u.length; i++) {
            u[i] = Math.round(uv[2 * i] * 512) / 512f;
            v[i] = Math.round(uv[2 * i + 1] * 512) / 512f;
        }
        return new ControlGrid(columns, rows, spacing, u, v);
    }

    /** The field of a mapping. */
    static float[] field(ControlGrid grid) {
        float[] uv = new float[2 * grid.u().length];
        for (int i = 0; i < grid.u().length; i++) {
            uv[2 * i] = grid.u()[i];
            uv[2 * i + 1] = grid.v()[i];
        }
        return uv;
    }
}
