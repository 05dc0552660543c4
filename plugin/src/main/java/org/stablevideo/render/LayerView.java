package org.stablevideo.render;

import java.util.Arrays;
import org.stablevideo.atlas.ControlGrid;
import org.stablevideo.atlas.Layer;
import org.stablevideo.atlas.LightGrid;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.space.SolveToFrame;

/**
 * One texture of one layer as one frame sees it: where each pixel falls in the texture, at which level, in which light. Rows are prepared one
 * after another with {@link #row}; belongs to one thread.
 */
final class LayerView {

    private final NodeScan map;
    private final float[] u;
    private final float[] v;
    private final float[] rowU;
    private final float[] rowV;
    private final float[] rowLight;
    private final float[] down;
    private final TexturePyramid.Level fine;
    private final TexturePyramid.Level coarse;
    private final int lower;
    private final int blend;
    private final NodeScan lightScan;
    private final float[] light;

    /**
     * Looks at a texture.
     *
     * @param atlasSize size of the layer's atlas texture, to which the mapping belongs
     * @param texture the same extent at any resolution
     * @param solve size at which the mapping is given
     * @param lightShare share of the layer's light to apply, in [0, 1]
     * @param fade gain of the whole frame's light
     */
    LayerView(Layer layer, int frame, FrameSize atlasSize, TexturePyramid texture, FrameSize solve, FrameSize size, double lightShare, float fade) {
        ControlGrid grid = layer.mapping().get(frame);
        SolveToFrame sizes = new SolveToFrame(solve, size);
        map = scan(grid.columns(), grid.rows(), grid.spacing(), sizes);
        float scaleX = (float) texture.size().width() / atlasSize.width();
        float scaleY = (float) texture.size().height() / atlasSize.height();
        Plane matte = layer.opacity().isEmpty() ? null : layer.opacity().get(frame);
        double texels = stretch(grid, matte) * Math.sqrt(scaleX * scaleY / (sizes.scaleX() * sizes.scaleY()));
        // bilinear sampling bears a minification of 1.4 without shimmering; beyond, the level follows continuously
        double level = Math.min(texture.depth() - 1.0, Math.max(0, Math.log(Math.max(texels, 1e-6)) / Math.log(2) - 0.5));
        lower = (int) level;
        blend = lower + 1 < texture.depth() ? (int) Math.round((level - lower) * 256) : 0;
        fine = texture.level(lower);
        coarse = blend > 0 ? texture.level(lower + 1) : fine;
        float shrink = 1f / (1 << lower);
        u = moved(grid.u(), scaleX * shrink);
        v = moved(grid.v(), scaleY * shrink);
        rowU = new float[size.width()];
        rowV = new float[size.width()];
        rowLight = new float[size.width()];
        if (layer.light().isEmpty() || lightShare == 0) {
            lightScan = null;
            light = null;
            Arrays.fill(rowLight, 1f);
        } else {
            LightGrid gains = layer.light().get(frame);
            lightScan = scan(gains.columns(), gains.rows(), gains.spacing(), sizes);
            light = grey(gains, (float) lightShare, fade);
        }
        down = new float[Math.max(grid.columns(), lightScan == null ? 0 : lightScan.columns())];
    }

    private LayerView(LayerView one) {
        map = one.map;
        u = one.u;
        v = one.v;
        fine = one.fine;
        coarse = one.coarse;
        lower = one.lower;
        blend = one.blend;
        lightScan = one.lightScan;
        light = one.light;
        rowU = new float[one.rowU.length];
        rowV = new float[one.rowV.length];
        rowLight = new float[one.rowLight.length];
        Arrays.fill(rowLight, 1f);
        down = new float[one.down.length];
    }

    private LayerView(LayerView one, TexturePyramid texture) {
        map = one.map;
        u = one.u;
        v = one.v;
        lower = one.lower;
        blend = one.blend;
        fine = texture.level(lower);
        coarse = blend > 0 ? texture.level(lower + 1) : fine;
        lightScan = null;
        light = null;
        rowU = one.rowU;
        rowV = one.rowV;
        rowLight = one.rowLight;
        down = one.down;
    }

    /** The same view for another thread. */
    LayerView another() {
        return new LayerView(this);
    }

    /** Another texture of the same size in the same place; rows that this view goes to are read there too. */
    LayerView beside(TexturePyramid texture) {
        return new LayerView(this, texture);
    }

    private static NodeScan scan(int columns, int rows, float spacing, SolveToFrame sizes) {
        FrameSize size = sizes.frame();
        return new NodeScan(
                columns, rows, size.width(), size.height(), x -> sizes.solveX(x) / spacing, y -> sizes.solveY(y) / spacing);
    }

    private static float[] moved(float[] nodes, float scale) {
        float[] out = new float[nodes.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (nodes[i] + 0.5f) * scale - 0.5f;
        }
        return out;
    }

    /** Gains without colour: an edited layer has its own colour, and the ratio of single channels is noisy where the shot's colour is pure. */
    private static float[] grey(LightGrid grid, float share, float fade) {
        float[] out = new float[grid.columns() * grid.rows()];
        for (int i = 0; i < out.length; i++) {
            float gain = 0.299f * grid.gain()[3 * i] + 0.587f * grid.gain()[3 * i + 1] + 0.114f * grid.gain()[3 * i + 2];
            out[i] = fade * (1 + share * (Math.min(2.2f, Math.max(0.35f, gain)) - 1));
        }
        return out;
    }

    /** Mean atlas texels per solve pixel over the cells in which the layer shows; 1 when it shows nowhere. */
    private static double stretch(ControlGrid grid, Plane matte) {
        double sum = 0;
        int count = 0;
        int columns = grid.columns();
        for (int r = 0; r + 1 < grid.rows(); r++) {
            for (int c = 0; c + 1 < columns; c++) {
                if (matte != null && !shows(matte, (c + 0.5f) * grid.spacing(), (r + 0.5f) * grid.spacing())) {
                    continue;
                }
                int i = r * columns + c;
                double ux = grid.u()[i + 1] - grid.u()[i];
                double vx = grid.v()[i + 1] - grid.v()[i];
                double uy = grid.u()[i + columns] - grid.u()[i];
                double vy = grid.v()[i + columns] - grid.v()[i];
                sum += Math.sqrt(Math.abs(ux * vy - uy * vx)) / grid.spacing();
                count++;
            }
        }
        return count == 0 ? 1 : sum / count;
    }

    private static boolean shows(Plane matte, float x, float y) {
        int column = Math.min(matte.size().width() - 1, Math.round(x));
        int row = Math.min(matte.size().height() - 1, Math.round(y));
        return (matte.values()[row * matte.size().width() + column] & 255) > 127;
    }

    /** Pixels across of the frame. */
    int width() {
        return rowU.length;
    }

    /** Goes to the pixels from {@code left} to before {@code right} of a row of the frame. */
    void row(int y, int left, int right) {
        map.row(u, y, left, right, down, rowU);
        map.row(v, y, left, right, down, rowV);
        if (lightScan != null) {
            lightScan.row(light, y, left, right, down, rowLight);
        }
    }

    /** Colour of the texture at a pixel of the row, packed A R G B, without light. */
    int texel(int x) {
        float a = rowU[x];
        float b = rowV[x];
        int texel = fine.sample(a, b);
        return blend == 0 ? texel : TexturePyramid.Level.mix(texel, coarse.sample(a * 0.5f - 0.25f, b * 0.5f - 0.25f), blend);
    }

    /** Gain of the light at a pixel of the row; 1 where none is asked for. */
    float light(int x) {
        return rowLight[x];
    }
}
