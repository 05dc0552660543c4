package org.stablevideo.atlas;

import java.util.List;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;

/** Counts cells of mappings that turn over, where one texel would be shown twice. Only cells that the layer shows count. */
final class FoldedCells {

    private FoldedCells() {}

    /** Share of the shown cells of all layers that turn over, in [0, 1]. */
    static double share(List<Layer> layers) {
        long cells = 0;
        long folded = 0;
        for (Layer layer : layers) {
            for (int t = 0; t < layer.mapping().size(); t++) {
                ControlGrid grid = layer.mapping().get(t);
                Plane opacity = layer.opacity().isEmpty() ? null : layer.opacity().get(t);
                FrameSize size = opacity == null ? new FrameSize(1, 1) : opacity.size();
                Lattice lattice = new Lattice(size, grid.columns(), grid.rows(), grid.spacing());
                float[] uv = Lattice.field(grid);
                for (int r = 0; r + 1 < grid.rows(); r++) {
                    for (int c = 0; c + 1 < grid.columns(); c++) {
                        if (opacity != null && (opacity.values()[lattice.middle(c, r)] & 0xff) <= 127) {
                            continue;
                        }
                        cells++;
                        folded += lattice.area(uv, c, r) <= 0 ? 1 : 0;
                    }
                }
            }
        }
        return cells == 0 ? 0 : (double) folded / cells;
    }
}
