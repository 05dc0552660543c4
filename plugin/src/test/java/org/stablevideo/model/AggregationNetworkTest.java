package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.model.AggregationNetwork.Fit;
import org.stablevideo.model.AggregationNetwork.Target;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.TensorEngine;

class AggregationNetworkTest {

    private static final FrameSize ATLAS = new FrameSize(47, 33);
    private static final FrameSize FRAME = new FrameSize(29, 21);

    @Test
    void shouldBringTheAtlasNearerToItsKeyFrames() {
        try (AggregationNetwork network = new AggregationNetwork()) {
            Fit fit = network.fit(ATLAS, atlas(ATLAS), List.of(brighter(0.1f), brighter(0.1f)), 200, 3e-3, Progress.NONE);
            float first = fit.losses()[0];
            float last = fit.losses()[199];
            assertEquals(0.2, first, 0.02, "two frames, each 0.1 brighter than the atlas");
            assertTrue(last < 0.5 * first, "loss went from " + first + " to " + last);
        }
    }

    /** A rate that is far too high for key frames that hardly differ from their merged atlas: little to gain and much to lose. */
    @Test
    void shouldNotEndWorseThanItStartedNorLoseAFaintChannel() {
        float[] red = new float[3 * ATLAS.area()];
        Arrays.fill(red, 0, ATLAS.area(), 0.9f);
        Arrays.fill(red, ATLAS.area(), 3 * ATLAS.area(), 0.05f);
        List<Target> targets = List.of(brighter(0), brighter(0), brighter(0));
        SplittableRandom random = new SplittableRandom(3);
        for (Target target : targets) {
            for (int i = 0; i < target.colour().length; i++) {
                target.colour()[i] = (i < FRAME.area() ? 0.9f : 0.05f) + (float) (0.03 * random.nextDouble() - 0.01);
            }
        }
        try (AggregationNetwork network = new AggregationNetwork()) {
            Fit fit = network.fit(ATLAS, red, targets, 3, 0.1, Progress.NONE);
            float before = fit.losses()[0];
            float after = network.fit(ATLAS, fit.atlas(), targets, 1, 3e-3, Progress.NONE).losses()[0];
            assertTrue(after <= before, "loss went from " + before + " to " + after);
            for (int i = 0; i < red.length; i++) {
                assertEquals(red[i], fit.atlas()[i], 0.03, "value " + i);
            }
        }
    }

    @Test
    void shouldGiveTheSameAtlasAgainOnAnyThreadCount() {
        int threads = TensorEngine.threads();
        FrameSize size = new FrameSize(300, 230); // 69 000 texels: refined through the reduced picture
        try (AggregationNetwork network = new AggregationNetwork()) {
            float[] one = network.fit(size, atlas(size), List.of(brighter(0.2f)), 20, 3e-3, Progress.NONE).atlas();
            assertArrayEquals(one, network.fit(size, atlas(size), List.of(brighter(0.2f)), 20, 3e-3, Progress.NONE).atlas());
            TensorEngine.useThreads(threads == 1 ? 2 : 1);
            float[] other = network.fit(size, atlas(size), List.of(brighter(0.2f)), 20, 3e-3, Progress.NONE).atlas();
            assertArrayEquals(one, other);
        } finally {
            TensorEngine.useThreads(threads);
        }
    }

    @Test
    void shouldGiveTheAtlasBackWhereNothingIsSeen() {
        try (AggregationNetwork network = new AggregationNetwork()) {
            Target unseen = new Target(FRAME, new float[3 * FRAME.area()], new float[FRAME.area()], new float[2 * FRAME.area()]);
            assertArrayEquals(atlas(ATLAS), network.fit(ATLAS, atlas(ATLAS), List.of(unseen), 10, 3e-3, Progress.NONE).atlas());
            assertArrayEquals(atlas(ATLAS), network.fit(ATLAS, atlas(ATLAS), List.of(), 10, 3e-3, Progress.NONE).atlas());
        }
    }

    @Test
    void shouldStopWhenCancelled() {
        AtomicInteger reports = new AtomicInteger();
        Progress impatient = (stage, fraction) -> {
            if (reports.incrementAndGet() == 3) {
                throw new CancelledException();
            }
        };
        try (AggregationNetwork network = new AggregationNetwork()) {
            List<Target> targets = List.of(brighter(0.1f));
            assertThrows(CancelledException.class, () -> network.fit(ATLAS, atlas(ATLAS), targets, 500, 3e-3, impatient));
            assertNotEquals(0, network.fit(ATLAS, atlas(ATLAS), targets, 1, 3e-3, Progress.NONE).losses()[0]);
        }
    }

    /** A key frame that sees the whole atlas, somewhat brighter than it is. */
    private static Target brighter(float by) {
        int w = FRAME.width();
        int h = FRAME.height();
        float[] colour = new float[3 * w * h];
        float[] weight = new float[w * h];
        float[] grid = new float[2 * w * h];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int i = y * w + x;
                grid[2 * i] = 2f * x / (w - 1) - 1;
                grid[2 * i + 1] = 2f * y / (h - 1) - 1;
                weight[i] = 1;
                for (int c = 0; c < 3; c++) {
                    colour[c * w * h + i] = by + shade(c, x / (w - 1.0), y / (h - 1.0));
                }
            }
        }
        return new Target(FRAME, colour, weight, grid);
    }

    private static float[] atlas(FrameSize size) {
        float[] atlas = new float[3 * size.area()];
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < size.height(); y++) {
                for (int x = 0; x < size.width(); x++) {
                    atlas[c * size.area() + y * size.width() + x] = shade(c, x / (size.width() - 1.0), y / (size.height() - 1.0));
                }
            }
        }
        return atlas;
    }

    private static float shade(int channel, double u, double v) {
        return (float) (0.2 + 0.3 * u + 0.1 * channel + 0.2 * v);
    }
}
