package org.stablevideo.atlas;

import org.stablevideo.frame.FrameSize;
import org.stablevideo.space.SolveToFrame;

/**
 * Reads values given at the nodes of regular grids at the pixels between them: bilinear inside, linearly continued beyond the outermost nodes.
 * A grid belongs to the solve size; pixels of any other size are first carried there (see {@link SolveToFrame}).
 */
public final class GridMap {

    private GridMap() {}

    /**
     * The atlas position of every pixel.
     *
     * @param grid mapping of one frame
     * @param solve size that the grid belongs to
     * @param out size of the pixels asked for, of about the same aspect
     * @return a map of its own of size {@code out}
     */
    public static DenseMap dense(ControlGrid grid, FrameSize solve, FrameSize out) {
        float[] u = new float[out.area()];
        float[] v = new float[out.area()];
        dense(grid, solve, out, u, v);
        return new DenseMap(out, u, v);
    }

    /** As {@link #dense(ControlGrid, FrameSize, FrameSize)}, into given arrays of {@code out.area()} values. */
    public static void dense(ControlGrid grid, FrameSize solve, FrameSize out, float[] u, float[] v) {
        SolveToFrame sizes = new SolveToFrame(solve, out);
        GridAxis across = GridAxis.of(grid.columns(), grid.spacing(), out.width(), sizes::solveX);
        GridAxis down = GridAxis.of(grid.rows(), grid.spacing(), out.height(), sizes::solveY);
        upsample(grid.u(), 1, across, down, u);
        upsample(grid.v(), 1, across, down, v);
    }

    /**
     * The light of every pixel.
     *
     * @return R, G, B gains, interleaved, {@code 3·out.area()} values
     */
    public static float[] dense(LightGrid light, FrameSize solve, FrameSize out) {
        float[] gain = new float[3 * out.area()];
        SolveToFrame sizes = new SolveToFrame(solve, out);
        GridAxis across = GridAxis.of(light.columns(), light.spacing(), out.width(), sizes::solveX);
        GridAxis down = GridAxis.of(light.rows(), light.spacing(), out.height(), sizes::solveY);
        upsample(light.gain(), 3, across, down, gain);
        return gain;
    }

    /** Bilinear upsampling of interleaved node values; rows first, so that each output pixel costs one product a channel. */
    static void upsample(float[] nodes, int channels, GridAxis across, GridAxis down, float[] out) {
        int columns = across.nodes();
        int width = across.length();
        int[] cell = across.cell();
        float[] fraction = across.fraction();
        float[] row = new float[columns * channels];
        for (int y = 0; y < down.length(); y++) {
            int top = down.cell()[y] * columns * channels;
            float fy = down.fraction()[y];
            for (int i = 0; i < row.length; i++) {
                float a = nodes[top + i];
                row[i] = a + fy * (nodes[top + row.length + i] - a);
            }
            int at = y * width * channels;
            for (int x = 0; x < width; x++) {
                int left = cell[x] * channels;
                float fx = fraction[x];
                for (int k = 0; k < channels; k++) {
                    float a = row[left + k];
                    out[at++] = a + fx * (row[left + channels + k] - a);
                }
            }
        }
    }
}
