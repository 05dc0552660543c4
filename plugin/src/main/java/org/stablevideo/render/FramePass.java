package org.stablevideo.render;

import java.util.Arrays;
import org.stablevideo.frame.FrameSize;

/**
 * Equation 3 over the pixels of one frame, row by row. Each pixel is the sum over the layers of share times look; the look of an edited
 * layer is its texture in the shot's light and detail, the look of another layer is the source pixel itself. Only where an edited and an
 * unedited layer mix (the soft edge of a matte) is the source pixel no fair picture of the unedited one, as it holds the old colour of the other:
 * there it gives way to the reconstruction from the atlas.
 *
 * <p>Where the texture draws what the frame does not show ({@link Mismatch}), an edited layer looks as the frame does in the colours of the edit
 * ({@link ColourTransfer}): wholly from half of the shot's detail on, not at all where none of it is wanted.
 */
final class FramePass {

    private static final int WHITE = 38;
    private static final int BRIGHTEST = 217;
    private static final int DULLEST = 128;
    private static final int SHARPEST = 460;

    private final Scratch scratch;
    private final EditedView[] edits;
    private final LayerView[] sources;
    private final int detail;
    private final int mix;
    private final float[] inverse;
    private final float[] doubt;
    private final float[] down;
    private final int[] sum;
    private final int[] edited;

    /**
     * A pass of one thread; several may work on different rows of the same pixels at once.
     *
     * @param edits views of the edited textures, null for layers that were not edited
     * @param sources views of the original textures, null for layers that were edited
     * @param detail share of the shot's fine detail, in [0, 256]
     * @param mix in [1, 256]
     */
    FramePass(Scratch scratch, EditedView[] edits, LayerView[] sources, int detail, int mix) {
        this.scratch = scratch;
        this.edits = edits;
        this.sources = sources;
        this.detail = detail;
        this.mix = mix;
        inverse = new float[scratch.size.width()];
        doubt = new float[scratch.size.width()];
        down = new float[scratch.size.width() + 2];
        sum = new int[3 * scratch.size.width()];
        edited = new int[scratch.size.width()];
    }

    /** The same pass for another thread. */
    FramePass another() {
        EditedView[] others = new EditedView[edits.length];
        for (int i = 0; i < edits.length; i++) {
            others[i] = edits[i] == null ? null : edits[i].another();
        }
        return new FramePass(scratch, others, others(sources), detail, mix);
    }

    private static LayerView[] others(LayerView[] views) {
        LayerView[] others = new LayerView[views.length];
        for (int i = 0; i < views.length; i++) {
            others[i] = views[i] == null ? null : views[i].another();
        }
        return others;
    }

    /** Renders rows of the scratch's pixels in place, from {@code top} to before {@code bottom}. */
    void run(int top, int bottom) {
        FrameSize size = scratch.size;
        int background = edits.length - 1;
        for (int y = top; y < bottom; y++) {
            int left = scratch.mattes.left(y);
            int right = scratch.mattes.right(y);
            if (edits[background] != null) {
                left = 0;
                right = size.width();
            } else if (left >= right) {
                continue;
            }
            Arrays.fill(sum, 3 * left, 3 * right, 0);
            Arrays.fill(edited, left, right, 0);
            for (int i = 0; i < edits.length; i++) {
                if (edits[i] != null) {
                    boolean everywhere = i == background;
                    lay(i, y, everywhere ? 0 : scratch.mattes.left(y), everywhere ? size.width() : scratch.mattes.right(y));
                }
            }
            for (int i = 0; i < sources.length; i++) {
                if (sources[i] != null) {
                    keep(i, y, left, right);
                }
            }
            put(y, left, right);
        }
    }

