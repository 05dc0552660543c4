package org.stablevideo.render;

import java.util.ArrayList;
import java.util.List;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.AtlasQuality;
import org.stablevideo.atlas.AtlasTexture;
import org.stablevideo.atlas.ControlGrid;
import org.stablevideo.atlas.Layer;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.frame.RgbFrame;

/**
 * A clip whose atlas is known because both are drawn from the same formulas: a striped disc that crosses a panning background and grows by half
 * on the way. In frame t the disc's centre is at {@link #centreX}, its radius {@link #radius}; its texture is as large as the disc in the last
 * frame.
 */
public final class DrawnShot implements Clip {

    public static final int FRAMES = 12;

    private static final float SPACING = 8;
    private static final int DISC_TEXELS = 64;

    private final FrameSize size;
    private final Paint paint;
    private final Atlas atlas;

    /** A shot whose atlas was solved at {@code solve}; {@code size} is the size of its frames. */
    public DrawnShot(FrameSize solve, FrameSize size) {
        this(solve, size, DrawnShot::stripes);
    }

    /** The same with another paint on the disc. */
    public DrawnShot(FrameSize solve, FrameSize size, Paint paint) {
        this.size = size;
        this.paint = paint;
        List<ControlGrid> near = new ArrayList<>();
        List<ControlGrid> far = new ArrayList<>();
        List<Plane> mattes = new ArrayList<>();
        for (int t = 0; t < FRAMES; t++) {
            int frame = t;
            double scale = DISC_TEXELS / 2.0 / radius(t, solve);
            near.add(grid(solve, (x, y) -> new double[] {
                (x - centreX(frame, solve)) * scale + (DISC_TEXELS - 1) / 2.0,
                (y - centreY(solve)) * scale + (DISC_TEXELS - 1) / 2.0
            }));
            far.add(grid(solve, (x, y) -> new double[] {x + pan(frame), y}));
            mattes.add(matte(t, solve));
        }
        Picture disc = picture(new FrameSize(DISC_TEXELS, DISC_TEXELS), paint);
        Picture scene = picture(new FrameSize(solve.width() + pan(FRAMES - 1), solve.height()), (x, y) -> scenery(x, y));
        ClipIdentity identity = new ClipIdentity("drawn", "0123456789abcdef", 0, FRAMES);
        atlas = new Atlas(
                "drawn",
                identity,
                size,
                solve,
                new FrameRate(24, 1),
                List.of(
                        new Layer(Layer.Role.FOREGROUND, "object 1", near, mattes, List.of(), covered(disc)),
                        new Layer(Layer.Role.BACKGROUND, "background", far, List.of(), List.of(), covered(scene))),
                new AtlasQuality(new double[FRAMES], new double[FRAMES], new double[2], 0, 0));
    }

    private interface Mapping {
        double[] at(double x, double y);
    }

    /** Colour of a formula at a position: R, G, B in 0…255. */
    public interface Paint {
        int[] at(double x, double y);
    }

    private static AtlasTexture covered(Picture colour) {
        byte[] all = new byte[colour.size().area()];
        java.util.Arrays.fill(all, (byte) 255);
        return new AtlasTexture(colour, new Plane(colour.size(), all));
    }

    private static ControlGrid grid(FrameSize solve, Mapping mapping) {
        int columns = (int) Math.ceil((solve.width() - 1) / SPACING) + 1;
        int rows = (int) Math.ceil((solve.height() - 1) / SPACING) + 1;
        float[] u = new float[columns * rows];
        float[] v = new float[columns * rows];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                double[] at = mapping.at(c * SPACING, r * SPACING);
                u[r * columns + c] = (float) at[0];
                v[r * columns + c] = (float) at[1];
            }
        }
        return new ControlGrid(columns, rows, SPACING, u, v);
    }

    /** A picture of a formula. */
    public static Picture picture(FrameSize size, Paint paint) {
        byte[] rgb = new byte[size.rgbBytes()];
        for (int y = 0, at = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++) {
                for (int value : paint.at(x, y)) {
                    rgb[at++] = (byte) value;
                }
            }
        }
        return new Picture(size, rgb);
    }

    /** The disc's own paint at a texel. */
    public static int[] stripes(double u, double v) {
        int wave = (int) Math.round(50 * Math.sin(u / 5));
        return new int[] {150 + wave, 90, 120 - wave / 2};
    }

    /** The background's paint at a texel. */
    public static int[] scenery(double u, double v) {
        int wave = (int) Math.round(30 * Math.sin(u / 9) * Math.cos(v / 7));
        return new int[] {80 + wave, 120 + wave, 60};
    }

    /** Column of the disc's centre. */
    public static double centreX(int t, FrameSize solve) {
        return solve.width() * (0.3 + 0.4 * t / (FRAMES - 1));
    }

    /** Row of the disc's centre. */
    public static double centreY(FrameSize solve) {
        return solve.height() * 0.5;
    }

    /** Radius of the disc. */
    public static double radius(int t, FrameSize solve) {
        return solve.height() * 0.2 * (1 + 0.5 * t / (FRAMES - 1));
    }

    /** How far the background has moved to the left. */
    public static int pan(int t) {
        return 2 * t;
    }

    private static Plane matte(int t, FrameSize solve) {
        byte[] values = new byte[solve.area()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) Math.round(255 * alpha(t, solve, i % solve.width(), i / solve.width()));
        }
        return new Plane(solve, values);
    }

    /** Opacity of the disc, with an edge two pixels wide. */
    public static double alpha(int t, FrameSize solve, double x, double y) {
        double distance = Math.hypot(x - centreX(t, solve), y - centreY(solve));
        return Math.max(0, Math.min(1, (radius(t, solve) - distance) / 2));
    }

    public Atlas atlas() {
        return atlas;
    }

    @Override
    public ClipIdentity identity() {
        return atlas.clip();
    }

    @Override
    public FrameSize size() {
        return size;
    }

    @Override
    public FrameRate rate() {
        return atlas.rate();
    }

    @Override
    public RgbFrame frame(int t) {
        return frame(t, paint, DrawnShot::scenery);
    }

    /** The frame with other paints on disc and background, by the formulas and not through any texture. */
    public RgbFrame frame(int t, Paint disc, Paint scene) {
        FrameSize solve = atlas.solveSize();
        RgbFrame frame = RgbFrame.allocate(size);
        frame.set(picture(size, (px, py) -> {
            double x = (px + 0.5) * solve.width() / size.width() - 0.5;
            double y = (py + 0.5) * solve.height() / size.height() - 0.5;
            double scale = DISC_TEXELS / 2.0 / radius(t, solve);
            double a = alpha(t, solve, x, y);
            int[] front = disc.at(
                    (x - centreX(t, solve)) * scale + (DISC_TEXELS - 1) / 2.0,
                    (y - centreY(solve)) * scale + (DISC_TEXELS - 1) / 2.0);
            int[] back = scene.at(x + pan(t), y);
            int[] out = new int[3];
            for (int k = 0; k < 3; k++) {
                out[k] = (int) Math.round(a * front[k] + (1 - a) * back[k]);
            }
            return out;
        }));
        return frame;
    }

    @Override
    public void close() {
        // drawn from formulas
    }
}
