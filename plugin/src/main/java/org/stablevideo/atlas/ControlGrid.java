package org.stablevideo.atlas;

/**
 * Mapping of one frame into a layer's atlas: atlas positions at the nodes of a regular grid, bilinear in between.
 *
 * <p>Node (c, r) sits at pixel (c·spacing, r·spacing) of the frame at the atlas's solve size, whole numbers being pixel centres. Positions are
 * texels of the layer's texture, (0, 0) being the centre of its first texel, u to the right, v down.
 *
 * @param columns nodes across, at least 2; (columns − 1)·spacing reaches the last pixel
 * @param rows nodes down, at least 2
 * @param spacing pixels of the solve size between nodes, positive
 * @param u column of the texture for each node, row-major, {@code columns·rows} values
 * @param v row of the texture for each node, row-major
 */
public record ControlGrid(int columns, int rows, float spacing, float[] u, float[] v) {

    public ControlGrid {
        if (columns < 2 || rows < 2 || !(spacing > 0)) {
            throw new IllegalArgumentException("grid of " + columns + "x" + rows + " nodes every " + spacing + " px");
        }
        if (u.length != columns * rows || v.length != columns * rows) {
            throw new IllegalArgumentException("grid arrays of " + u.length + " and " + v.length + " for " + columns * rows + " nodes");
        }
    }
}
