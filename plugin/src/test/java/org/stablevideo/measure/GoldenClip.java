package org.stablevideo.measure;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.progress.Progress;

/** The frames that {@code make_goldens.py} drew. */
final class GoldenClip {

    static final int FRAMES = 3;

    private GoldenClip() {}

    /** All frames of a name at solve size, which is their own. */
    static SolveFrames frames(String name) {
        return frames(pictures(name));
    }

    static SolveFrames frames(List<Picture> pictures) {
        try (Clip clip = ClipFixtures.of(pictures)) {
            return SolveFrames.of(clip, Progress.NONE);
        }
    }

    static List<Picture> pictures(String name) {
        List<Picture> pictures = new ArrayList<>();
        for (int t = 0; t < FRAMES; t++) {
            BufferedImage image = read(name + "-" + t + ".png");
            FrameSize size = new FrameSize(image.getWidth(), image.getHeight());
            byte[] rgb = new byte[size.rgbBytes()];
            for (int i = 0; i < size.area(); i++) {
                int colour = image.getRGB(i % size.width(), i / size.width());
                rgb[3 * i] = (byte) (colour >> 16);
                rgb[3 * i + 1] = (byte) (colour >> 8);
                rgb[3 * i + 2] = (byte) colour;
            }
            pictures.add(new Picture(size, rgb));
        }
        return pictures;
    }

    static List<Plane> masks() {
        List<Plane> planes = new ArrayList<>();
        for (int t = 0; t < FRAMES; t++) {
            BufferedImage image = read("mask-" + t + ".png");
            FrameSize size = new FrameSize(image.getWidth(), image.getHeight());
            byte[] values = new byte[size.area()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (byte) image.getRaster().getSample(i % size.width(), i / size.width(), 0);
            }
            planes.add(new Plane(size, values));
        }
        return planes;
    }

    private static BufferedImage read(String name) {
        try (InputStream in = GoldenClip.class.getResourceAsStream(name)) {
            return ImageIO.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
