package org.stablevideo.atlas;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.FlowField;
import org.stablevideo.motion.ShotChanges;
import org.stablevideo.motion.SolveFrames;

/** Measures {@link AtlasHealth}: reconstruction, stretch, slip along the flow and coverage, tile by tile. */
final class HealthCheck {

    private static final int ACROSS = 32;

    /** Pixels between the samples of slip and coverage. */
    private static final int STRIDE = 2;

    private static final float SURE = 0.5f;

    private final Atlas atlas;
    private final ClipFlow flow;
    private final FrameSize size;
    private final int columns;
    private final int rows;
    private final double[][] density;

    private HealthCheck(Atlas atlas, ClipFlow flow, int columns) {
        this.atlas = atlas;
        this.flow = flow;
        this.size = atlas.solveSize();
        this.columns = columns;
        this.rows = Math.max(1, Math.round((float) columns * size.height() / size.width()));
        this.density = new double[atlas.layers().size()][];
    }

    /**
     * Measures an atlas against the frames it was made of.
     *
     * @param plain makes the static reconstruction of a frame; asked once for each
     */
    static AtlasHealth of(Atlas atlas, SolveFrames frames, ClipFlow flow, IntFunction<Picture> plain, FrameTasks tasks) {
        int columns = Math.min(ACROSS, atlas.solveSize().width());
        HealthCheck check = new HealthCheck(atlas, flow, columns);
        for (int i = 0; i < check.density.length; i++) {
            check.density[i] = check.densities(atlas.layers().get(i));
        }
        FrameHealth[] found = new FrameHealth[frames.count()];
        tasks.each(frames.count(), t -> found[t] = check.frame(t, frames.frame(t), plain.apply(t)));
        int tiles = columns * check.rows;
        byte[][] maps = new byte[4][tiles * found.length];
        double[] object = new double[found.length];
        double[] slip = new double[found.length];
        for (int t = 0; t < found.length; t++) {
            for (int k = 0; k < maps.length; k++) {
                System.arraycopy(found[t].maps()[k], 0, maps[k], t * tiles, tiles);
            }
            object[t] = found[t].objectPsnr();
            slip[t] = found[t].slip();
        }
        return new AtlasHealth(columns, check.rows, maps[0], maps[1], maps[2], maps[3], object, slip, ShotChanges.find(frames, flow));
    }

    /** Median texels a pixel of a layer in each frame. */
    private double[] densities(Layer layer) {
        double[] result = new double[atlas.frameCount()];
        for (int t = 0; t < result.length; t++) {
            result[t] = TextureLayout.stretch(lattice(layer, t), Lattice.field(layer.mapping().get(t)), weight(layer, t)).orElse(Double.NaN);
        }
        return result;
    }

    private Lattice lattice(Layer layer, int t) {
        ControlGrid grid = layer.mapping().get(t);
        return new Lattice(size, grid.columns(), grid.rows(), grid.spacing());
    }

    private Plane weight(Layer layer, int t) {
        if (!layer.opacity().isEmpty()) {
            return layer.opacity().get(t);
        }
        byte[] full = new byte[size.area()];
        java.util.Arrays.fill(full, (byte) 255);
        return new Plane(size, full);
    }

    private FrameHealth frame(int t, Picture source, Picture shown) {
        Tiles error = new Tiles();
        Tiles slip = new Tiles();
        Tiles seen = new Tiles();
        Tiles stretch = new Tiles();
        double objectError = 0;
        int objectValues = 0;
        byte[] front = front(t);
        for (int i = 0; i < size.area(); i++) {
            double sum = 0;
            for (int k = 3 * i; k < 3 * i + 3; k++) {
                double d = (source.rgb()[k] & 255) - (shown.rgb()[k] & 255);
                sum += d * d;
            }
            error.add(i, sum / 3);
            if (front[i] < atlas.layers().size() - 1) {
                objectError += sum;
                objectValues += 3;
            }
        }
        slip(t, front, slip);
        for (int k = 0; k < atlas.layers().size(); k++) {
            cover(t, k, front, seen, stretch);
        }
        byte[][] maps = {
            error.bytes(mean -> Math.sqrt(mean)), stretch.bytes(mean -> 64 * mean), slip.bytes(mean -> 16 * mean), seen.bytes(mean -> 255 * mean)
        };
        double psnr = objectValues == 0 ? Double.NaN : Math.min(99, 10 * Math.log10(255.0 * 255.0 * objectValues / Math.max(1e-9, objectError)));
        return new FrameHealth(maps, psnr, slip.mean());
    }

