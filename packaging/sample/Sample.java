import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Draws the sample clip: a small two-tone car with luggage on its roof drives round a bend in the country while the camera pans after it. 60 frames of
 * 768×432 at 24 frames a second. Deterministic; nothing but the JDK, and ffmpeg for the file. The clip and this program are in the public domain (CC0).
 *
 * <pre>
 * java Sample.java --video sample.mp4          the clip, by ffmpeg
 * java Sample.java --truth DIR                 mattes (PNG a frame) and correspondences (CSV)
 * java Sample.java --frame 30 frame.png        one frame; add --draft for a quick look
 * </pre>
 *
 * <p>World: metres, x to the right, y up, z away from the camera, which stands at the origin of x and z and only turns. So the background has no
 * parallax: it is one panorama, and the whole of it moves by the camera's yaw alone. The car is a signed distance field, marched ray by ray; sub-samples
 * are spread over the pixel and over the open shutter. Pixel coordinates in the truth count from 0 at the centre of the upper left pixel.
 */
public final class Sample {

    static final int WIDTH = 768;
    static final int HEIGHT = 432;
    static final int FRAMES = 60;
    static final int FPS = 24;
    static final double FOCAL = 900;
    static final double EYE = 2.45;
    static final double PITCH = Math.toRadians(-6.3);
    static final double SHUTTER = 0.45;
    static final Vec SUN = new Vec(-0.62, 0.64, -0.44).unit();

