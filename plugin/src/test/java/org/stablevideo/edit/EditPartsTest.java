package org.stablevideo.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.BoxMean;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.frame.Resample;
import org.stablevideo.render.DrawnShot;

class EditPartsTest {

    @Test
    void shouldFindTheEdgeOfABoxAndNothingElse() {
        FrameSize size = new FrameSize(40, 30);
        Plane edges = EdgeMap.of(DrawnShot.picture(size, (x, y) -> {
            int value = x >= 10 && x < 25 && y >= 8 && y < 20 ? 200 : 40;
            return new int[] {value, value, value};
        }));
        for (int y = 0; y < 30; y++) {
            for (int x = 0; x < 40; x++) {
                boolean edge = edges.values()[y * 40 + x] != 0;
                boolean near = x >= 8 && x <= 26 && y >= 6 && y <= 21 && !(x >= 12 && x <= 22 && y >= 10 && y <= 17);
                assertTrue(!edge || near, "edge at " + x + "," + y);
            }
        }
        for (int x = 12; x < 23; x++) {
            assertEquals(1, (edges.values()[7 * 40 + x] & 1) + (edges.values()[8 * 40 + x] & 1), "one thin line at the top");
        }
    }

    @Test
    void shouldLeaveWeakGradientsAlone() {
        Plane edges = EdgeMap.of(DrawnShot.picture(new FrameSize(30, 20), (x, y) -> new int[] {(int) (4 * x), 60, 90}));
        for (byte value : edges.values()) {
            assertEquals(0, value);
        }
    }

    @Test
    void shouldKeepTheMeanWhenResizing() {
        Random random = new Random(5);
        FrameSize from = new FrameSize(37, 23);
        float[] plane = new float[from.area()];
        double mean = 0;
        for (int i = 0; i < plane.length; i++) {
            plane[i] = random.nextFloat();
            mean += plane[i] / plane.length;
        }
        float[] small = Resample.resize(plane, from, new FrameSize(11, 8));
        double after = 0;
        for (float value : small) {
            after += value / small.length;
        }
        assertEquals(mean, after, 1e-4);
    }

    @Test
    void shouldMeasureWindowMeansLikeTheDefinition() {
        Random random = new Random(9);
        FrameSize size = new FrameSize(13, 9);
        float[] plane = new float[size.area()];
        for (int i = 0; i < plane.length; i++) {
            plane[i] = random.nextFloat();
        }
        for (int radius : new int[] {1, 3, 20}) {
            float[] means = BoxMean.of(plane, size, radius);
            for (int y = 0; y < 9; y++) {
                for (int x = 0; x < 13; x++) {
                    double sum = 0;
                    int count = 0;
                    for (int j = Math.max(0, y - radius); j <= Math.min(8, y + radius); j++) {
                        for (int i = Math.max(0, x - radius); i <= Math.min(12, x + radius); i++) {
                            sum += plane[j * 13 + i];
                            count++;
                        }
                    }
                    assertEquals(sum / count, means[y * 13 + x], 1e-5);
                }
            }
        }
    }

    @Test
    void shouldFillHolesFromTheirNeighbours() {
        Canvas canvas = Canvas.of(DrawnShot.picture(new FrameSize(50, 40), (x, y) -> new int[] {180, 90, 45}));
        for (int i = 0; i < canvas.weight().length; i++) {
            if (i % 50 > 15 && i % 50 < 40 || i / 50 > 20) {
                canvas.weight()[i] = 0;
                canvas.colour()[0][i] = 0;
            }
        }
        Canvas filled = canvas.filled();
        for (float value : filled.colour()[0]) {
            assertEquals(180 / 255f, value, 1e-3);
        }
    }

    @Test
    void shouldSnapAPaintedBoundaryToTheShotsEdge() {
        FrameSize large = new FrameSize(128, 96);
        FrameSize small = new FrameSize(32, 24);
        Canvas guide = Canvas.of(DrawnShot.picture(large, (x, y) -> x < 61 ? new int[] {60, 60, 60} : new int[] {180, 180, 180}));
        Canvas painted = Canvas.of(DrawnShot.picture(large, (x, y) -> x < 61 ? new int[] {200, 40, 40} : new int[] {40, 40, 200})).resized(small);
        Canvas sharp = GuidedUpsampling.apply(painted, guide);
        Canvas plain = painted.resized(large);
        int row = 48 * 128;
        assertTrue(sharp.colour()[0][row + 59] - sharp.colour()[0][row + 62] > 0.5, "sharp within three pixels");
        assertTrue(plain.colour()[0][row + 59] - plain.colour()[0][row + 62] < 0.5, "which plain enlarging is not");
    }

    @Test
    void shouldIgnoreUncoveredFramesInTheMedian() {
        FrameSize one = new FrameSize(1, 1);
        Canvas seen = new Canvas(one, new float[][] {{0.8f}, {0.2f}, {0.1f}}, new float[] {0.7f});
        Canvas blank = Canvas.blank(one);
        assertEquals(0.8f, AtlasMerge.median(List.of(blank, seen, Canvas.blank(one))).colour()[0][0], 1e-6);
        Canvas outlier = new Canvas(one, new float[][] {{0.1f}, {0.2f}, {0.1f}}, new float[] {0.7f});
        Canvas third = new Canvas(one, new float[][] {{0.75f}, {0.2f}, {0.1f}}, new float[] {0.7f});
        assertEquals(0.75f, AtlasMerge.median(List.of(seen, outlier, third)).colour()[0][0], 1e-6);
    }

