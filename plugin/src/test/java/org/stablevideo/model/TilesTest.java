package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TilesTest {

    @Test
    void shouldJoinPiecesOfALocalNetworkWithoutASeam() {
        int height = 37;
        int width = 53;
        float[] planes = FormulaWeights.noise("planes", 2, height, width);
        for (int side : new int[] {8, 16, 40, 64}) {
            int[] pieces = {0};
            float[] twice = new Tiles(side, side / 4).apply(planes, height, width, 1, 3, (piece, h, w) -> {
                pieces[0]++;
                return enlarged(piece, h, w);
            });
            assertArrayEquals(enlarged(planes, height, width), twice, 1e-5f, "side " + side);
            assertEquals(side >= 53, pieces[0] == 1);
        }
        float[] large = FormulaWeights.noise("planes", 3, height * 2, width * 2);
        float[] small = new Tiles(16, 4).apply(large, height, width, 2, 1, (piece, h, w) -> every(piece, h, w));
        assertArrayEquals(every(large, height, width), small, 1e-6f);
    }

    @Test
    void shouldFadeFromOnePieceToTheNext() {
        float[] result = new Tiles(16, 4).apply(new float[40], 1, 40, 1, 1, new Tiles.Piece() {
            private int number;

            @Override
            public float[] apply(float[] planes, int height, int width) {
                Arrays.fill(planes, number++);
                return planes;
            }
        });
        for (int i = 1; i < result.length; i++) {
            assertTrue(result[i] >= result[i - 1] && result[i] - result[i - 1] < 0.5, "step at " + i);
        }
        assertThrows(IllegalArgumentException.class, () -> new Tiles(8, 5));
    }

    private static float[] enlarged(float[] planes, int h, int w) {
        float[] out = new float[planes.length * 9];
        for (int i = 0; i < out.length; i++) {
            int k = i / (h * w * 9);
            out[i] = 2 * planes[k * h * w + i / (3 * w) % (3 * h) / 3 * w + i % (3 * w) / 3];
        }
        return out;
    }

    private static float[] every(float[] planes, int h, int w) {
        float[] out = new float[planes.length / 4];
        for (int i = 0; i < out.length; i++) {
            out[i] = planes[(i / (h * w) * 2 * h + i / w % h * 2) * 2 * w + i % w * 2];
        }
        return out;
    }
}