    private Sample() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        List<String> options = List.of(args);
        int samples = options.contains("--draft") ? 4 : 14;
        if (options.contains("--frame")) {
            int at = options.indexOf("--frame");
            Film film = new Film(samples);
            ImageIO.write(film.frame(Integer.parseInt(args[at + 1])), "png", Path.of(args[at + 2]).toFile());
        } else if (options.contains("--panorama")) {
            ImageIO.write(new Panorama().picture(), "png", Path.of(args[1]).toFile());
        } else if (options.contains("--video")) {
            video(new Film(samples), args[options.indexOf("--video") + 1]);
        } else if (options.contains("--truth")) {
            Truth.write(Path.of(args[options.indexOf("--truth") + 1]));
        } else {
            System.err.println("usage: java Sample.java --video FILE | --truth DIR | --frame N FILE [--draft]");
            System.exit(2);
        }
    }

    private static void video(Film film, String file) throws IOException, InterruptedException {
        Process ffmpeg = new ProcessBuilder(
                        "ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", WIDTH + "x" + HEIGHT, "-r", "" + FPS, "-i", "-",
                        "-c:v", "libx264", "-crf", "15", "-preset", "slow", "-threads", "1", "-pix_fmt", "yuv420p", "-movflags", "+faststart",
                        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-vf", "scale=out_color_matrix=bt709", file)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream out = new BufferedOutputStream(ffmpeg.getOutputStream(), 1 << 20)) {
            for (int f = 0; f < FRAMES; f++) {
                out.write(Film.bytes(film.frame(f)));
                System.err.print("\rframe " + (f + 1) + " of " + FRAMES);
            }
        }
        System.err.println();
        if (ffmpeg.waitFor() != 0) {
            throw new IOException("ffmpeg failed");
        }
    }

    /** Point, direction or linear colour. */
    record Vec(double x, double y, double z) {
        Vec plus(Vec o) {
            return new Vec(x + o.x, y + o.y, z + o.z);
        }

        Vec minus(Vec o) {
            return new Vec(x - o.x, y - o.y, z - o.z);
        }

        Vec times(double k) {
            return new Vec(x * k, y * k, z * k);
        }

        Vec times(Vec o) {
            return new Vec(x * o.x, y * o.y, z * o.z);
        }

        double dot(Vec o) {
            return x * o.x + y * o.y + z * o.z;
        }

        double length() {
            return Math.sqrt(dot(this));
        }

        Vec unit() {
            return times(1 / length());
        }

        Vec mix(Vec o, double k) {
            return new Vec(x + (o.x - x) * k, y + (o.y - y) * k, z + (o.z - z) * k);
        }

        static Vec srgb(int rgb) {
            return new Vec(linear(rgb >> 16 & 255), linear(rgb >> 8 & 255), linear(rgb & 255));
        }

        static double linear(double byteValue) {
            return Math.pow(byteValue / 255, 2.2);
        }
    }

    static double clamp(double v, double low, double high) {
        return v < low ? low : Math.min(v, high);
    }

    static double step(double from, double to, double v) {
        double t = clamp((v - from) / (to - from), 0, 1);
        return t * t * (3 - 2 * t);
    }

    /** Value noise of lattice hashes, and sums of its octaves. */
    static final class Noise {

        private Noise() {}

        static double hash(long x, long y, long seed) {
            long h = x * 0x9E3779B97F4A7C15L ^ y * 0xC2B2AE3D27D4EB4FL ^ seed * 0x165667B19E3779F9L;
            h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
            h = (h ^ h >>> 29) * 0xBF58476D1CE4E5B9L;
            return (h >>> 11) * 0x1.0p-53;
        }

        static double value(double x, double y, long seed) {
            long i = (long) Math.floor(x);
            long j = (long) Math.floor(y);
            double u = step(0, 1, x - i);
            double v = step(0, 1, y - j);
            double a = hash(i, j, seed) + (hash(i + 1, j, seed) - hash(i, j, seed)) * u;
            double b = hash(i, j + 1, seed) + (hash(i + 1, j + 1, seed) - hash(i, j + 1, seed)) * u;
            return a + (b - a) * v;
        }

        /** In [0, 1], mean about a half. */
        static double sum(double x, double y, int octaves, long seed) {
            double total = 0;
            double weight = 0.5;
            double all = 0;
            for (int o = 0; o < octaves; o++) {
                total += weight * value(x, y, seed + o);
                all += weight;
                x = x * 2.03 + 17.1;
                y = y * 2.03 - 5.3;
                weight *= 0.5;
            }
            return total / all;
        }
    }

    /** Where the camera looks at a time, counted in frames. */
    record Camera(double yaw) {

        static Camera at(double t) {
            return new Camera(Math.toRadians(-7.0 + 15.0 * t / (FRAMES - 1)));
        }

        /** Direction of the ray through a position in pixels. */
        Vec ray(double px, double py) {
            double x = (px + 0.5 - WIDTH / 2.0) / FOCAL;
            double y = -(py + 0.5 - HEIGHT / 2.0) / FOCAL;
            double up = y * Math.cos(PITCH) + Math.sin(PITCH);
            double ahead = Math.cos(PITCH) - y * Math.sin(PITCH);
            return new Vec(x * Math.cos(yaw) + ahead * Math.sin(yaw), up, ahead * Math.cos(yaw) - x * Math.sin(yaw)).unit();
        }

        /** Position in pixels of a direction, as (x, y, depth). */
        Vec pixel(Vec d) {
            double x = d.x * Math.cos(yaw) - d.z * Math.sin(yaw);
            double level = d.x * Math.sin(yaw) + d.z * Math.cos(yaw);
            double depth = level * Math.cos(PITCH) + d.y * Math.sin(PITCH);
            double up = d.y * Math.cos(PITCH) - level * Math.sin(PITCH);
            return new Vec(WIDTH / 2.0 - 0.5 + FOCAL * x / depth, HEIGHT / 2.0 - 0.5 - FOCAL * up / depth, depth);
        }
    }

    /** The road: an arc that the car drives, and a straight at each end of it. */
    static final class Road {

        static final double CENTRE_X = 2.6;
        static final double CENTRE_Z = 20.8;
        static final double RADIUS = 11;
        static final double HALF = 2.05;
        static final double FROM = Math.toRadians(-58);
        static final double TO = Math.toRadians(24);

        private Road() {}

        static Vec point(double angle) {
            return new Vec(CENTRE_X + RADIUS * Math.sin(angle), 0, CENTRE_Z - RADIUS * Math.cos(angle));
        }

        /** Signed distance to the middle and distance along it, both in metres. */
        static double[] place(double x, double z) {
            double angle = Math.atan2(x - CENTRE_X, CENTRE_Z - z);
            if (angle >= FROM && angle <= TO) {
                return new double[] {Math.hypot(x - CENTRE_X, z - CENTRE_Z) - RADIUS, angle * RADIUS};
            }
            double end = angle < FROM || angle > Math.PI * 0.6 ? FROM : TO;
            Vec p = point(end);
            double along = (x - p.x) * Math.cos(end) + (z - p.z) * Math.sin(end);
            double across = (x - p.x) * Math.sin(end) - (z - p.z) * Math.cos(end);
            boolean behind = end == FROM ? along > 0 : along < 0;
            return new double[] {behind ? 1e3 : across, end * RADIUS + along};
        }
    }

    /**
     * Everything that does not move, painted once over yaw and slope: column = yaw, row = height over level distance, both by {@link #SCALE}.
     */
    static final class Panorama {

        static final double SCALE = 1800;
        static final double LEFT = -0.68;
        static final double TOP = 0.30;
        static final int COLUMNS = (int) (1.38 * SCALE);
        static final int ROWS = (int) (0.78 * SCALE);

        private final BufferedImage picture = new BufferedImage(COLUMNS, ROWS, BufferedImage.TYPE_INT_RGB);
        private final float[] light = new float[COLUMNS * ROWS * 3];

        Panorama() {
            IntStream.range(0, ROWS).parallel().forEach(this::paintRow);
            Graphics2D g = picture.createGraphics();
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            new Landscape(g).paint();
            g.dispose();
            float[] table = new float[256];
            for (int i = 0; i < 256; i++) {
                table[i] = (float) Vec.linear(i);
            }
            for (int i = 0; i < COLUMNS * ROWS; i++) {
                int rgb = picture.getRGB(i % COLUMNS, i / COLUMNS);
                light[3 * i] = table[rgb >> 16 & 255];
                light[3 * i + 1] = table[rgb >> 8 & 255];
                light[3 * i + 2] = table[rgb & 255];
            }
        }

        BufferedImage picture() {
            return picture;
        }

        static double column(double yaw) {
            return (yaw - LEFT) * SCALE;
        }

        static double row(double slope) {
            return (TOP - slope) * SCALE;
        }

        /** Linear colour in a direction, bilinear. */
        Vec look(Vec d) {
            double u = clamp(column(Math.atan2(d.x, d.z)) - 0.5, 0, COLUMNS - 1.001);
            double v = clamp(row(d.y / Math.hypot(d.x, d.z)) - 0.5, 0, ROWS - 1.001);
            int i = (int) u;
            int j = (int) v;
            double a = u - i;
            double b = v - j;
            int k = 3 * (j * COLUMNS + i);
            int n = k + 3 * COLUMNS;
            double[] c = new double[3];
            for (int q = 0; q < 3; q++) {
                double upper = light[k + q] + (light[k + 3 + q] - light[k + q]) * a;
                double lower = light[n + q] + (light[n + 3 + q] - light[n + q]) * a;
                c[q] = upper + (lower - upper) * b;
            }
            return new Vec(c[0], c[1], c[2]);
        }

        private void paintRow(int row) {
            for (int column = 0; column < COLUMNS; column++) {
                Vec sum = new Vec(0, 0, 0);
                for (int s = 0; s < 4; s++) {
                    double yaw = LEFT + (column + 0.25 + 0.5 * (s & 1)) / SCALE;
                    double slope = TOP - (row + 0.25 + 0.5 * (s >> 1)) / SCALE;
                    sum = sum.plus(slope > -0.012 ? sky(yaw, slope) : ground(yaw, slope));
                }
                picture.setRGB(column, row, Film.pack(sum.times(0.25)));
            }
        }

        private static Vec sky(double yaw, double slope) {
            Vec zenith = new Vec(0.10, 0.26, 0.58);
            Vec horizon = new Vec(0.62, 0.66, 0.66);
            Vec colour = horizon.mix(zenith, Math.pow(clamp(slope / 0.34, 0, 1), 0.7));
            double warp = Noise.sum(yaw * 7, slope * 14, 4, 5) * 0.35;
            double cloud = Noise.sum(yaw * 6.5 + warp, slope * 20 + warp * 2, 6, 11);
            double cover = step(0.50, 0.66, cloud + 0.05 * step(0.02, 0.2, slope));
            double lit = step(0.46, 0.74, Noise.sum(yaw * 6.5 + warp - 0.05, slope * 20 + warp * 2 + 0.22, 6, 11));
            return colour.mix(new Vec(0.95, 0.93, 0.90).mix(new Vec(0.52, 0.57, 0.66), lit * 0.85), cover * 0.92);
        }

        private static Vec ground(double yaw, double slope) {
            double distance = EYE / -slope;
            double x = distance * Math.sin(yaw);
            double z = distance * Math.cos(yaw);
            double[] place = Road.place(x, z);
            double blur = clamp(distance / 60, 0, 1);
            double rough = Noise.sum(x * 0.9, z * 0.9, 5, 21);
            Vec grass = new Vec(0.105, 0.165, 0.030).mix(new Vec(0.255, 0.265, 0.070), step(0.32, 0.68, rough));
            double tuft = Noise.sum(x * 9, z * 5, 3, 31);
            grass = grass.times(0.62 + 0.76 * (tuft + (0.5 - tuft) * blur));
            double mown = Noise.sum(x * 0.23 + 4, z * 0.23, 3, 41);
            grass = grass.mix(new Vec(0.30, 0.25, 0.085), 0.5 * step(0.52, 0.72, mown));
            double edge = Road.HALF + 0.16 * (Noise.sum(x * 2.3, z * 2.3, 4, 51) - 0.5);
            Vec colour = grass.mix(verge(x, z), step(edge + 0.55, edge + 0.1, Math.abs(place[0])));
            colour = colour.mix(asphalt(x, z, place, blur), step(edge + 0.05, edge - 0.05, Math.abs(place[0])));
            double shade = 1;
            for (double[] tree : Landscape.TREES) {
                double dx = x - tree[0] - tree[2] * 0.62;
                double dz = z - tree[1] - tree[2] * 0.62;
                double r = Math.hypot(dx - dz, (dx + dz) * 0.55) / (tree[2] * 0.62);
                double ragged = r + 0.7 * (Noise.sum(x * 1.6, z * 1.6, 4, 61) - 0.5);
                shade *= 1 - 0.55 * step(1.15, 0.75, ragged);
            }
            Vec haze = new Vec(0.50, 0.55, 0.55);
            return colour.times(new Vec(shade, 0.06 + 0.94 * shade, 0.12 + 0.88 * shade)).mix(haze, 0.55 * step(14, 160, distance));
        }

        private static Vec verge(double x, double z) {
            double pebble = Noise.sum(x * 14, z * 9, 3, 71);
            return new Vec(0.29, 0.235, 0.15).times(0.55 + 0.9 * pebble);
        }

        private static Vec asphalt(double x, double z, double[] place, double blur) {
            double fine = Noise.sum(x * 26, z * 16, 3, 81);
            double coarse = Noise.sum(x * 1.1, z * 1.1, 4, 91);
            double tone = 0.135 * (0.74 + 0.52 * coarse) * (0.72 + 0.56 * (fine + (0.5 - fine) * blur));
            double track = Math.exp(-Math.pow((Math.abs(place[0]) - 0.9) / 0.4, 2));
            tone *= 1 - 0.16 * track;
            double crack = Math.abs(Noise.sum(x * 1.7 + 9, z * 1.7, 4, 101) - 0.5);
            tone *= 0.62 + 0.38 * step(0.0, 0.012, crack);
            Vec colour = new Vec(tone * 1.05, tone, tone * 0.93);
            double worn = step(0.28, 0.46, Noise.sum(x * 5, z * 5, 4, 111));
            double dash = step(0.07, 0.045, Math.abs(place[0])) * (((place[1] % 2.4) + 2.4) % 2.4 < 1.3 ? 1 : 0);
            double rim = step(0.05, 0.03, Math.abs(Math.abs(place[0]) - Road.HALF + 0.17));
            return colour.mix(new Vec(0.60, 0.58, 0.52), Math.max(dash, rim * 0.8) * (0.35 + 0.6 * worn));
        }
    }

    /** Hills, trees, houses, a fence, grass and flowers: strokes over the panorama, far ones first. */
    static final class Landscape {

        /** Trees as x, z, height in metres. */
        static final double[][] TREES = {
            {-19, 44, 7.5}, {-13.5, 40, 6.6}, {-2.5, 47, 8.0}, {4.5, 41, 6.4}, {13, 38, 7.4}, {19, 43, 8.2}, {27, 40, 7.0},
            {-8.2, 32.5, 5.2}, {-11.2, 23.5, 5.6}, {9.5, 27.5, 5.0}, {15.2, 24.5, 5.4}, {1.6, 24, 3.3}, {-27, 38, 7.8}
        };

        private final Graphics2D g;
        private final Random random = new Random(4711);

        Landscape(Graphics2D g) {
            this.g = g;
        }

        void paint() {
            hill(0.098, 0.030, 2.2, new Color(0x8fa3b4), new Color(0x7b93a6), 7);
            hill(0.064, 0.026, 3.5, new Color(0x86998a), new Color(0x748b78), 8);
            fields();
            hill(0.020, 0.014, 8.0, new Color(0x62794a), new Color(0x52693c), 9);
            hedge();
            village();
            for (double[] tree : sorted(TREES)) {
                tree(tree[0], tree[1], tree[2]);
            }
            fence();
            grass();
        }

        private static double[][] sorted(double[][] trees) {
            double[][] far = trees.clone();
            java.util.Arrays.sort(far, (a, b) -> Double.compare(Math.hypot(b[0], b[1]), Math.hypot(a[0], a[1])));
            return far;
        }

        private static double column(double x, double z) {
            return Panorama.column(Math.atan2(x, z));
        }

        private static double row(double x, double y, double z) {
            return Panorama.row((y - EYE) / Math.hypot(x, z));
        }

        private static double scale(double x, double z) {
            return Panorama.SCALE / Math.hypot(x, z);
        }

        private void hill(double height, double relief, double rate, Color upper, Color lower, long seed) {
            for (int column = 0; column < Panorama.COLUMNS; column++) {
                double yaw = Panorama.LEFT + column / Panorama.SCALE;
                double top = height + relief * 2 * (Noise.sum(yaw * rate + 3, 0.5, 5, seed) - 0.5);
                double first = Panorama.row(top);
                double last = Panorama.row(-0.02);
                for (int row = (int) first; row < last; row++) {
                    double down = (row - first) / (last - first);
                    double wood = Noise.sum(column * 0.045, row * 0.09, 4, seed + 50);
                    double k = 0.80 + 0.42 * wood - 0.12 * down;
                    Color c = down < 0.5 ? upper : lower;
                    picturePoint(column, row, mixed(c, new Color(0xb9bfb4), 0.35 * down), k);
                }
            }
        }

        private void picturePoint(int column, int row, Color c, double k) {
            g.setColor(scaled(c, k));
            g.fillRect(column, row, 1, 1);
        }

        private void fields() {
            int[] tones = {0xa9a65a, 0x7f9150, 0xb9a866, 0x8c9a58, 0x6d8246, 0xc0b070};
            for (int i = 0; i < 34; i++) {
                double yaw = -0.72 + 1.46 * random.nextDouble();
                double slope = 0.006 + 0.035 * random.nextDouble();
                double wide = 0.05 + 0.09 * random.nextDouble();
                double tall = 0.004 + 0.006 * random.nextDouble();
                double lean = (random.nextDouble() - 0.5) * 0.03;
                Path2D field = new Path2D.Double();
                field.moveTo(Panorama.column(yaw), Panorama.row(slope));
                field.lineTo(Panorama.column(yaw + wide), Panorama.row(slope + lean * 0.12));
                field.lineTo(Panorama.column(yaw + wide * 0.9 + lean), Panorama.row(slope - tall));
                field.lineTo(Panorama.column(yaw - wide * 0.1 + lean), Panorama.row(slope - tall * 1.1));
                field.closePath();
                Color tone = new Color(tones[random.nextInt(tones.length)]);
                g.setColor(mixed(tone, new Color(0x98a59a), 0.35));
                g.fill(field);
                g.setClip(field);
                g.setStroke(new BasicStroke(0.8f));
                g.setColor(new Color(60, 70, 30, 45));
                for (double r = -40; r < 340; r += 4) {
                    double c = Panorama.column(yaw) + r;
                    g.draw(new Line2D.Double(c, Panorama.row(slope) - 8, c + 26, Panorama.row(slope - tall) + 8));
                }
                g.setClip(null);
            }
        }

        private void hedge() {
            for (int i = 0; i < 420; i++) {
                double yaw = Panorama.LEFT + 1.4 * i / 420 + 0.004 * random.nextDouble();
                double distance = 66 + 14 * Noise.sum(yaw * 5, 1, 3, 77);
                if (Noise.sum(yaw * 9, 7, 3, 78) > 0.42) {
                    double height = 1.2 + 3.4 * Noise.sum(yaw * 26, 2, 3, 79) * random.nextDouble();
                    bush(distance * Math.sin(yaw), distance * Math.cos(yaw), height, 26, 0.42);
                }
            }
        }

        private void bush(double x, double z, double height, int leaves, double haze) {
            double m = scale(x, z);
            for (int i = 0; i < leaves; i++) {
                double a = random.nextDouble() * 2 * Math.PI;
                double r = Math.sqrt(random.nextDouble()) * 0.55;
                double dx = Math.cos(a) * r * height;
                double dy = (0.5 + Math.sin(a) * r * 0.9) * height;
                double lit = clamp(0.5 - 0.55 * Math.cos(a) * r + 0.9 * Math.sin(a) * r, 0, 1) + 0.25 * (random.nextDouble() - 0.5);
                Color c = mixed(mixed(new Color(0x26381a), new Color(0x8b9a4a), clamp(lit, 0, 1)), new Color(0xa3b0ab), haze);
                leaf(column(x + dx, z), row(x, dy, z), height * m * (0.10 + 0.08 * random.nextDouble()), c);
            }
        }

        private void leaf(double column, double row, double size, Color c) {
            g.setColor(c);
            double turn = random.nextDouble() * Math.PI;
            g.translate(column, row);
            g.rotate(turn);
            g.fill(new Ellipse2D.Double(-size, -size * 0.55, 2 * size, size * 1.1));
            g.rotate(-turn);
            g.translate(-column, -row);
        }

        private void tree(double x, double z, double height) {
            double m = scale(x, z);
            double haze = clamp((Math.hypot(x, z) - 16) / 110, 0, 0.34);
            boolean autumnal = Noise.hash((long) (x * 10), (long) (z * 10), 3) > 0.72;
            double wide = 0.055 * height * m;
            double foot = row(x, 0, z);
            double crown = row(x, height * 0.62, z);
            Path2D trunk = new Path2D.Double();
            trunk.moveTo(column(x, z) - wide, foot);
            trunk.lineTo(column(x, z) - wide * 0.4, crown);
            trunk.lineTo(column(x, z) + wide * 0.4, crown);
            trunk.lineTo(column(x, z) + wide, foot);
            g.setColor(mixed(new Color(0x4a3a2a), new Color(0xa3b0ab), haze));
            g.fill(trunk);
            g.setClip(trunk);
            for (int i = 0; i < 40; i++) {
                double c = column(x, z) + wide * (2 * random.nextDouble() - 1);
                double r = crown + (foot - crown) * random.nextDouble();
                g.setColor(i % 2 == 0 ? new Color(30, 20, 12, 90) : new Color(150, 125, 95, 90));
                g.fill(new Ellipse2D.Double(c, r, Math.max(1, wide * 0.12), wide * 0.9));
            }
            g.setClip(null);
            int clumps = 26;
            double[][] clump = new double[clumps][];
            for (int i = 0; i < clumps; i++) {
                double a = random.nextDouble() * 2 * Math.PI;
                double r = Math.sqrt(random.nextDouble());
                clump[i] = new double[] {0.30 * r * Math.cos(a), 0.66 + 0.27 * r * Math.sin(a), random.nextDouble() - 0.5};
            }
            java.util.Arrays.sort(clump, (p, q) -> Double.compare(p[2], q[2]));
            for (double[] c : clump) {
                for (int i = 0; i < 110; i++) {
                    double a = random.nextDouble() * 2 * Math.PI;
                    double r = Math.sqrt(random.nextDouble()) * 0.115;
                    double dx = c[0] + Math.cos(a) * r;
                    double dy = c[1] + Math.sin(a) * r * 0.85;
                    double lit = 0.42 - 3.2 * Math.cos(a) * r + 3.8 * Math.sin(a) * r + 0.9 * (dy - 0.66) - 0.5 * c[0] + 0.25 * c[2];
                    lit += 0.22 * (random.nextDouble() - 0.5);
                    Color dark = autumnal ? new Color(0x4a3413) : new Color(0x1f3112);
                    Color bright = autumnal ? new Color(0xc79a3c) : new Color(0x93a446);
                    Color colour = mixed(mixed(dark, bright, clamp(lit, 0, 1)), new Color(0xa3b0ab), haze);
                    leaf(column(x + dx * height, z), row(x, dy * height, z), height * m * (0.011 + 0.009 * random.nextDouble()), colour);
                }
            }
        }

        private void village() {
            house(-22.5, 52, 6.5, 3.0, 2.6, 0xd9c9a8, 0x9a5236);
            house(-15.5, 56, 5.0, 2.8, 2.4, 0xc8b6a0, 0x7d4a3a);
            house(21, 55, 6.0, 3.2, 2.6, 0xe2d7bd, 0xa35a38);
            house(28.5, 58, 5.0, 2.6, 2.4, 0xcdbf9e, 0x8a4c34);
            church(8.5, 62);
            house(-5.8, 41.5, 6.4, 3.1, 2.7, 0xe6dcc4, 0xb0603c);
            bush(-9.6, 40.5, 1.6, 160, 0.2);
            bush(-2.4, 40.8, 1.3, 160, 0.2);
        }

        private void house(double x, double z, double wide, double wall, double roof, int wallTone, int roofTone) {
            double m = scale(x, z);
            double haze = clamp((z - 25) / 120, 0, 0.35);
            double left = column(x, z) - wide * m / 2;
            double gable = wide * m * 0.34;
            double foot = row(x, 0, z);
            double eaves = row(x, wall, z);
            double ridge = row(x, wall + roof, z);
            Color front = mixed(new Color(wallTone), new Color(0xa3b0ab), haze);
            polygon(scaled(front, 1.04), left, foot, left, eaves, left + gable / 2, ridge + 2, left + gable, eaves, left + gable, foot);
            polygon(scaled(front, 0.80), left + gable, foot, left + gable, eaves, left + wide * m, eaves, left + wide * m, foot);
            Color tiles = mixed(new Color(roofTone), new Color(0xa3b0ab), haze);
            double over = 0.25 * m;
            Path2D slope = new Path2D.Double();
            slope.moveTo(left + gable / 2, ridge);
            slope.lineTo(left + wide * m - gable * 0.42, ridge);
            slope.lineTo(left + wide * m + over, eaves + over * 0.6);
            slope.lineTo(left + gable + over * 0.2, eaves + over * 0.6);
            slope.closePath();
            g.setColor(tiles);
            g.fill(slope);
            g.setClip(slope);
            for (double r = ridge; r < eaves + over; r += 3.2) {
                for (double c = left; c < left + wide * m + over; c += 5) {
                    g.setColor(scaled(tiles, 0.78 + 0.42 * random.nextDouble()));
                    g.fill(new Ellipse2D.Double(c + 2.5 * (((int) (r / 3.2)) & 1), r, 4.6, 3.0));
                }
            }
            g.setClip(null);
            g.setStroke(new BasicStroke((float) Math.max(1.5, 0.16 * m)));
            g.setColor(scaled(tiles, 0.72));
            g.draw(new Line2D.Double(left - over, eaves + over * 0.6, left + gable / 2, ridge));
            double chimney = left + wide * m * 0.66;
            polygon(scaled(tiles, 0.85), chimney, ridge + 6, chimney, ridge - 0.75 * m, chimney + 0.55 * m, ridge - 0.75 * m, chimney + 0.55 * m, ridge + 6);
            for (int i = 0; i < 3; i++) {
                window(left + gable + (wide * m - gable) * (0.10 + 0.31 * i), eaves + (foot - eaves) * 0.30, 0.75 * m, 0.95 * m, haze);
            }
            window(left + gable * 0.30, eaves + (foot - eaves) * 0.28, 0.8 * m, 0.95 * m, haze);
            window(left + gable * 0.38, eaves - 0.55 * m, 0.5 * m, 0.6 * m, haze);
        }

        private void window(double column, double row, double wide, double tall, double haze) {
            Color frame = mixed(new Color(0xf2eee2), new Color(0xa3b0ab), haze);
            polygon(mixed(new Color(0x5b7d56), new Color(0xa3b0ab), haze), column - wide * 0.42, row, column + wide * 1.42, row, column + wide * 1.42,
                    row + tall, column - wide * 0.42, row + tall);
            polygon(frame, column, row, column + wide, row, column + wide, row + tall, column, row + tall);
            double p = wide * 0.1;
            for (int i = 0; i < 4; i++) {
                double c = column + p + (i & 1) * (wide - p) / 2;
                double r = row + p + (i >> 1) * (tall - p) / 2;
                double w = (wide - 3 * p) / 2;
                double h = (tall - 3 * p) / 2;
                polygon(mixed(new Color(i < 2 ? 0x53626e : 0x3a444c), new Color(0xa3b0ab), haze), c, r, c + w, r, c + w, r + h, c, r + h);
            }
        }

        private void church(double x, double z) {
            double m = scale(x, z);
            house(x + 3.6, z, 7.5, 4.2, 3.2, 0xe6e0d0, 0x84503c);
            double c = column(x, z) - 0.4 * m;
            Color wall = mixed(new Color(0xe9e3d2), new Color(0xa3b0ab), 0.3);
            polygon(wall, c - 1.1 * m, row(x, 0, z), c - 1.1 * m, row(x, 8, z), c + 0.3 * m, row(x, 8, z), c + 0.3 * m, row(x, 0, z));
            polygon(scaled(wall, 0.78), c + 0.3 * m, row(x, 0, z), c + 0.3 * m, row(x, 8, z), c + 1.1 * m, row(x, 8, z), c + 1.1 * m, row(x, 0, z));
            polygon(mixed(new Color(0x5f4a42), new Color(0xa3b0ab), 0.25), c - 1.3 * m, row(x, 8, z), c, row(x, 13, z), c + 1.3 * m, row(x, 8, z));
            window(c - 0.65 * m, row(x, 6.8, z), 0.5 * m, 1.0 * m, 0.3);
        }

        private void polygon(Color c, double... xy) {
            Path2D path = new Path2D.Double();
            path.moveTo(xy[0], xy[1]);
            for (int i = 2; i < xy.length; i += 2) {
                path.lineTo(xy[i], xy[i + 1]);
            }
            path.closePath();
            g.setColor(c);
            g.fill(path);
        }

        private void fence() {
            double radius = Road.RADIUS - Road.HALF - 1.6;
            double[] before = null;
            for (int i = 0; i <= 22; i++) {
                double angle = Math.toRadians(-74 + 5.6 * i);
                double x = Road.CENTRE_X + radius * Math.sin(angle);
                double z = Road.CENTRE_Z - radius * Math.cos(angle);
                double m = scale(x, z);
                double tilt = (random.nextDouble() - 0.5) * 0.08 * m;
                double[] post = {column(x, z), row(x, 0, z), row(x, 0.9, z), m};
                if (before != null) {
                    for (double k : new double[] {0.12, 0.55}) {
                        double a = before[2] + (before[1] - before[2]) * k;
                        double b = post[2] + (post[1] - post[2]) * k;
                        plank(before[0], a, post[0], b, 0.05 * m);
                    }
                }
                plank(post[0], post[1], post[0] + tilt, post[2], 0.07 * m);
                before = post;
            }
        }

        private void plank(double x0, double y0, double x1, double y1, double half) {
            g.setStroke(new BasicStroke((float) (2 * half), BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
            g.setColor(new Color(0x6b5a45));
            g.draw(new Line2D.Double(x0, y0, x1, y1));
            g.setStroke(new BasicStroke((float) half, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
            g.setColor(new Color(0xa8937a));
            g.draw(new Line2D.Double(x0 - half * 0.4, y0 - half * 0.4, x1 - half * 0.4, y1 - half * 0.4));
            g.setStroke(new BasicStroke(0.9f));
            for (int i = 0; i < 3; i++) {
                double o = half * (1.6 * random.nextDouble() - 0.8);
                g.setColor(new Color(52, 40, 28, 120));
                g.draw(new Line2D.Double(x0 + o * 0.3, y0 + o, x1 + o * 0.3, y1 + o));
            }
        }

        private void grass() {
            List<double[]> blades = new ArrayList<>();
            for (int i = 0; i < 150_000; i++) {
                double distance = 3.6 * Math.pow(38 / 3.6, Math.pow(random.nextDouble(), 0.85));
                double yaw = Panorama.LEFT + 1.4 * random.nextDouble();
                double x = distance * Math.sin(yaw);
                double z = distance * Math.cos(yaw);
                double across = Math.abs(Road.place(x, z)[0]);
                double wild = Noise.sum(x * 0.9, z * 0.9, 4, 21);
                double allowed = Road.HALF + 0.14 + 0.35 * (1 - wild);
                if (across > allowed) {
                    blades.add(new double[] {x, z, distance, wild, Math.min(1, (across - allowed) * 1.5 + 0.35)});
                }
            }
            blades.sort((a, b) -> Double.compare(b[2], a[2]));
            for (double[] blade : blades) {
                blade(blade[0], blade[1], blade[3], blade[4]);
            }
        }

        private void blade(double x, double z, double wild, double grown) {
            double m = scale(x, z);
            double tall = (0.06 + 0.15 * random.nextDouble() * wild * 1.6) * grown * m;
            double lean = (random.nextDouble() - 0.42) * tall * 0.9;
            double c = column(x, z);
            double r = row(x, 0, z);
            double haze = clamp((Math.hypot(x, z) - 14) / 110, 0, 0.3);
            double k = random.nextDouble();
            Color tone = mixed(new Color(0x41541f), new Color(0xa3a650), k * (0.35 + 0.8 * wild));
            if (random.nextInt(9) == 0) {
                tone = mixed(tone, new Color(0xc9b878), 0.6);
            }
            g.setColor(mixed(scaled(tone, 0.75 + 0.5 * random.nextDouble()), new Color(0xa3b0ab), haze));
            Path2D path = new Path2D.Double();
            double half = Math.max(0.5, 0.0075 * m);
            path.moveTo(c - half, r);
            path.quadTo(c - half + lean * 0.25, r - tall * 0.6, c + lean, r - tall);
            path.quadTo(c + half + lean * 0.3, r - tall * 0.5, c + half, r);
            g.fill(path);
            if (random.nextInt(95) == 0 && grown > 0.8) {
                int[] petals = {0xf4f0e2, 0xf2d24a, 0xd8483a, 0xf4f0e2, 0xb58fd0};
                double size = Math.max(1.0, 0.022 * m);
                Color petal = new Color(petals[random.nextInt(petals.length)]);
                g.setColor(scaled(petal, 0.8));
                g.fill(new Ellipse2D.Double(c + lean - size, r - tall - size * 0.7, 2 * size, size * 1.5));
                g.setColor(petal);
                g.fill(new Ellipse2D.Double(c + lean - size, r - tall - size * 0.8, 1.5 * size, size * 1.1));
            }
        }

        static Color mixed(Color a, Color b, double k) {
            return new Color(
                    (int) (a.getRed() + (b.getRed() - a.getRed()) * k),
                    (int) (a.getGreen() + (b.getGreen() - a.getGreen()) * k),
                    (int) (a.getBlue() + (b.getBlue() - a.getBlue()) * k));
        }

        static Color scaled(Color c, double k) {
            return new Color(
                    (int) clamp(c.getRed() * k, 0, 255), (int) clamp(c.getGreen() * k, 0, 255), (int) clamp(c.getBlue() * k, 0, 255));
        }
    }

    /** The car at a moment: place, heading, how far its wheels have turned. Its own axes: x ahead, y up, z to its right; metres. */
    record Car(Vec place, double heading, double roll) {

        static final double WHEEL_X = 1.08;
        static final double WHEEL_R = 0.33;
        static final double LANE = 0.78;

        static Car at(double t) {
            double angle = Math.toRadians(-32 + 35 * t / (FRAMES - 1));
            double radius = Road.RADIUS + LANE;
            Vec p = new Vec(Road.CENTRE_X + radius * Math.sin(angle), 0, Road.CENTRE_Z - radius * Math.cos(angle));
            double bob = 0.008 * Math.sin(t * 0.55) + 0.004 * Math.sin(t * 1.27);
            return new Car(new Vec(p.x, bob, p.z), angle, angle * radius / WHEEL_R);
        }

        Vec local(Vec w) {
            return turn(w.minus(place));
        }

        /** World direction to the car's axes. */
        Vec turn(Vec d) {
            double c = Math.cos(heading);
            double s = Math.sin(heading);
            return new Vec(d.x * c + d.z * s, d.y, d.x * s - d.z * c);
        }

        Vec world(Vec p) {
            double c = Math.cos(heading);
            double s = Math.sin(heading);
            return new Vec(p.x * c + p.z * s, p.y, p.x * s - p.z * c).plus(place);
        }
    }

    /** Shape of the car: signed distance and part, in its own axes. */
    static final class Shape {

        static final int PAINT = 0;
        static final int TYRE = 1;
        static final int CHROME = 2;
        static final int LAMP = 3;
        static final int CASE_A = 4;
        static final int CASE_B = 5;
        static final int UNDER = 6;

        private Shape() {}

        static double box(double x, double y, double z, double hx, double hy, double hz, double r) {
            double qx = Math.abs(x) - hx + r;
            double qy = Math.abs(y) - hy + r;
            double qz = Math.abs(z) - hz + r;
            double ox = Math.max(qx, 0);
            double oy = Math.max(qy, 0);
            double oz = Math.max(qz, 0);
            return Math.sqrt(ox * ox + oy * oy + oz * oz) + Math.min(Math.max(qx, Math.max(qy, qz)), 0) - r;
        }

        static double egg(double x, double y, double z, double rx, double ry, double rz) {
            double ax = x / rx;
            double ay = y / ry;
            double az = z / rz;
            double k0 = Math.sqrt(ax * ax + ay * ay + az * az);
            double bx = ax / rx;
            double by = ay / ry;
            double bz = az / rz;
            double k1 = Math.sqrt(bx * bx + by * by + bz * bz);
            return k1 < 1e-9 ? -Math.min(rx, Math.min(ry, rz)) : k0 * (k0 - 1) / k1;
        }

        static double blend(double a, double b, double k) {
            double h = Math.max(k - Math.abs(a - b), 0) / k;
            return Math.min(a, b) - h * h * k * 0.25;
        }

        static double disc(double x, double y, double z, double radius, double half, double r) {
            double a = Math.sqrt(x * x + y * y) - radius + r;
            double b = Math.abs(z) - half + r;
            double ao = Math.max(a, 0);
            double bo = Math.max(b, 0);
            return Math.min(Math.max(a, b), 0) + Math.sqrt(ao * ao + bo * bo) - r;
        }

        static double body(double x, double y, double z) {
            double az = Math.abs(z);
            double d = box(x, y - 0.60, z, 1.66, 0.25, 0.66, 0.22);
            d = blend(d, egg(x - 0.98, y - 0.66, z, 0.84, 0.36, 0.60), 0.12);
            d = blend(d, egg(x + 1.10, y - 0.68, z, 0.74, 0.40, 0.60), 0.12);
            double up = clamp((y - 0.80) / 0.66, 0, 1);
            double sx = 1 - 0.30 * up * up;
            double sz = 1 - 0.17 * up;
            d = blend(d, 0.78 * box((x + 0.22) / sx, y - 1.10, z / sz, 0.98, 0.36, 0.64, 0.26), 0.08);
            double fx = Math.abs(x) - WHEEL;
            d = blend(d, egg(fx, y - 0.50, az - 0.60, 0.52, 0.37, 0.21), 0.10);
            double arch = Math.max(Math.hypot(fx, y - 0.33) - 0.385, 0.42 - az);
            return -blend(-d, arch, 0.03);
        }

        private static final double WHEEL = Car.WHEEL_X;

        /** Distance alone, for shadows and marching. */
        static double distance(double x, double y, double z) {
            double outer = box(x, y - 0.9, z, 1.95, 0.95, 0.9, 0);
            if (outer > 0.4) {
                return outer + 0.05;
            }
            double az = Math.abs(z);
            double d = body(x, y, z);
            d = Math.min(d, disc(Math.abs(x) - WHEEL, y - 0.33, az - 0.63, Car.WHEEL_R, 0.10, 0.045));
            d = Math.min(d, trim(x, y, az));
            d = Math.min(d, disc2(x - 1.60, y - 0.70, az - 0.46));
            if (y > 1.3) {
                d = Math.min(d, luggage(x, y, z));
            } else {
                d = Math.min(d, Math.max(0.12, 1.42 - y));
            }
            return Math.min(d, box(x, y - 0.42, z, 1.5, 0.14, 0.5, 0.05));
        }

        private static double disc2(double x, double y, double z) {
            return egg(x, y, z, 0.13, 0.145, 0.145);
        }

        private static double trim(double x, double y, double az) {
            double bumper = box(Math.abs(x) - 1.80, y - 0.43, az, 0.05, 0.05, 0.66, 0.045);
            double guard = box(Math.abs(x) - 1.82, y - 0.45, az - 0.30, 0.045, 0.10, 0.04, 0.03);
            return Math.min(bumper, guard);
        }

        private static double luggage(double x, double y, double z) {
            double rails = Math.min(box(x + 0.30, y - 1.53, Math.abs(z) - 0.40, 0.62, 0.018, 0.018, 0.01), bars(x, y, z));
            double first = box(x + 0.08, y - 1.66, z - 0.02, 0.30, 0.105, 0.37, 0.04);
            double second = box(x + 0.64, y - 1.64, z + 0.03, 0.20, 0.09, 0.30, 0.04);
            return Math.min(rails, Math.min(first, second));
        }

        private static double bars(double x, double y, double z) {
            double a = box(Math.abs(x + 0.30) - 0.42, y - 1.53, z, 0.016, 0.016, 0.43, 0.01);
            return Math.min(a, box(Math.abs(x + 0.30) - 0.42, y - 1.49, Math.abs(z) - 0.40, 0.016, 0.06, 0.016, 0.01));
        }

        static int part(Vec p) {
            double az = Math.abs(p.z);
            double best = body(p.x, p.y, p.z);
            int part = PAINT;
            double wheel = disc(Math.abs(p.x) - WHEEL, p.y - 0.33, az - 0.63, Car.WHEEL_R, 0.10, 0.045);
            if (wheel < best) {
                best = wheel;
                part = TYRE;
            }
            double trim = trim(p.x, p.y, az);
            if (trim < best) {
                best = trim;
                part = CHROME;
            }
            double lamp = disc2(p.x - 1.60, p.y - 0.70, az - 0.46);
            if (lamp < best) {
                best = lamp;
                part = LAMP;
            }
            if (p.y > 1.3) {
                double first = box(p.x + 0.08, p.y - 1.66, p.z - 0.02, 0.30, 0.105, 0.37, 0.04);
                double second = box(p.x + 0.64, p.y - 1.64, p.z + 0.03, 0.20, 0.09, 0.30, 0.04);
                if (luggage(p.x, p.y, p.z) < best) {
                    best = luggage(p.x, p.y, p.z);
                    part = first <= best + 1e-9 ? CASE_A : second <= best + 1e-9 ? CASE_B : CHROME;
                }
            }
            return box(p.x, p.y - 0.42, p.z, 1.5, 0.14, 0.5, 0.05) < best ? UNDER : part;
        }

        static Vec normal(Vec p) {
            double e = 0.0015;
            double a = distance(p.x + e, p.y - e, p.z - e);
            double b = distance(p.x - e, p.y - e, p.z + e);
            double c = distance(p.x - e, p.y + e, p.z - e);
            double d = distance(p.x + e, p.y + e, p.z + e);
            return new Vec(a - b - c + d, -a - b + c + d, -a + b - c + d).unit();
        }

        /** Distance along a ray in the car's axes to its surface; negative when it misses. */
        static double hit(Vec o, Vec d, double far) {
            double[] span = span(o, d);
            double t = span[0];
            double end = Math.min(far, span[1]);
            for (int i = 0; i < 140 && t < end; i++) {
                double s = distance(o.x + d.x * t, o.y + d.y * t, o.z + d.z * t);
                if (s < 0.0012) {
                    return t;
                }
                t += s * 0.82;
            }
            return -1;
        }

        /** How much light passes along a ray in the car's axes, in [0, 1], with a soft edge. */
        static double light(Vec o, Vec d, double softness) {
            double[] span = span(o, d);
            double open = 1;
            double t = Math.max(0.012, span[0]);
            for (int i = 0; i < 70 && t < span[1]; i++) {
                double s = distance(o.x + d.x * t, o.y + d.y * t, o.z + d.z * t);
                open = Math.min(open, 0.5 + 0.5 * s / (softness * t));
                if (open < 0) {
                    return 0;
                }
                t += clamp(s * 0.8, 0.012, 0.25);
            }
            open = clamp(open, 0, 1);
            return open * open * (3 - 2 * open);
        }

        private static double[] span(Vec o, Vec d) {
            double near = 0;
            double far = 1e9;
            double[] low = {-2.0, -0.05, -0.95};
            double[] high = {2.0, 1.85, 0.95};
            double[] from = {o.x, o.y, o.z};
            double[] along = {d.x, d.y, d.z};
            for (int i = 0; i < 3; i++) {
                double a = (low[i] - from[i]) / along[i];
                double b = (high[i] - from[i]) / along[i];
                near = Math.max(near, Math.min(a, b));
                far = Math.min(far, Math.max(a, b));
            }
            return new double[] {near, far};
        }
    }

    /** Colour of the car's surface. */
    static final class Finish {

        private static final Vec TEAL = new Vec(0.020, 0.170, 0.200);
        private static final Vec CREAM = new Vec(0.72, 0.62, 0.43);
        private static final BufferedImage NUMBER = number();

        private final Car car;

        Finish(Car car) {
            this.car = car;
        }

        private static BufferedImage number() {
            BufferedImage picture = new BufferedImage(96, 96, BufferedImage.TYPE_BYTE_GRAY);
            Graphics2D g = picture.createGraphics();
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setStroke(new BasicStroke(13f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            Path2D seven = new Path2D.Double();
            seven.moveTo(30, 26);
            seven.lineTo(66, 26);
            seven.quadTo(48, 48, 42, 74);
            g.draw(seven);
            g.dispose();
            return picture;
        }

        /** Linear colour of a point seen along a ray; all in the car's axes. */
        Vec shade(Vec p, Vec ray) {
            Vec n = Shape.normal(p);
            int part = Shape.part(p);
            Vec sun = car.turn(SUN);
            Surface surface = surface(p, n, part);
            double facing = n.dot(sun);
            double open = facing > 0 ? Shape.light(p.plus(n.times(0.01)), sun, 0.05) : 0;
            double ambient = 0;
            double weight = 0.6;
            for (int i = 1; i <= 4; i++) {
                double h = 0.05 * i * i * 0.6;
                ambient += weight * (h - Shape.distance(p.x + n.x * h, p.y + n.y * h, p.z + n.z * h));
                weight *= 0.6;
            }
            double clear = clamp(1 - 2.2 * ambient, 0, 1) * (0.35 + 0.65 * step(-0.05, 0.55, p.y));
            Vec sky = new Vec(0.40, 0.52, 0.70).times(0.62 * (0.5 + 0.5 * n.y));
            Vec bounce = new Vec(0.20, 0.19, 0.12).times(0.8 * (0.5 - 0.5 * n.y));
            Vec incoming = new Vec(2.35, 2.12, 1.72).times(Math.max(0, facing) * open).plus(sky.plus(bounce).times(clear));
            Vec mirror = ray.minus(n.times(2 * ray.dot(n)));
            double fresnel = surface.gloss * (0.05 + 0.95 * Math.pow(1 - Math.max(0, -ray.dot(n)), 5)) + surface.metal;
            double spark = Math.pow(Math.max(0, mirror.dot(sun)), surface.sharp) * open * surface.gloss;
            Vec reflected = surroundings(mirror).times(clear);
            Vec tint = surface.metal > 0.3 ? surface.colour : new Vec(1, 1, 1);
            return surface.colour.times(incoming).times(1 - surface.metal)
                    .plus(reflected.times(tint).times(Math.min(1, fresnel)))
                    .plus(new Vec(1.9, 1.7, 1.4).times(0.55 * spark));
        }

        private static Vec surroundings(Vec d) {
            double wood = Noise.value(Math.atan2(d.x, d.z) * 9, 1.5, 301);
            double line = 0.10 + 0.16 * wood;
            Vec sky = new Vec(0.80, 0.84, 0.86).mix(new Vec(0.20, 0.38, 0.68), clamp(d.y * 1.3, 0, 1));
            Vec land = new Vec(0.10, 0.13, 0.05).mix(new Vec(0.17, 0.16, 0.13), clamp(-d.y * 2, 0, 1));
            return land.mix(sky, step(line - 0.10, line + 0.10, d.y));
        }

        /** What the surface is made of at a point. */
        record Surface(Vec colour, double gloss, double metal, double sharp) {}

        private Surface surface(Vec p, Vec n, int part) {
            return switch (part) {
                case Shape.TYRE -> wheel(p);
                case Shape.CHROME -> new Surface(new Vec(0.72, 0.72, 0.72), 1, 0.75, 90);
                case Shape.LAMP -> lamp(p);
                case Shape.CASE_A -> leather(p, 0.10, new Vec(0.26, 0.105, 0.035), 0.16);
                case Shape.CASE_B -> leather(p, 0.62, new Vec(0.30, 0.055, 0.05), 0.10);
                case Shape.UNDER -> new Surface(new Vec(0.012, 0.012, 0.012), 0.1, 0, 10);
                default -> painted(p, n);
            };
        }

        private Surface wheel(Vec p) {
            double dx = Math.abs(p.x) - Car.WHEEL_X;
            double r = Math.hypot(dx, p.y - 0.33);
            double angle = Math.atan2(p.y - 0.33, p.x - Math.signum(p.x) * Car.WHEEL_X) + Math.signum(p.z) * -car.roll;
            if (Math.abs(p.z) < 0.66 || r > 0.262) {
                double tread = 0.85 + 0.15 * Math.sin(angle * 60);
                return new Surface(new Vec(0.022, 0.021, 0.020).times(tread), 0.25, 0, 12);
            }
            if (r > 0.205) {
                return new Surface(new Vec(0.62, 0.60, 0.54), 0.3, 0, 20);
            }
            if (r < 0.085) {
                return new Surface(new Vec(0.75, 0.75, 0.75), 1, 0.7, 80);
            }
            boolean hole = Math.cos(angle * 8) > 0.55 && r > 0.125 && r < 0.175;
            return hole ? new Surface(new Vec(0.02, 0.02, 0.02), 0.2, 0, 10) : new Surface(TEAL.times(1.1), 0.9, 0.05, 90);
        }

        private static Surface lamp(Vec p) {
            double r = Math.hypot(p.y - 0.70, Math.abs(p.z) - 0.46);
            if (p.x > 1.60 && r < 0.112) {
                double ribs = 0.9 + 0.1 * Math.sin(p.z * 120);
                return new Surface(new Vec(0.78, 0.74, 0.60).times(ribs), 1, 0.12, 120);
            }
            return new Surface(new Vec(0.74, 0.74, 0.74), 1, 0.75, 90);
        }

        private static Surface leather(Vec p, double middle, Vec tone, double strap) {
            double grain = 0.8 + 0.4 * Noise.sum(p.x * 38 + p.y * 31, p.z * 38, 3, 401);
            double near = Math.abs(Math.abs(p.x + middle) - strap);
            if (near < 0.022) {
                return new Surface(new Vec(0.07, 0.035, 0.018).times(grain), 0.5, 0, 30);
            }
            double corner = Math.abs(p.z) > 0.29 ? 0.75 : 1;
            return new Surface(tone.times(grain * corner), 0.4, 0, 24);
        }

        private static Surface painted(Vec p, Vec n) {
            Surface glass = glazed(p, n);
            if (glass != null) {
                return glass;
            }
            boolean side = Math.abs(n.z) > 0.55;
            if (side && Math.abs(p.y - 0.90) < 0.016 && p.x < 1.55 && p.x > -1.6) {
                return new Surface(new Vec(0.74, 0.74, 0.74), 1, 0.7, 80);
            }
            if (side && Math.hypot(p.x - 0.38 + 0.66, p.y - 0.80) < 0.05 && Math.abs(p.y - 0.80) < 0.014) {
                return new Surface(new Vec(0.74, 0.74, 0.74), 1, 0.7, 80);
            }
            if (side && (door(p.x, p.y) || Math.abs(p.y - 0.40) < 0.008)) {
                return new Surface(TEAL.times(0.16), 0.2, 0, 20);
            }
            if (p.x > 1.45 && p.y < 0.66 && p.y > 0.46 && Math.abs(p.z) < 0.30) {
                boolean slot = (p.y * 34 - Math.floor(p.y * 34)) < 0.5;
                return slot ? new Surface(new Vec(0.015, 0.015, 0.015), 0.3, 0, 20) : new Surface(new Vec(0.7, 0.7, 0.7), 1, 0.7, 80);
            }
            if (side) {
                double r = Math.hypot(p.x + 0.02, p.y - 0.645);
                if (r < 0.215) {
                    return roundel(p, r);
                }
            }
            boolean roof = p.y > 1.325;
            boolean belt = p.y < 0.555 && p.y > 0.485 && side;
            boolean stripe = !side && Math.abs(Math.abs(p.z) - 0.17) < 0.065;
            double dust = 1 - 0.25 * step(0.55, 0.22, p.y) * Noise.sum(p.x * 12, p.y * 12 + p.z * 9, 3, 411);
            Vec colour = roof ? (stripe ? TEAL : CREAM) : stripe || belt ? CREAM : TEAL;
            return new Surface(colour.times(dust), 1, 0, 160);
        }

        private static Surface roundel(Vec p, double r) {
            double u = (p.x + 0.02) * Math.signum(p.z) / 0.43 + 0.5;
            double v = 0.5 - (p.y - 0.645) / 0.43;
            boolean digit = NUMBER.getRaster().getSample((int) clamp(u * 96, 0, 95), (int) clamp(v * 96, 0, 95), 0) > 127;
            boolean ring = r > 0.192;
            return new Surface(digit || ring ? new Vec(0.025, 0.02, 0.02) : new Vec(0.78, 0.74, 0.66), 0.8, 0, 100);
        }

        private static boolean door(double x, double y) {
            double d = Shape.box(x + 0.03, y - 0.83, 0, 0.46, 0.40, 1, 0.10);
            return Math.abs(d) < 0.0075;
        }

        private static Surface glazed(Vec p, Vec n) {
            if (p.y < 0.9 || p.y > 1.40) {
                return null;
            }
            double inside;
            if (Math.abs(n.z) > 0.6) {
                double front = pane(p.x - 0.20, p.y - 1.125, 0.27 - 0.25 * (p.y - 1.1), 0.155);
                double rear = pane(p.x + 0.50, p.y - 1.125, 0.32 - 0.25 * (p.y - 1.1), 0.155);
                inside = Math.min(front, rear);
            } else if (Math.abs(n.x) > 0.35) {
                inside = pane(p.z, p.y - 1.13, 0.50 - 0.2 * (p.y - 1.1), 0.165);
            } else {
                return null;
            }
            if (inside > 0.022) {
                return null;
            }
            if (inside > 0) {
                return new Surface(new Vec(0.70, 0.70, 0.70), 1, 0.65, 80);
            }
            double seat = Math.abs(n.z) > 0.6 ? step(0.02, 0.0, pane(p.x - 0.02, p.y - 1.02, 0.10, 0.12)) : 0;
            Vec inner = new Vec(0.022, 0.028, 0.030).mix(new Vec(0.10, 0.055, 0.035), 0.8 * seat);
            return new Surface(inner, 2.6, 0.04, 220);
        }

        private static double pane(double x, double y, double hx, double hy) {
            return Shape.box(x, y, 0, hx, hy, 1, 0.07);
        }
    }

    /** Pictures of the whole. */
    static final class Film {

        private final Panorama panorama = new Panorama();
        private final int samples;

        Film(int samples) {
            this.samples = samples;
        }

        BufferedImage frame(int f) {
            int[] rgb = new int[WIDTH * HEIGHT];
            IntStream.range(0, HEIGHT).parallel().forEach(y -> {
                for (int x = 0; x < WIDTH; x++) {
                    rgb[y * WIDTH + x] = pixel(f, x, y);
                }
            });
            BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
            picture.setRGB(0, 0, WIDTH, HEIGHT, rgb, 0, WIDTH);
            return picture;
        }

        static byte[] bytes(BufferedImage picture) {
            byte[] bytes = new byte[WIDTH * HEIGHT * 3];
            for (int i = 0; i < WIDTH * HEIGHT; i++) {
                int rgb = picture.getRGB(i % WIDTH, i / WIDTH);
                bytes[3 * i] = (byte) (rgb >> 16);
                bytes[3 * i + 1] = (byte) (rgb >> 8);
                bytes[3 * i + 2] = (byte) rgb;
            }
            return bytes;
        }

        private int pixel(int f, int x, int y) {
            Vec sum = new Vec(0, 0, 0);
            for (int s = 0; s < samples; s++) {
                double t = f + SHUTTER * ((s + 0.5) / samples - 0.5);
                double ox = (s * 0.7548776662466927 + 0.5) % 1 - 0.5;
                double oy = (s * 0.5698402909980532 + 0.5) % 1 - 0.5;
                sum = sum.plus(look(t, x + ox, y + oy));
            }
            Vec mean = sum.times(1.0 / samples);
            double grain = Noise.hash(x, y, 1000 + f) + Noise.hash(x, y, 2000 + f) + Noise.hash(x, y, 3000 + f) - 1.5;
            return pack(graded(mean), grain * 3.2);
        }

        private Vec look(double t, double px, double py) {
            Vec ray = Camera.at(t).ray(px, py);
            Car car = Car.at(t);
            Vec eye = new Vec(0, EYE, 0);
            Vec o = car.local(eye);
            Vec d = car.turn(ray);
            double hit = Shape.hit(o, d, 40);
            if (hit > 0) {
                return new Finish(car).shade(o.plus(d.times(hit)), d);
            }
            Vec back = panorama.look(ray);
            if (ray.y < -0.05) {
                Vec p = car.local(eye.plus(ray.times(EYE / -ray.y)));
                if (Math.abs(p.x) < 6 && Math.abs(p.z) < 6) {
                    double open = Shape.light(new Vec(p.x, 0.005, p.z), car.turn(SUN), 0.07);
                    double under = step(-0.15, 0.55, Shape.box(p.x, 0, p.z, 1.55, 1, 0.62, 0.2));
                    double k = (0.30 + 0.70 * open) * (0.45 + 0.55 * under);
                    return back.times(new Vec(k, 0.04 + 0.96 * k, 0.09 + 0.91 * k));
                }
            }
            return back;
        }

        /** A gentle film curve: lifted toe, rounded shoulder, a warm cast. */
        private static Vec graded(Vec c) {
            return new Vec(curve(c.x * 1.10), curve(c.y * 1.06), curve(c.z * 0.98));
        }

        private static double curve(double v) {
            double exposed = Math.pow(Math.max(0, v), 1.12) * 1.30;
            return clamp(0.006 + exposed * (1 + exposed * 0.06) / (1 + exposed * 0.32), 0, 1);
        }

        static int pack(Vec c) {
            return pack(c, 0);
        }

        private static int pack(Vec c, double grain) {
            return code(c.x, grain) << 16 | code(c.y, grain) << 8 | code(c.z, grain);
        }

        private static int code(double v, double grain) {
            return (int) clamp(Math.pow(clamp(v, 0, 1), 1 / 2.2) * 255 + grain + 0.5, 0, 255);
        }
    }

    /** What is known of the clip because it was drawn: mattes, and where points of the car and of the background are in every frame. */
    static final class Truth {

        private Truth() {}

        static void write(Path folder) throws IOException {
            Files.createDirectories(folder);
            for (int f = 0; f < FRAMES; f++) {
                ImageIO.write(matte(f), "png", folder.resolve(String.format(Locale.ROOT, "matte_%04d.png", f)).toFile());
            }
            List<Vec> onCar = surfacePoints();
            try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(folder.resolve("points.csv")))) {
                out.println("layer,point,frame,x,y,visible");
                for (int f = 0; f < FRAMES; f++) {
                    for (int i = 0; i < onCar.size(); i++) {
                        print(out, "car", i, f, Car.at(f).world(onCar.get(i)).minus(new Vec(0, EYE, 0)), seen(f, onCar.get(i)));
                    }
                    for (int i = 0; i < 96; i++) {
                        Vec d = new Vec(Math.sin(-0.5 + i % 16 / 15.0), 0.02 - 0.055 * (i / 16), Math.cos(-0.5 + i % 16 / 15.0));
                        Car car = Car.at(f);
                        boolean free = Shape.hit(car.local(new Vec(0, EYE, 0)), car.turn(d.unit()), 40) < 0;
                        print(out, "background", i, f, d, free);
                    }
                }
            }
        }

        private static void print(PrintWriter out, String layer, int point, int f, Vec d, boolean visible) {
            Vec p = Camera.at(f).pixel(d);
            boolean inside = p.x >= 0 && p.y >= 0 && p.x <= WIDTH - 1 && p.y <= HEIGHT - 1;
            out.println(String.format(Locale.ROOT, "%s,%d,%d,%.3f,%.3f,%d", layer, point, f, p.x, p.y, visible && inside ? 1 : 0));
        }

        /** Points of the body, found where a grid of rays meets the car in four frames; wheels are left out since they turn. */
        private static List<Vec> surfacePoints() {
            List<Vec> points = new ArrayList<>();
            for (int f = 0; f < FRAMES; f += 19) {
                Car car = Car.at(f);
                for (int y = 8; y < HEIGHT; y += 16) {
                    for (int x = 8; x < WIDTH; x += 16) {
                        Vec o = car.local(new Vec(0, EYE, 0));
                        Vec d = car.turn(Camera.at(f).ray(x, y));
                        double t = Shape.hit(o, d, 40);
                        Vec p = o.plus(d.times(t));
                        if (t > 0 && Shape.part(p) != Shape.TYRE && points.stream().noneMatch(q -> q.minus(p).length() < 0.06)) {
                            points.add(p);
                        }
                    }
                }
            }
            return points;
        }

        private static boolean seen(int f, Vec point) {
            Car car = Car.at(f);
            Vec o = car.local(new Vec(0, EYE, 0));
            Vec d = point.minus(o);
            double t = Shape.hit(o, d.unit(), 40);
            return t > 0 && Math.abs(t - d.length()) < 0.02;
        }

        private static BufferedImage matte(int f) {
            BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
            IntStream.range(0, HEIGHT).parallel().forEach(y -> {
                for (int x = 0; x < WIDTH; x++) {
                    int hits = 0;
                    for (int s = 0; s < 16; s++) {
                        double t = f + SHUTTER * ((s + 0.5) / 16 - 0.5);
                        Car car = Car.at(t);
                        Vec d = car.turn(Camera.at(t).ray(x + (s % 4 - 1.5) / 4, y + (s / 4 - 1.5) / 4));
                        hits += Shape.hit(car.local(new Vec(0, EYE, 0)), d, 40) > 0 ? 1 : 0;
                    }
                    picture.getRaster().setSample(x, y, 0, hits * 255 / 16);
                }
            });
            return picture;
        }
    }
}
