package org.stablevideo.diffusion;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.TensorEngine;

/**
 * Times a model and says whether its pixels depend on the thread count: {@code PaintBench MODEL WIDTHxHEIGHT[@STEPS] [PROMPT [FILE.png]]}, where
 * {@code WIDTHxHEIGHT!} is painted at just that size. At last under a guidance a little other than the model's, which is in no weights and is computed in
 * full. Prints, proves nothing.
 */
public final class PaintBench {

    /** Threads of a large machine. */
    private static final int MANY = 16;

    private PaintBench() {}

    /** See the class. */
    public static void main(String[] arguments) throws IOException {
        String[] sides = arguments[1].replaceAll("!|@.*", "").split("x");
        FrameSize size = new FrameSize(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
        String prompt = arguments.length > 2 ? arguments[2] : "a red car";
        long begin = System.nanoTime();
        try (PictureModel model = PictureModels.ofUser().open(arguments[0])) {
            System.out.printf("%s: opened in %.2f s%n", model.id(), seconds(begin));
            PaintDefaults defaults = model.defaults();
            FrameSize working = arguments[1].contains("!") ? size : model.workingSize(size, false);
            int steps = arguments[1].contains("@") ? Integer.parseInt(arguments[1].replaceAll(".*@", "")) : defaults.steps();
            PaintRequest request = request(prompt, working, steps, defaults.guidance());
            Picture first = model.paint(request, Progress.NONE);
            int threads = TensorEngine.threads();
            for (int n : new int[] {threads, 1, MANY, threads}) {
                TensorEngine.useThreads(n);
                begin = System.nanoTime();
                Picture again = model.paint(request, Progress.NONE);
                System.out.printf(
                        "%s, %d steps, guidance %.1f, %d threads: %.2f s, %d of %d values differ%n", working, steps,
                        defaults.guidance(), n, seconds(begin), differences(first, again), first.rgb().length);
            }
            begin = System.nanoTime();
            model.paint(request(prompt, working, steps, defaults.guidance() + 0.001), Progress.NONE);
            System.out.printf("the same, guidance computed in full: %.2f s%n", seconds(begin));
            if (arguments.length > 3) {
                write(first, Path.of(arguments[3]));
            }
        }
    }

    private static PaintRequest request(String prompt, FrameSize size, int steps, double guidance) {
        return new PaintRequest(prompt, "", size, Optional.of(frame(size)), 1, Optional.empty(), 1, steps, guidance, 3);
    }

    /** The edges of a box, so that the structure counts. */
    private static Plane frame(FrameSize size) {
        Plane plane = Plane.empty(size);
        int w = size.width();
        Arrays.fill(plane.values(), size.height() / 4 * w + w / 4, size.height() / 4 * w + 3 * w / 4, (byte) 255);
        Arrays.fill(plane.values(), 3 * size.height() / 4 * w + w / 4, 3 * size.height() / 4 * w + 3 * w / 4, (byte) 255);
        return plane;
    }

    private static int differences(Picture a, Picture b) {
        int n = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            n += a.rgb()[i] == b.rgb()[i] ? 0 : 1;
        }
        return n;
    }

    private static void write(Picture picture, Path path) throws IOException {
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < picture.size().area(); i++) {
            int r = picture.rgb()[3 * i] & 255;
            int g = picture.rgb()[3 * i + 1] & 255;
            int b = picture.rgb()[3 * i + 2] & 255;
            image.setRGB(i % picture.width(), i / picture.width(), r << 16 | g << 8 | b);
        }
        ImageIO.write(image, "png", path.toFile());
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
