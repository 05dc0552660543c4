package org.stablevideo.atlas;

/**
 * Light of one frame on one layer: a gain by which the texture is multiplied, at the nodes of a regular grid over the frame at solve size
 * (node (c, r) at pixel (c·spacing, r·spacing)), bilinear in between. Never finer than a node every 16 pixels.
 *
 * @param columns nodes across, at least 2
 * @param rows nodes down, at least 2
 * @param spacing pixels between nodes, at least 16
 * @param gain R, G, B gain for each node, row-major and interleaved, {@code 3·columns·rows} positive values, 1 is unchanged
 */
public record LightGrid(int columns, int rows, float spacing, float[] gain) {

    public LightGrid {
        if (columns < 2 || rows < 2 || !(spacing >= 16)) {
            throw new IllegalArgumentException("light grid of " + columns + "x" + rows + " nodes every " + spacing + " px");
        }
        if (gain.length != 3 * columns * rows) {
            throw new IllegalArgumentException("light grid with " + gain.length + " gains for " + columns * rows + " nodes");
        }
    }
}
