package org.stablevideo.render;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.frame.RgbFrame;

/**
 * Prints how long a frame takes with both layers edited, one frame after the other; with {@code -Djava.util.concurrent.ForkJoinPool.common.parallelism=0} on one
 * core alone. A program, not a test: it fails nothing.
 */
public final class RenderBench {

    private static final int FRAMES = 10;

    private RenderBench() {}

    public static void main(String[] args) {
        FrameSize solve = new FrameSize(768, 432);
        for (FrameSize size : List.of(solve, new FrameSize(1280, 720), new FrameSize(1920, 1080))) {
            DrawnShot shot = new DrawnShot(solve, size);
            List<LayerEdit> both = List.of(flat(shot, 0), flat(shot, 1));
            try (Compositor compositor = new Compositor(shot.atlas(), both)) {
                for (RenderSettings settings : List.of(RenderSettings.DEFAULT, new RenderSettings(0, 0, 1))) {
                    print(shot, compositor, settings, true);
                }
                print(shot, compositor, RenderSettings.DEFAULT, false);
            }
        }
    }

    /** @param fits whether the frames show what the atlas says; if not, the compositor follows the frame everywhere */
    private static void print(DrawnShot shot, Compositor compositor, RenderSettings settings, boolean fits) {
        List<RgbFrame> sources = IntStream.range(0, FRAMES).mapToObj(i -> shot.frame(fits ? i : FRAMES - i)).toList();
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 12; round++) {
            List<RgbFrame> frames = sources.stream().map(source -> {
                RgbFrame frame = RgbFrame.allocate(source.size());
                frame.set(source.copy());
                return frame;
            }).toList();
            long start = System.nanoTime();
            for (int i = 0; i < FRAMES; i++) {
                compositor.render(i, frames.get(i), settings);
            }
            best = Math.min(best, (System.nanoTime() - start) / 1e6 / FRAMES);
        }
        System.out.printf(
                "%s light %.1f detail %.1f, %s: %.2f ms a frame%n",
                shot.size(), settings.light(), settings.detail(), fits ? "frames as in the atlas" : "other frames", best);
    }

    private static LayerEdit flat(DrawnShot shot, int layer) {
        FrameSize size = shot.atlas().layers().get(layer).texture().size();
        byte[] rgb = new byte[size.rgbBytes()];
        Arrays.fill(rgb, (byte) 130);
        byte[] all = new byte[size.area()];
        Arrays.fill(all, (byte) 255);
        return new LayerEdit(layer, new Picture(size, rgb), new Plane(size, all));
    }
}
