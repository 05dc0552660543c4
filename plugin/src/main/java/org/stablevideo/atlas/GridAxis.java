package org.stablevideo.atlas;

import java.util.function.IntToDoubleFunction;

/**
 * Where the pixels of one axis lie between the nodes of a grid.
 *
 * @param nodes number of nodes on this axis
 * @param cell for each pixel the node before it, in [0, nodes − 2]
 * @param fraction for each pixel its distance from that node in cells; outside [0, 1] only beyond the outermost nodes
 */
record GridAxis(int nodes, int[] cell, float[] fraction) {

    /** Number of pixels. */
    int length() {
        return cell.length;
    }

    /**
     * An axis.
     *
     * @param nodes number of nodes, at least 2
     * @param spacing solve pixels between nodes
     * @param length pixels of the size asked for
     * @param toSolve solve position of such a pixel
     */
    static GridAxis of(int nodes, float spacing, int length, IntToDoubleFunction toSolve) {
        int[] cell = new int[length];
        float[] fraction = new float[length];
        for (int i = 0; i < length; i++) {
            double node = toSolve.applyAsDouble(i) / spacing;
            cell[i] = Math.min(nodes - 2, Math.max(0, (int) Math.floor(node)));
            fraction[i] = (float) (node - cell[i]);
        }
        return new GridAxis(nodes, cell, fraction);
    }
}
