package org.stablevideo.atlas;

import java.util.List;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

/** What an atlas shows of its clip, at solve size: Σ opacity · light · texture(mapping), front to back. Safe for several threads. */
public final class Reconstruction {

    private final Atlas atlas;
    private final List<Texture> textures;

    public Reconstruction(Atlas atlas) {
        this.atlas = atlas;
        this.textures = atlas.layers().stream().map(layer -> Texture.of(layer.texture())).toList();
    }

    /**
     * One frame.
     *
     * @param withLight whether the light model takes part
     */
    public Picture frame(int index, boolean withLight) {
        FrameSize size = atlas.solveSize();
        float[] rgb = new float[size.rgbBytes()];
        for (int i = atlas.layers().size() - 1; i >= 0; i--) {
            lay(atlas.layers().get(i), textures.get(i), index, withLight, rgb);
        }
        byte[] bytes = new byte[rgb.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(Math.min(255, Math.max(0, rgb[i])));
        }
        return new Picture(size, bytes);
    }

    private void lay(Layer layer, Texture texture, int index, boolean withLight, float[] rgb) {
        FrameSize size = atlas.solveSize();
        ControlGrid grid = layer.mapping().get(index);
        DenseMap map = GridMap.dense(grid, size, size);
        float[] gain = withLight && !layer.light().isEmpty() ? GridMap.dense(layer.light().get(index), size, size) : null;
        Plane opacity = layer.opacity().isEmpty() ? null : layer.opacity().get(index);
        int level = Texture.level(stretch(grid, opacity));
        float[] at = new float[3];
        for (int i = 0; i < size.area(); i++) {
            float alpha = opacity == null ? 1 : (opacity.values()[i] & 0xff) / 255f;
            if (alpha == 0) {
                continue;
            }
            texture.read(level, map.u()[i], map.v()[i], at);
            for (int k = 0; k < 3; k++) {
                float value = gain == null ? at[k] : at[k] * gain[3 * i + k];
                rgb[3 * i + k] += alpha * (Math.min(255, value) - rgb[3 * i + k]);
            }
        }
    }

    private double stretch(ControlGrid grid, Plane opacity) {
        FrameSize size = atlas.solveSize();
        Lattice lattice = new Lattice(size, grid.columns(), grid.rows(), grid.spacing());
        Plane weight = opacity;
        if (weight == null) {
            byte[] full = new byte[size.area()];
            java.util.Arrays.fill(full, (byte) 255);
            weight = new Plane(size, full);
        }
        return TextureLayout.stretch(lattice, Lattice.field(grid), weight).orElse(1);
    }

    /** Peak signal-to-noise ratio of a picture against another of the same size, in dB; 99 where they are equal. */
    public static double psnr(Picture a, Picture b) {
        if (!a.size().equals(b.size())) {
            throw new IllegalArgumentException("cannot compare " + a.size() + " with " + b.size());
        }
        double sum = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            double d = (a.rgb()[i] & 0xff) - (b.rgb()[i] & 0xff);
            sum += d * d;
        }
        return sum == 0 ? 99 : Math.min(99, 10 * Math.log10(255.0 * 255.0 * a.rgb().length / sum));
    }
}
