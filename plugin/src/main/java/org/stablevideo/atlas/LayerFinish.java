package org.stablevideo.atlas;

import java.util.ArrayList;
import java.util.List;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

/** From chained mappings to a finished layer: refinement in rounds, the texture, the light. */
final class LayerFinish {

    private static final PhotometricFit COARSE = new PhotometricFit(new Smoothness(60, 6, 3, 2));
    private static final PhotometricFit MIDDLE = new PhotometricFit(new Smoothness(30, 4, 2, 2));
    private static final PhotometricFit FINE = new PhotometricFit(new Smoothness(12, 2, 1, 2));
    private static final int CORRECTIONS = 3;

    private final LayerSolve solve;
    private final AtlasSettings settings;
    private final FrameTasks tasks;
    private final Progress progress;
    private double coverage;

    LayerFinish(LayerSolve solve, AtlasSettings settings, FrameTasks tasks, Progress progress) {
        this.solve = solve;
        this.settings = settings;
        this.tasks = tasks;
        this.progress = progress;
    }

    /** The layer; called once. */
    Layer layer(String name, List<Plane> opacity) {
        solve.layOut(settings.detail(), settings.maxTexture());
        int frames = solve.frames();
        int total = settings.rounds() + 2;
        round(frames, 3, 2, COARSE, 0, total);
        round(frames, 2, 1, MIDDLE, 1, total);
        solve.respace(settings.spacing());
        for (int i = 0; i < settings.rounds(); i++) {
            round(frames, i == 0 ? 1 : 0, 0, i == 0 ? MIDDLE : FINE, 2 + i, total);
        }
        progress.report("painting the atlas", 0.9);
        solve.gather(tasks, CORRECTIONS);
        return painted(name, opacity);
    }

    /** The layer with the mappings and the texture that it has: adds light and coverage. */
    Layer painted(String name, List<Plane> opacity) {
        int frames = solve.frames();
        AtlasTexture texture = texture();
        Texture shown = Texture.of(texture);
        LightFit light = new LightFit(Lattice.over(solve.lattice().solve(), settings.lightSpacing()));
        LightGrid[] lights = new LightGrid[frames];
        ControlGrid[] grids = new ControlGrid[frames];
        tasks.each(frames, t -> {
            lights[t] = light.fit(solve.lattice(), solve.field(t), solve.frame(t), shown, Texture.level(solve.stretch(t)));
            grids[t] = solve.lattice().grid(solve.field(t));
        });
        Layer.Role role = opacity.isEmpty() ? Layer.Role.BACKGROUND : Layer.Role.FOREGROUND;
        return new Layer(role, name, List.of(grids), opacity, List.of(lights), texture);
    }

    /** Share of the layer's pixels whose texel at least two frames saw; known after {@link #layer} or {@link #painted}. */
    double coverage() {
        return coverage;
    }

    private void round(int frames, int coarsest, int finest, PhotometricFit fit, int index, int total) {
        progress.report("refining the atlas", 0.9 * index / total);
        solve.gather(tasks, index > 2 ? 1 : 0);
        float[][] before = solve.snapshot();
        tasks.each(frames, t -> solve.refine(t, coarsest, finest, fit, before));
    }

    private AtlasTexture texture() {
        FrameSize size = solve.textureSize();
        float[] rgb = solve.texture().levels()[0];
        byte[] bytes = new byte[rgb.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(Math.min(255, Math.max(0, rgb[i])));
        }
        CoverageCount count = CoverageCount.of(solve);
        coverage = count.share();
        return new AtlasTexture(new Picture(size, bytes), count.plane());
    }
}