    /** The front-most layer that covers at least half of each pixel. */
    private byte[] front(int t) {
        byte[] front = new byte[size.area()];
        java.util.Arrays.fill(front, (byte) (atlas.layers().size() - 1));
        for (int k = atlas.layers().size() - 2; k >= 0; k--) {
            byte[] opacity = atlas.layers().get(k).opacity().get(t).values();
            for (int i = 0; i < front.length; i++) {
                front[i] = (opacity[i] & 255) > 127 ? (byte) k : front[i];
            }
        }
        return front;
    }

    private void slip(int t, byte[] front, Tiles slip) {
        if (t + 1 >= atlas.frameCount()) {
            return;
        }
        byte[] next = front(t + 1);
        FlowField step = flow.forward(t);
        List<DenseMap> here = new ArrayList<>();
        List<DenseMap> there = new ArrayList<>();
        for (Layer layer : atlas.layers()) {
            here.add(GridMap.dense(layer.mapping().get(t), size, size));
            there.add(GridMap.dense(layer.mapping().get(t + 1), size, size));
        }
        int w = size.width();
        for (int y = 0; y < size.height(); y += STRIDE) {
            for (int x = 0; x < w; x += STRIDE) {
                int i = y * w + x;
                float tx = x + step.dx(x, y);
                float ty = y + step.dy(x, y);
                boolean inside = tx >= 0 && ty >= 0 && tx < w - 1 && ty < size.height() - 1;
                if (inside && step.confidence(x, y) > SURE && next[Math.round(ty) * w + Math.round(tx)] == front[i]) {
                    DenseMap from = here.get(front[i]);
                    DenseMap to = there.get(front[i]);
                    double du = between(to.u(), w, tx, ty) - from.u()[i];
                    double dv = between(to.v(), w, tx, ty) - from.v()[i];
                    slip.add(i, Math.sqrt(du * du + dv * dv));
                }
            }
        }
    }

    private static double between(float[] map, int w, float x, float y) {
        int i = (int) y * w + (int) x;
        float fx = x - (int) x;
        float fy = y - (int) y;
        return (map[i] * (1 - fx) + map[i + 1] * fx) * (1 - fy) + (map[i + w] * (1 - fx) + map[i + w + 1] * fx) * fy;
    }

    private void cover(int t, int k, byte[] front, Tiles seen, Tiles stretch) {
        Layer layer = atlas.layers().get(k);
        DenseMap map = GridMap.dense(layer.mapping().get(t), size, size);
        FrameSize texture = layer.texture().size();
        byte[] coverage = layer.texture().coverage().values();
        double usual = median(density[k]);
        int w = size.width();
        for (int y = 0; y + 1 < size.height(); y += STRIDE) {
            for (int x = 0; x + 1 < w; x += STRIDE) {
                int i = y * w + x;
                if (front[i] != k) {
                    continue;
                }
                int u = Math.round(map.u()[i]);
                int v = Math.round(map.v()[i]);
                boolean inside = u >= 0 && v >= 0 && u < texture.width() && v < texture.height();
                seen.add(i, inside && (coverage[v * texture.width() + u] & 255) == 255 ? 1 : 0);
                double area = (map.u()[i + 1] - map.u()[i]) * (map.v()[i + w] - map.v()[i])
                        - (map.v()[i + 1] - map.v()[i]) * (map.u()[i + w] - map.u()[i]);
                stretch.add(i, Math.sqrt(Math.abs(area)) / usual);
            }
        }
    }

    private static double median(double[] values) {
        double[] sorted = java.util.Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
        return sorted.length == 0 ? 1 : sorted[sorted.length / 2];
    }

    /** One frame's maps in the order of {@link AtlasHealth}. */
    private record FrameHealth(byte[][] maps, double objectPsnr, double slip) {}

    /** Means of values a tile. */
    private final class Tiles {

        private final double[] sum = new double[columns * rows];
        private final int[] count = new int[columns * rows];

        void add(int pixel, double value) {
            int x = pixel % size.width();
            int y = pixel / size.width();
            int tile = Math.min(rows - 1, y * rows / size.height()) * columns + Math.min(columns - 1, x * columns / size.width());
            sum[tile] += value;
            count[tile]++;
        }

        double mean() {
            long all = java.util.Arrays.stream(count).asLongStream().sum();
            return all == 0 ? 0 : java.util.Arrays.stream(sum).sum() / all;
        }

        byte[] bytes(java.util.function.DoubleUnaryOperator scale) {
            byte[] result = new byte[sum.length];
            for (int i = 0; i < result.length; i++) {
                double value = count[i] == 0 ? 0 : scale.applyAsDouble(sum[i] / count[i]);
                result[i] = (byte) Math.round(Math.max(0, Math.min(255, value)));
            }
            return result;
        }
    }
}
