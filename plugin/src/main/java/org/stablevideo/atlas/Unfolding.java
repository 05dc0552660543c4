package org.stablevideo.atlas;

import java.util.Arrays;
import org.stablevideo.frame.Plane;

/**
 * Turns small patches of a mapping back that have turned over, where one texel would be shown twice: the nodes of their cells go towards the mean of their
 * neighbours until no cell of the patch is turned, the region around those that resist growing meanwhile. What is affine stays as it is.
 */
final class Unfolding {

    /** Cells that a patch may have: a larger one is where something hides another, and what it hides fits nowhere. */
    private static final int MOST = 10;

    private static final int PASSES = 120;
    private static final int GROWTH = 16;

    /** How far a node goes to the mean of its neighbours in a pass: far enough to end, short enough not to flatten what is sound. */
    private static final float STEP = 0.5f;

    /** Of the usual area of a cell, what a cell must have. */
    private static final double LEAST = 0.001;

    private final Lattice lattice;
    private final Plane weight;
    private final double least;
    private float[] uv;
    private double[] slope = {};

    private Unfolding(Lattice lattice, float[] uv, Plane weight) {
        this.lattice = lattice;
        this.uv = uv;
        this.weight = weight;
        least = LEAST * usual();
    }

    /**
     * Unfolds.
     *
     * @param uv mapping over the lattice, left as it is
     * @param weight where the layer shows, at the lattice's solve size
     * @return the mapping itself where no small patch of shown cells is turned over
     */
    static float[] of(Lattice lattice, float[] uv, Plane weight) {
        return new Unfolding(lattice, uv, weight).run();
    }

    private float[] run() {
        boolean[] moving = new boolean[lattice.nodes()];
        for (int pass = 0; pass < PASSES && mark(moving); pass++) {
            if (pass % GROWTH == GROWTH - 1) {
                grow(moving);
            }
            if (pass == 0) {
                slope = lattice.jacobian(uv);
            }
            relax(moving);
        }
        return uv;
    }

    private double usual() {
        double[] areas = new double[(lattice.columns() - 1) * (lattice.rows() - 1)];
        int count = 0;
        for (int r = 0; r + 1 < lattice.rows(); r++) {
            for (int c = 0; c + 1 < lattice.columns(); c++) {
                if (shown(c, r)) {
                    areas[count++] = lattice.area(uv, c, r);
                }
            }
        }
        Arrays.sort(areas, 0, count);
        return count == 0 ? 0 : Math.max(0, areas[count / 2]);
    }

    /** Adds the nodes of small patches of cells that are turned over; says whether there are any. */
    private boolean mark(boolean[] moving) {
        int columns = lattice.columns();
        boolean[] turned = new boolean[lattice.nodes()];
        for (int r = 0; r + 1 < lattice.rows(); r++) {
            for (int c = 0; c + 1 < columns; c++) {
                turned[r * columns + c] = lattice.area(uv, c, r) <= least && shown(c, r);
            }
        }
        boolean any = false;
        int[] patch = new int[turned.length];
        for (int i = 0; i < turned.length; i++) {
            if (turned[i]) {
                int count = patch(turned, i, patch);
                for (int k = 0; k < count && count <= MOST; k++) {
                    int at = patch[k];
                    moving[at] = true;
                    moving[at + 1] = true;
                    moving[at + columns] = true;
                    moving[at + columns + 1] = true;
                    any = true;
                }
            }
        }
        return any;
    }

    /** Collects the cells that hang together with one, and takes them out of those turned over. */
    private int patch(boolean[] turned, int first, int[] patch) {
        int count = 0;
        int done = 0;
        patch[count++] = first;
        turned[first] = false;
        int[] steps = {1, -1, lattice.columns(), -lattice.columns()};
        while (done < count) {
            int at = patch[done++];
            for (int step : steps) {
                int next = at + step;
                if (next >= 0 && next < turned.length && turned[next]) {
                    turned[next] = false;
                    patch[count++] = next;
                }
            }
        }
        return count;
    }

    private void grow(boolean[] moving) {
        boolean[] before = moving.clone();
        int columns = lattice.columns();
        for (int i = 0; i < moving.length; i++) {
            int c = i % columns;
            moving[i] |= c > 0 && before[i - 1] || c + 1 < columns && before[i + 1] || i >= columns && before[i - columns]
                    || i + columns < before.length && before[i + columns];
        }
    }

    private void relax(boolean[] moving) {
        float[] next = uv.clone();
        int columns = lattice.columns();
        for (int i = 0; i < moving.length; i++) {
            if (moving[i]) {
                int c = i % columns;
                int r = i / columns;
                for (int k = 0; k < 2; k++) {
                    float mean = (beside(c, columns, i, 1, k) + beside(r, lattice.rows(), i, columns, k)) / 2;
                    next[2 * i + k] += STEP * (mean - uv[2 * i + k]);
                }
            }
        }
        uv = next;
    }

    /** Halfway between a node's two neighbours on a line; on the frame's rim, where the one that there is goes on to by the usual slope. */
    private float beside(int place, int nodes, int i, int step, int k) {
        float on = lattice.spacing() * (float) slope[2 * k + (step == 1 ? 0 : 1)];
        if (place == 0) {
            return uv[2 * (i + step) + k] - on;
        }
        float before = uv[2 * (i - step) + k];
        return place + 1 == nodes ? before + on : (before + uv[2 * (i + step) + k]) / 2;
    }

    private boolean shown(int column, int row) {
        return weight.values()[lattice.middle(column, row)] != 0;
    }
}
