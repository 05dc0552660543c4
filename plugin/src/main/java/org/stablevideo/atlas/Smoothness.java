package org.stablevideo.atlas;

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

    private static void bend(Lattice lattice, float[] x, float[] out, float weight) {
        if (weight == 0) {
            return;
        }
        int columns = lattice.columns();
        int down = 2 * columns;
        for (int r = 0; r < lattice.rows(); r++) {
            boolean inside = r > 0 && r + 1 < lattice.rows();
            boolean last = r + 1 == lattice.rows();
            for (int c = 0; c < columns; c++) {
                int at = 2 * (r * columns + c);
                for (int i = at; i < at + 2; i++) {
                    if (c > 0 && c + 1 < columns) {
                        float d = weight * (x[i - 2] - 2 * x[i] + x[i + 2]);
                        out[i - 2] += d;
                        out[i] -= 2 * d;
                        out[i + 2] += d;
                    }
                    if (inside) {
                        float d = weight * (x[i - down] - 2 * x[i] + x[i + down]);
                        out[i - down] += d;
                        out[i] -= 2 * d;
                        out[i + down] += d;
                    }
                    if (!last && c + 1 < columns) {
                        float d = weight * (x[i] - x[i + 2] - x[i + down] + x[i + down + 2]);
                        out[i] += d;
                        out[i + 2] -= d;
                        out[i + down] -= d;
                        out[i + down + 2] += d;
                    }
                }
            }
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
