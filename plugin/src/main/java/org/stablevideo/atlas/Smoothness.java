package org.stablevideo.atlas;

import java.util.Arrays;

/**
 * What a mapping is asked to be where the pictures do not say (see {@link FieldSystem} for the terms).
 *
 * @param bendCorrection weight of the second differences of a correction
 * @param bendField weight of the second differences of the corrected field
 * @param similarity weight of its departure from rotations and scalings
 * @param damping weight of the correction itself, positive
 */
record Smoothness(float bendCorrection, float bendField, float similarity, float damping) {

    Smoothness {
        if (!(bendCorrection >= 0 && bendField >= 0 && similarity >= 0 && damping > 0)) {
            throw new IllegalArgumentException("smoothness weights " + bendCorrection + ", " + bendField + ", " + similarity + ", " + damping);
        }
    }

    /** Adds the product of all terms with a correction. */
    void applyToCorrection(Lattice lattice, float[] x, float[] out) {
        bend(lattice, x, out, bendCorrection + bendField);
        similar(lattice, x, out);
        for (int i = 0; i < x.length; i++) {
            out[i] += damping * x[i];
        }
    }

    /** Adds the gradient that the field itself has before a correction. */
    void applyToField(Lattice lattice, float[] field, float[] out) {
        bend(lattice, field, out, bendField);
        similar(lattice, field, out);
    }

    /** Diagonal of the terms at an inner node. */
    float diagonal() {
        return (bendCorrection + bendField) * 14 + similarity * 8 + damping;
    }

    /** Adds weight·DᵀDx for the second differences D across, down and mixed. They are kept between zeros, so that all sums are plain loops over the nodes. */
    private static void bend(Lattice lattice, float[] x, float[] out, float weight) {
        if (weight == 0) {
            return;
        }
        int width = 2 * lattice.columns();
        int start = width + 2;
        float[] d = new float[x.length + 2 * start];
        for (int row = 0; row < x.length; row += width) {
            for (int i = row + 2; i < row + width - 2; i++) {
                d[start + i] = weight * (x[i - 2] - 2 * x[i] + x[i + 2]);
            }
        }
        addTwice(d, start, 2, out);
        Arrays.fill(d, 0);
        for (int i = width; i < x.length - width; i++) {
            d[start + i] = weight * (x[i - width] - 2 * x[i] + x[i + width]);
        }
        addTwice(d, start, width, out);
        Arrays.fill(d, 0);
        for (int row = 0; row < x.length - width; row += width) {
            for (int i = row; i < row + width - 2; i++) {
                d[start + i] = weight * (x[i] - x[i + 2] - x[i + width] + x[i + width + 2]);
            }
        }
        for (int i = 0; i < x.length; i++) {
            out[i] += d[start + i] - d[start + i - 2] - d[start + i - width] + d[start + i - width - 2];
        }
    }

    /** Adds the second differences, at a distance, of second differences that lie from {@code start} on. */
    private static void addTwice(float[] d, int start, int distance, float... out) {
        for (int i = 0; i < out.length; i++) {
            out[i] += d[start + i - distance] - 2 * d[start + i] + d[start + i + distance];
        }
    }

    private void similar(Lattice lattice, float[] x, float[] out) {
        if (similarity == 0) {
            return;
        }
        int columns = lattice.columns();
        int down = 2 * columns;
        for (int r = 0; r + 1 < lattice.rows(); r++) {
            for (int c = 0; c + 1 < columns; c++) {
                int u = 2 * (r * columns + c);
                int v = u + 1;
                float stretch = similarity * ((x[u + 2] - x[u]) - (x[v + down] - x[v]));
                float shear = similarity * ((x[u + down] - x[u]) + (x[v + 2] - x[v]));
                out[u] -= stretch + shear;
                out[v] += stretch - shear;
                out[u + 2] += stretch;
                out[v + 2] += shear;
                out[u + down] += shear;
                out[v + down] -= stretch;
            }
        }
    }
}
