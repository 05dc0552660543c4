package org.stablevideo.atlas;

/**
 * Linear least squares for a correction δ to a field U over a lattice: Σ of quadratic data terms at pixels plus
 *
 * <pre>
 *   bendCorrection·|∂²δ|² + bendField·|∂²(U + δ)|² + similarity·(|∂x u − ∂y v|² + |∂y u + ∂x v|²)(U + δ) + damping·|δ|²
 * </pre>
 *
 * with differences between neighbouring nodes (not divided by the spacing). Solved by conjugate gradients with 2×2 block-Jacobi
 * preconditioning; the order of every sum is fixed, so equal input gives equal bits. One thread's.
 */
final class FieldSystem {

    private static final int SELF = 0;
    private static final int EAST = 1;
    private static final int SOUTH_WEST = 2;
    private static final int SOUTH = 3;
    private static final int SOUTH_EAST = 4;
    private static final int BLOCK = 15;

    private final Lattice lattice;
    private final Smoothness smooth;
    /** For each node the blocks (uu, uv, vv) with itself and its later neighbours. */
    private final float[] data;
    private final float[] right;

    FieldSystem(Lattice lattice, Smoothness smooth) {
        this.lattice = lattice;
        this.smooth = smooth;
        this.data = new float[BLOCK * lattice.nodes()];
        this.right = new float[2 * lattice.nodes()];
    }

    /**
     * Adds the term δᵀHδ − 2bᵀδ for the correction δ at a point, read bilinearly.
     *
     * @param cell index of the node before the point in both directions
     * @param fx fraction across the cell
     * @param fy fraction down the cell
     */
    void add(int cell, float fx, float fy, float huu, float huv, float hvv, float bu, float bv) {
        int columns = lattice.columns();
        float w00 = (1 - fx) * (1 - fy);
        float w10 = fx * (1 - fy);
        float w01 = (1 - fx) * fy;
        float w11 = fx * fy;
        int a = cell;
        int b = cell + 1;
        int c = cell + columns;
        int d = c + 1;
        block(a, SELF, w00 * w00, huu, huv, hvv);
        block(a, EAST, w00 * w10, huu, huv, hvv);
        block(a, SOUTH, w00 * w01, huu, huv, hvv);
        block(a, SOUTH_EAST, w00 * w11, huu, huv, hvv);
        block(b, SELF, w10 * w10, huu, huv, hvv);
        block(b, SOUTH_WEST, w10 * w01, huu, huv, hvv);
        block(b, SOUTH, w10 * w11, huu, huv, hvv);
        block(c, SELF, w01 * w01, huu, huv, hvv);
        block(c, EAST, w01 * w11, huu, huv, hvv);
        block(d, SELF, w11 * w11, huu, huv, hvv);
        right[2 * a] += w00 * bu;
        right[2 * a + 1] += w00 * bv;
        right[2 * b] += w10 * bu;
        right[2 * b + 1] += w10 * bv;
        right[2 * c] += w01 * bu;
        right[2 * c + 1] += w01 * bv;
        right[2 * d] += w11 * bu;
        right[2 * d + 1] += w11 * bv;
    }

    /** Adds the term weight·|δ − (du, dv)|² for the correction at a pixel position. */
    void pull(float x, float y, float weight, float du, float dv) {
        float nx = x / lattice.spacing();
        float ny = y / lattice.spacing();
        int c = Math.min(lattice.columns() - 2, Math.max(0, (int) nx));
        int r = Math.min(lattice.rows() - 2, Math.max(0, (int) ny));
        add(r * lattice.columns() + c, nx - c, ny - r, weight, 0, weight, weight * du, weight * dv);
    }

    private void block(int node, int neighbour, float w, float huu, float huv, float hvv) {
        int at = BLOCK * node + 3 * neighbour;
        data[at] += w * huu;
        data[at + 2] += w * hvv;
        // pulls, of which there are most, have none; not to touch it is faster
        if (huv != 0) {
            data[at + 1] += w * huv;
        }
    }

