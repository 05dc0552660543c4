package org.stablevideo.atlas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;

class SmoothnessTest {

    private final Random random = new Random(4);

    @Test
    void shouldBeTheGradientOfTheSecondDifferences() {
        for (FrameSize size : new FrameSize[] {new FrameSize(20, 20), new FrameSize(50, 20), new FrameSize(20, 50), new FrameSize(110, 75)}) {
            Lattice lattice = Lattice.over(size, 16);
            float[] x = noise(lattice);
            float[] y = noise(lattice);
            float[] out = new float[x.length];
            new Smoothness(0.7f, 0.5f, 0, 1e-6f).applyToCorrection(lattice, x, out);
            assertEquals(1.2 * product(lattice, x, x), dot(x, out), 1e-3, size.toString());
            assertEquals(1.2 * product(lattice, y, x), dot(y, out), 1e-3, size.toString());
        }
    }

    @Test
    void shouldNotBendWhatIsAPlane() {
        Lattice lattice = Lattice.over(new FrameSize(110, 75), 16);
        float[] plane = new float[2 * lattice.nodes()];
        for (int i = 0; i < plane.length; i++) {
            int column = i / 2 % lattice.columns();
            int row = i / 2 / lattice.columns();
            plane[i] = i % 2 == 0 ? 3 + 2 * column - row : 5 * row;
        }
        float[] out = new float[plane.length];
        new Smoothness(0, 1, 0, 1).applyToField(lattice, plane, out);
        for (float value : out) {
            assertEquals(0, value, 1e-4);
        }
    }

    private float[] noise(Lattice lattice) {
        float[] noise = new float[2 * lattice.nodes()];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = random.nextFloat() - 0.5f;
        }
        return noise;
    }

    /** Sum of the products of all second differences, across, down and mixed. */
    private static double product(Lattice lattice, float[] a, float[] b) {
        double sum = 0;
        for (int r = 0; r < lattice.rows(); r++) {
            for (int c = 0; c < lattice.columns(); c++) {
                for (int k = 0; k < 2; k++) {
                    if (c > 0 && c + 1 < lattice.columns()) {
                        sum += line(lattice, a, r, c, 0, 1, k) * line(lattice, b, r, c, 0, 1, k);
                    }
                    if (r > 0 && r + 1 < lattice.rows()) {
                        sum += line(lattice, a, r, c, 1, 0, k) * line(lattice, b, r, c, 1, 0, k);
                    }
                    if (c + 1 < lattice.columns() && r + 1 < lattice.rows()) {
                        sum += square(lattice, a, r, c, k) * square(lattice, b, r, c, k);
                    }
                }
            }
        }
        return sum;
    }

    private static double line(Lattice lattice, float[] x, int r, int c, int down, int across, int k) {
        return at(lattice, x, r - down, c - across, k) - 2 * at(lattice, x, r, c, k) + at(lattice, x, r + down, c + across, k);
    }

    private static double square(Lattice lattice, float[] x, int r, int c, int k) {
        return at(lattice, x, r, c, k) - at(lattice, x, r, c + 1, k) - at(lattice, x, r + 1, c, k) + at(lattice, x, r + 1, c + 1, k);
    }

    private static double at(Lattice lattice, float[] x, int r, int c, int k) {
        return x[2 * (r * lattice.columns() + c) + k];
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
