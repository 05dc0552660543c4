package org.stablevideo.atlas;

/**
 * Weighted least squares for an affine map (x, y) → (p, q), pulled softly towards a pure translation so that few or collinear points give a
 * sane one. Coordinates are pixels.
 */
final class AffineFit {

    private static final double RIGIDITY = 2000;

    private double w;
    private double sx;
    private double sy;
    private double sxx;
    private double sxy;
    private double syy;
    private final double[] sd = new double[2];
    private final double[] sdx = new double[2];
    private final double[] sdy = new double[2];

    /** Adds a point that moves by (dx, dy). */
    void add(double x, double y, double dx, double dy, double weight) {
        w += weight;
        sx += weight * x;
        sy += weight * y;
        sxx += weight * x * x;
        sxy += weight * x * y;
        syy += weight * y * y;
        double[] d = {dx, dy};
        for (int k = 0; k < 2; k++) {
            sd[k] += weight * d[k];
            sdx[k] += weight * d[k] * x;
            sdy[k] += weight * d[k] * y;
        }
    }

    /** The displacement d(x, y) = c0 + c1·x + c2·y of both axes: {c0, c1, c2} for dx, then for dy; zeros without points. */
    double[] displacement() {
        double[] out = new double[6];
        if (w < 1e-6) {
            return out;
        }
        double mx = sx / w;
        double my = sy / w;
        double a = sxx - w * mx * mx + RIGIDITY;
        double b = sxy - w * mx * my;
        double c = syy - w * my * my + RIGIDITY;
        double determinant = a * c - b * b;
        for (int k = 0; k < 2; k++) {
            double m = sd[k] / w;
            double p = sdx[k] - w * m * mx;
            double q = sdy[k] - w * m * my;
            double gx = (p * c - q * b) / determinant;
            double gy = (q * a - p * b) / determinant;
            out[3 * k] = m - gx * mx - gy * my;
            out[3 * k + 1] = gx;
            out[3 * k + 2] = gy;
        }
        return out;
    }
}
