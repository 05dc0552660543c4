package org.stablevideo.motion;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;

/** How well mattes fit the truth. */
public final class MatteQuality {

    private MatteQuality() {}

    /** Intersection over union of what is at least half covered; 1 when both are empty. */
    static double iou(Plane found, Plane truth) {
        if (!found.size().equals(truth.size())) {
            throw new IllegalArgumentException(found.size() + " is compared with " + truth.size());
        }
        int both = 0;
        int any = 0;
        for (int i = 0; i < found.values().length; i++) {
            boolean a = (found.values()[i] & 255) > 127;
            boolean b = (truth.values()[i] & 255) > 127;
            both += a && b ? 1 : 0;
            any += a || b ? 1 : 0;
        }
        return any == 0 ? 1 : both / (double) any;
    }

    /** Mean of {@link #iou} over the frames. */
    public static double meanIou(List<Plane> found, List<Plane> truth) {
        double sum = 0;
        for (int t = 0; t < found.size(); t++) {
            sum += iou(found.get(t), truth.get(t));
        }
        return sum / found.size();
    }

    /** True masks, one PNG a frame, brought to a size. */
    public static List<Plane> truth(Path folder, FrameSize size) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Plane> planes = new ArrayList<>();
            for (Path file : files.filter(f -> f.toString().endsWith(".png")).sorted().toList()) {
                try (Mats mats = new Mats()) {
                    Mat mask = mats.keep(Imgcodecs.imread(file.toString(), Imgcodecs.IMREAD_GRAYSCALE));
                    Mat fitted = mats.empty();
                    Imgproc.resize(mask, fitted, new Size(size.width(), size.height()), 0, 0, Imgproc.INTER_AREA);
                    planes.add(new Plane(size, Mats.bytes(fitted)));
                }
            }
            return planes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes eight frames, each over the same frame with the matte laid over in green and its edge in red. */
    static void sheet(Path file, SolveFrames frames, List<Plane> mattes) {
        try (Mats mats = new Mats()) {
            List<Mat> rows = new ArrayList<>();
            for (int row = 0; row < 2; row++) {
                List<Mat> above = new ArrayList<>();
                List<Mat> below = new ArrayList<>();
                for (int k = 0; k < 4; k++) {
                    int t = (frames.count() - 1) * (4 * row + k) / 7;
                    byte[] rgb = frames.frame(t).rgb();
                    byte[] over = rgb.clone();
                    byte[] matte = mattes.get(t).values();
                    for (int i = 0; i < matte.length; i++) {
                        int a = matte[i] & 255;
                        over[3 * i + 1] = (byte) (((rgb[3 * i + 1] & 255) * (510 - a) + 255 * a) / 510);
                        over[3 * i] = (byte) ((rgb[3 * i] & 255) * (510 - a) / 510);
                    }
                    above.add(small(mats, frames.size(), rgb));
                    below.add(small(mats, frames.size(), over));
                }
                for (List<Mat> row2 : List.of(above, below)) {
                    Mat line = mats.empty();
                    org.opencv.core.Core.hconcat(row2, line);
                    rows.add(line);
                }
            }
            Mat sheet = mats.empty();
            org.opencv.core.Core.vconcat(rows, sheet);
            Imgcodecs.imwrite(file.toString(), sheet);
        }
    }

    private static Mat small(Mats mats, FrameSize size, byte[] rgb) {
        Mat bgr = mats.empty();
        Imgproc.cvtColor(mats.rgb(size, rgb), bgr, Imgproc.COLOR_RGB2BGR);
        Mat out = mats.empty();
        Imgproc.resize(bgr, out, new Size(Math.round(420.0 * size.width() / size.longSide()), Math.round(420.0 * size.height() / size.longSide())),
                0, 0, Imgproc.INTER_AREA);
        return out;
    }
}