    @Test
    void shouldFadeBetweenTwoFramesAsTheirWeightsDo() {
        float last = 0.2f;
        for (float w = 0; w <= 1.001; w += 0.05f) {
            float value = AtlasMerge.middle(new float[] {0.2f, 0.9f}, new float[] {1 - w + 1e-4f, w + 1e-4f}, 2);
            assertTrue(value >= last - 1e-6 && value - last < 0.1, "step from " + last + " to " + value);
            last = value;
        }
        assertEquals(0.9f, last, 0.01);
    }

    @Test
    void shouldNotDrawAcrossAConcavityOrATear() {
        FrameSize frame = new FrameSize(30, 30);
        Canvas picture = Canvas.of(DrawnShot.picture(frame, (x, y) -> new int[] {255, 255, 255}));
        float[] u = new float[frame.area()];
        float[] v = new float[frame.area()];
        for (int i = 0; i < u.length; i++) {
            int x = i % 30;
            u[i] = x < 15 ? x : x + 20; // torn apart between columns 14 and 15
            v[i] = i / 30;
            if (x > 4 && x < 10 && i / 30 < 20) {
                picture.weight()[i] = 0; // a bay open to the top
            }
        }
        Canvas atlas = AtlasSplat.draw(picture, u, v, new FrameSize(60, 30));
        assertEquals(0, atlas.weight()[10 * 60 + 25], "the tear stays open");
        assertEquals(0, atlas.weight()[5 * 60 + 7], "the bay stays open");
        assertTrue(atlas.weight()[10 * 60 + 2] > 0.9 && atlas.weight()[10 * 60 + 40] > 0.9);
    }

    @Test
    void shouldComeBackFromTheAtlasAsItWent() {
        FrameSize frame = new FrameSize(40, 30);
        Picture drawn = DrawnShot.picture(frame, (x, y) -> new int[] {(int) (5 * x), (int) (7 * y), 100});
        float[] u = new float[frame.area()];
        float[] v = new float[frame.area()];
        for (int i = 0; i < u.length; i++) {
            u[i] = 3.3f + 1.3f * (i % 40);
            v[i] = 2.1f + 1.2f * (i / 40) + 0.1f * (i % 40);
        }
        Canvas atlas = AtlasSplat.draw(Canvas.of(drawn), u, v, new FrameSize(64, 64));
        Canvas back = AtlasSplat.sample(atlas, u, v, frame);
        for (int y = 2; y < 28; y++) {
            for (int x = 2; x < 38; x++) {
                assertEquals(5 * x / 255f, back.colour()[0][y * 40 + x], 0.01);
                assertEquals(7 * y / 255f, back.colour()[1][y * 40 + x], 0.01);
            }
        }
    }

    @Test
    void shouldPaintAWhiteThingOnADarkOneWhite() {
        FrameSize size = new FrameSize(90, 60);
        Canvas dark = Canvas.of(DrawnShot.picture(size, (x, y) -> {
            int value = 30 + (int) Math.round(14 * Math.sin(x / 4));
            return new int[] {value, value, value};
        }));
        Canvas white = Canvas.of(DrawnShot.picture(size, (x, y) -> new int[] {225, 225, 225}));
        float[] luma = Relief.apply(white, dark, 90, 0.8, 0.85).luma();
        double mean = 0;
        float least = 1;
        float most = 0;
        for (float value : luma) {
            mean += value / luma.length;
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        assertTrue(mean > 0.78, "mean " + mean);
        assertTrue(most - least > 0.08, "its shading shows: " + least + "…" + most);
    }

    @Test
    void shouldLeaveTyresAndWindowsAsTheShotHasThem() {
        FrameSize size = new FrameSize(90, 60);
        DrawnShot.Paint car = (x, y) -> x > 30 && x < 50 && y > 20 && y < 40 ? new int[] {25, 26, 30} : new int[] {170, 170, 175};
        Canvas shot = Canvas.of(DrawnShot.picture(size, car));
        Canvas red = Canvas.of(DrawnShot.picture(size, (x, y) -> new int[] {200, 30, 25}));
        Canvas out = Relief.apply(red, shot, 90, 0.85, 0.85);
        int window = 30 * 90 + 40;
        int paint = 30 * 90 + 70;
        assertTrue(out.colour()[0][window] < 0.2 && out.colour()[0][window] - out.colour()[1][window] < 0.06);
        assertTrue(out.colour()[0][paint] > 0.75 && out.colour()[1][paint] < 0.3);
    }

    @Test
    void shouldLeaveFogEven() {
        FrameSize size = new FrameSize(120, 80);
        Canvas shot = Canvas.of(DrawnShot.picture(size, (x, y) -> grey(110 + 70 * Math.sin(x / 4) * Math.cos(y / 5))));
        Canvas fog = Canvas.of(DrawnShot.picture(size, (x, y) -> grey(200 + 4 * Math.sin(x / 4))));
        Canvas hills = Canvas.of(DrawnShot.picture(size, (x, y) -> grey(150 + 70 * Math.sin(x / 3) * Math.sin(y / 4))));
        double even = deviation(Relief.apply(fog, shot, 18, 0, 0.85));
        double broken = deviation(Relief.apply(hills, shot, 18, 0, 0.85));
        double thing = deviation(Relief.apply(fog, shot, 18, 0.85, 0.85));
        assertTrue(even > 0.03 && even < 0.6 * broken, "fog " + even + ", hills " + broken);
        assertTrue(thing > 1.5 * even, "a thing keeps its folds whatever its paint: " + thing);
    }

    private static int[] grey(double value) {
        int level = (int) Math.round(value);
        return new int[] {level, level, level};
    }

    private static double deviation(Canvas canvas) {
        double sum = 0;
        double squares = 0;
        float[] luma = canvas.luma();
        for (float value : luma) {
            sum += value / luma.length;
            squares += value * value / luma.length;
        }
        return Math.sqrt(squares - sum * sum);
    }
}