    /** Adds an edited layer. */
    private void lay(int layer, int y, int left, int right) {
        EditedView edit = edits[layer];
        LayerView view = edit.paint();
        ShotDetail shot = scratch.detail[layer];
        byte[] share = scratch.mattes.share(layer);
        byte[] rgb = scratch.rgb;
        view.row(y, left, right);
        int from = right;
        int to = right;
        if (edit.follows()) {
            Mismatch mismatch = scratch.mismatch[layer];
            from = Math.max(left, mismatch.from(y));
            to = Math.min(right, mismatch.to(y));
            if (from < to) {
                edit.centre().row(y, from, to);
                mismatch.scan().row(mismatch.doubt(), y, from, to, down, doubt);
            }
        }
        if (detail > 0) {
            shot.scan().row(shot.inverse(), y, left, right, down, inverse);
        }
        int row = y * scratch.size.width();
        for (int x = left; x < right; x++) {
            int weight = share[row + x] & 255;
            if (weight == 0) {
                continue;
            }
            int texel = view.texel(x);
            int opacity = texel >>> 24;
            if (opacity == 0) {
                continue;
            }
            int gain = 256;
            if (detail > 0) {
                int factor = (int) ((Scratch.luma(rgb, row + x) + ShotDetail.FLOOR) * inverse[x] * 256f);
                gain += (Math.min(SHARPEST, Math.max(DULLEST, factor)) - 256) * detail >> 8;
            }
            int lit = (int) (view.light(x) * gain + 0.5f);
            int at = 3 * x;
            int source = 3 * (row + x);
            int red = lit(texel >> 16 & 255, lit);
            int green = lit(texel >> 8 & 255, lit);
            int blue = lit(texel & 255, lit);
            int followed = x >= from && x < to ? (int) (Math.min(1f, doubt[x]) * Math.min(256, 2 * detail)) : 0;
            if (followed > 0) {
                int centre = edit.centre().texel(x);
                int slope = edit.slope().texel(x);
                float luma = Scratch.luma(rgb, row + x) / view.light(x);
                int light = (int) (view.light(x) * 256f + 0.5f);
                red += (lit(ColourTransfer.colour(centre, slope, 16, luma), light) - red) * followed >> 8;
                green += (lit(ColourTransfer.colour(centre, slope, 8, luma), light) - green) * followed >> 8;
                blue += (lit(ColourTransfer.colour(centre, slope, 0, luma), light) - blue) * followed >> 8;
            }
            if (opacity < 255) {
                red = over(red, rgb[source] & 255, opacity);
                green = over(green, rgb[source + 1] & 255, opacity);
                blue = over(blue, rgb[source + 2] & 255, opacity);
            }
            if (weight == 255 && mix == 256) {
                rgb[source] = (byte) red;
                rgb[source + 1] = (byte) green;
                rgb[source + 2] = (byte) blue;
                continue;
            }
            sum[at] += weight * red;
            sum[at + 1] += weight * green;
            sum[at + 2] += weight * blue;
            edited[x] += weight * opacity;
        }
    }

    /**
     * A colour in brighter or darker light. Darker is a plain product; brighter approaches white, v + (gain − 1)·(255 − v)·(v + w)/255, so
     * that highlights on light colours keep their shape, and on dark or pure ones show as the little white w.
     */
    static int lit(int value, int gain) {
        if (gain <= 256) {
            return value * gain + 128 >> 8;
        }
        int more = Math.min(gain - 256, BRIGHTEST);
        return value + ((255 - value) * (value + WHITE) * more + 32640) / 65280;
    }

    private static int over(int front, int back, int opacity) {
        return (front * opacity + back * (255 - opacity) + 127) / 255;
    }

    /** Adds a layer that was not edited, where an edited one is seen through or beside it. */
    private void keep(int layer, int y, int left, int right) {
        LayerView view = sources[layer];
        byte[] share = scratch.mattes.share(layer);
        byte[] rgb = scratch.rgb;
        boolean ready = false;
        int row = y * scratch.size.width();
        for (int x = left; x < right; x++) {
            int weight = share[row + x] & 255;
            if (weight == 0 || edited[x] == 0) {
                continue;
            }
            if (!ready) {
                view.row(y, x, right);
                ready = true;
            }
            int texel = view.texel(x);
            int gain = (int) (view.light(x) * 256f + 0.5f);
            int clean = foreign(255 - weight);
            int source = 3 * (row + x);
            sum[3 * x] += weight * over(lit(texel >> 16 & 255, gain), rgb[source] & 255, clean);
            sum[3 * x + 1] += weight * over(lit(texel >> 8 & 255, gain), rgb[source + 1] & 255, clean);
            sum[3 * x + 2] += weight * over(lit(texel & 255, gain), rgb[source + 2] & 255, clean);
        }
    }

    /** How little the source pixel can be trusted for a layer when others have the given share of it: 0 up to 1/25, 255 from 1/3. */
    private static int foreign(int others) {
        return Math.min(255, Math.max(0, (others - 10) * 255 / 75));
    }

    /** Writes the row. */
    private void put(int y, int left, int right) {
        byte[] rgb = scratch.rgb;
        int row = 3 * y * scratch.size.width();
        for (int x = left; x < right; x++) {
            if (edited[x] == 0) {
                continue;
            }
            for (int k = 3 * x; k < 3 * x + 3; k++) {
                int value = (sum[k] + 127) / 255;
                if (mix < 256) {
                    int source = rgb[row + k] & 255;
                    value = source + ((value - source) * mix + 128 >> 8);
                }
                rgb[row + k] = (byte) value;
            }
        }
    }
}
