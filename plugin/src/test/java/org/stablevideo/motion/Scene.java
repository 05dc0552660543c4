package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.List;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

/**
 * A drawn clip whose motion and mattes are known: a textured disc over a textured ground; both move evenly.
 *
 * @param radius of the disc in pixels; 0 for none
 * @param groundX motion of the ground in pixels a frame, to the right
 * @param discX motion of the disc in pixels a frame, to the right
 */
public record Scene(FrameSize size, int frames, double radius, double groundX, double discX) {

    private static final int RIM = 4;

    public Clip clip() {
        return ClipFixtures.of(pictures());
    }

    List<Picture> pictures() {
        List<Picture> pictures = new ArrayList<>();
        for (int t = 0; t < frames; t++) {
            pictures.add(picture(t));
        }
        return pictures;
    }

    double centreX(int t) {
        return size.width() * 0.35 + discX * t;
    }

    double centreY() {
        return size.height() * 0.5;
    }

    /** Share of a pixel that the disc covers, by 4×4 samples. */
    double cover(int t, int x, int y) {
        int inside = 0;
        for (int k = 0; k < RIM * RIM; k++) {
            double px = x + (k % RIM + 0.5) / RIM - 0.5 - centreX(t);
            double py = y + (k / RIM + 0.5) / RIM - 0.5 - centreY();
            inside += px * px + py * py < radius * radius ? 1 : 0;
        }
        return inside / (double) (RIM * RIM);
    }

    public Plane matte(int t) {
        byte[] values = new byte[size.area()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) Math.round(255 * cover(t, i % size.width(), i / size.width()));
        }
        return new Plane(size, values);
    }

    private Picture picture(int t) {
        byte[] rgb = new byte[size.rgbBytes()];
        for (int y = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++) {
                double a = cover(t, x, y);
                double ground = texture(x - groundX * t, y, 1);
                double disc = texture(x - centreX(t), y, 7);
                int i = 3 * (y * size.width() + x);
                rgb[i] = (byte) (a * (120 + 100 * disc) + (1 - a) * (40 + 60 * ground));
                rgb[i + 1] = (byte) (a * (60 + 60 * disc) + (1 - a) * (90 + 90 * ground));
                rgb[i + 2] = (byte) (a * (40 + 40 * disc) + (1 - a) * (60 + 80 * ground));
            }
        }
        return new Picture(size, rgb);
    }

    /** Smooth noise in [0, 1]: three octaves of hashed lattice values. */
    private static double texture(double x, double y, int seed) {
        return 0.5 * lattice(x / 23, y / 23, seed) + 0.3 * lattice(x / 9, y / 9, seed + 1) + 0.2 * lattice(x / 4, y / 4, seed + 2);
    }

    private static double lattice(double x, double y, int seed) {
        int x0 = (int) Math.floor(x);
        int y0 = (int) Math.floor(y);
        double fx = x - x0;
        double fy = y - y0;
        fx = fx * fx * (3 - 2 * fx);
        fy = fy * fy * (3 - 2 * fy);
        double top = hash(x0, y0, seed) * (1 - fx) + hash(x0 + 1, y0, seed) * fx;
        double bottom = hash(x0, y0 + 1, seed) * (1 - fx) + hash(x0 + 1, y0 + 1, seed) * fx;
        return top * (1 - fy) + bottom * fy;
    }

    private static double hash(int x, int y, int seed) {
        int h = x * 374761393 + y * 668265263 + seed * 1442695041;
        h = (h ^ (h >>> 13)) * 1274126177;
        return ((h ^ (h >>> 16)) & 0xffff) / 65535.0;
    }
}
