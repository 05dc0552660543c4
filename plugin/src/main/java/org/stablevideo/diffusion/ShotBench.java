package org.stablevideo.diffusion;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.TensorEngine;

/**
 * Says what Pix2Video takes: {@code ShotBench MODEL WIDTHxHEIGHT STEPS FRAMES…} paints so many frames, once for each number, and prints the seconds a frame
 * and the most memory that the process had (Linux), as a row of a table. A number with {@code +depth} behind it keeps depth, others keep edges. Prints, proves nothing.
 */
public final class ShotBench {

    private ShotBench() {}

    /** See the class. */
    public static void main(String[] arguments) throws IOException {
        String[] sides = arguments[1].split("x");
        FrameSize size = new FrameSize(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
        int steps = Integer.parseInt(arguments[2]);
        Path journal = Files.createTempDirectory("shot-bench").resolve("bench.shot");
        try (PictureModel model = PictureModels.ofUser().open(arguments[0])) {
            FrameSize working = model.workingSize(size, false).longSide() <= size.longSide() ? model.workingSize(size, false) : size;
            paint(model, working, 1, 1, arguments[3].endsWith("+depth"), journal);
            for (int i = 3; i < arguments.length; i++) {
                boolean deep = arguments[i].endsWith("+depth");
                int frames = Integer.parseInt(arguments[i].replace("+depth", ""));
                settle();
                Files.writeString(Path.of("/proc/self/clear_refs"), "5");
                long begin = System.nanoTime();
                paint(model, working, steps, frames, deep, journal);
                double seconds = (System.nanoTime() - begin) / 1e9;
                System.out.printf(
                        "| %s | %s | %d | %d | %.2f | %s |%n", working, deep ? "depth" : "edges", steps, frames, seconds / frames, most());
            }
        }
    }

    /** What loading has left behind, mapped files above all, goes only when garbage is collected, and a little later. */
    private static void settle() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            TensorEngine.giveBack();
            LockSupport.parkNanos(500_000_000);
        }
    }

    private static void paint(PictureModel model, FrameSize size, int steps, int frames, boolean deep, Path journal) {
        model.paintShot(
                new ShotRequest(
                        "bench", "a red car", "", "", size, frames, t -> frame(size, t), picture -> Plane.empty(size), deep, 1, steps,
                        Math.max(2, model.defaults().guidance()), List.of(0), FrameAttention.ANCHOR_AND_PREVIOUS, true, 0),
                journal, Progress.NONE);
    }

    private static Picture frame(FrameSize size, int t) {
        byte[] rgb = new byte[size.rgbBytes()];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (128 + 90 * Math.sin(i * 0.013 + t * 0.3));
        }
        return new Picture(size, rgb);
    }

    private static String most() throws IOException {
        return Files.readString(Path.of("/proc/self/status"), StandardCharsets.UTF_8).lines()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .map(line -> Long.toString(Math.round(Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)))
                .orElse("unknown");
    }
}