    /**
     * Solves for the correction.
     *
     * @param field U, unchanged
     * @param iterations most steps of conjugate gradients
     * @return U + δ
     */
    float[] solve(float[] field, int iterations) {
        int n = right.length;
        float[] residual = new float[n];
        smooth.applyToField(lattice, field, residual);
        for (int i = 0; i < n; i++) {
            residual[i] = right[i] - residual[i];
        }
        float[] inverse = preconditioner();
        float[] delta = new float[n];
        float[] z = new float[n];
        precondition(inverse, residual, z);
        float[] direction = z.clone();
        float[] product = new float[n];
        double rz = dot(residual, z);
        double start = rz;
        for (int k = 0; k < iterations && rz > 1e-6 * start && rz > 1e-20; k++) {
            apply(direction, product);
            double curvature = dot(direction, product);
            if (!(curvature > 0)) {
                break;
            }
            float step = (float) (rz / curvature);
            for (int i = 0; i < n; i++) {
                delta[i] += step * direction[i];
                residual[i] -= step * product[i];
            }
            precondition(inverse, residual, z);
            double next = dot(residual, z);
            float beta = (float) (next / rz);
            rz = next;
            for (int i = 0; i < n; i++) {
                direction[i] = z[i] + beta * direction[i];
            }
        }
        for (int i = 0; i < n; i++) {
            delta[i] += field[i];
        }
        return delta;
    }

    private void apply(float[] x, float[] out) {
        java.util.Arrays.fill(out, 0);
        int columns = lattice.columns();
        int rows = lattice.rows();
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                int i = r * columns + c;
                int at = BLOCK * i;
                float xu = x[2 * i];
                float xv = x[2 * i + 1];
                float su = data[at] * xu + data[at + 1] * xv;
                float sv = data[at + 1] * xu + data[at + 2] * xv;
                for (int k = EAST; k <= SOUTH_EAST; k++) {
                    int j = neighbour(i, c, r, k);
                    if (j < 0) {
                        continue;
                    }
                    int e = at + 3 * k;
                    float uu = data[e];
                    float uv = data[e + 1];
                    float vv = data[e + 2];
                    su += uu * x[2 * j] + uv * x[2 * j + 1];
                    sv += uv * x[2 * j] + vv * x[2 * j + 1];
                    out[2 * j] += uu * xu + uv * xv;
                    out[2 * j + 1] += uv * xu + vv * xv;
                }
                out[2 * i] += su;
                out[2 * i + 1] += sv;
            }
        }
        smooth.applyToCorrection(lattice, x, out);
    }

    private int neighbour(int i, int c, int r, int k) {
        int columns = lattice.columns();
        switch (k) {
            case EAST:
                return c + 1 < columns ? i + 1 : -1;
            case SOUTH_WEST:
                return c > 0 && r + 1 < lattice.rows() ? i + columns - 1 : -1;
            case SOUTH:
                return r + 1 < lattice.rows() ? i + columns : -1;
            default:
                return c + 1 < columns && r + 1 < lattice.rows() ? i + columns + 1 : -1;
        }
    }

    private float[] preconditioner() {
        float[] inverse = new float[3 * lattice.nodes()];
        float own = smooth.diagonal();
        for (int i = 0; i < lattice.nodes(); i++) {
            double a = data[BLOCK * i] + own;
            double b = data[BLOCK * i + 1];
            double d = data[BLOCK * i + 2] + own;
            double determinant = a * d - b * b;
            inverse[3 * i] = (float) (d / determinant);
            inverse[3 * i + 1] = (float) (-b / determinant);
            inverse[3 * i + 2] = (float) (a / determinant);
        }
        return inverse;
    }

    private static void precondition(float[] inverse, float[] x, float[] out) {
        for (int i = 0; i < x.length / 2; i++) {
            float u = x[2 * i];
            float v = x[2 * i + 1];
            out[2 * i] = inverse[3 * i] * u + inverse[3 * i + 1] * v;
            out[2 * i + 1] = inverse[3 * i + 1] * u + inverse[3 * i + 2] * v;
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
