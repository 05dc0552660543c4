package org.stablevideo.atlas;

import java.util.List;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.FlowPair;
import org.stablevideo.motion.SolveFrames;

/**
 * One layer while it is being solved: its weights, its mappings (first in pixels of the reference frame, after {@link #layOut} in texels) and
 * its texture. Methods for different frames may run at once; the others are one thread's.
 */
final class LayerSolve {

    private static final float COARSE = 16;

    /** Texels a pixel above which a frame is given pixels in between before it is splatted. */
    private static final double STRETCHED = 1.6;

    private static final int FINEST = -2;

    private final SolveFrames frames;
    private final List<Plane> weights;
    private final ClipFlow flow;
    private final FlowLinks links;
    private final float[][] fields;
    private Lattice lattice;
    private FrameSize textureSize;
    private Texture texture;
    private double detail;

    LayerSolve(SolveFrames frames, ClipFlow flow, List<Plane> weights) {
        this.frames = frames;
        this.weights = weights;
        this.flow = flow;
        this.links = new FlowLinks(flow::step, weights);
        this.lattice = Lattice.over(frames.size(), COARSE);
        this.fields = new float[frames.count()][];
    }

    int frames() {
        return fields.length;
    }

    Lattice lattice() {
        return lattice;
    }

    float[] field(int t) {
        return fields[t];
    }

    Texture texture() {
        return texture;
    }

    FrameSize textureSize() {
        return textureSize;
    }

    Plane weight(int t) {
        return weights.get(t);
    }

    FrameLevel frame(int t) {
        return FrameLevel.of(frames.frame(t), weights.get(t));
    }

    /**
     * Chains the flow outwards from a reference frame.
     *
     * @param wide whether the layer is a background, see {@link MotionChain}
     */
    void chain(int reference, boolean wide) {
        MotionChain chain = new MotionChain(lattice, wide);
        fields[reference] = lattice.identity();
        for (int t = reference + 1; t < fields.length; t++) {
            FlowPair back = new FlowPair(flow.backward(t - 1), flow.forward(t - 1));
            fields[t] = chain.next(fields[t - 1], back, weights.get(t), weights.get(t - 1));
        }
        for (int t = reference - 1; t >= 0; t--) {
            FlowPair ahead = new FlowPair(flow.forward(t), flow.backward(t));
            fields[t] = chain.next(fields[t + 1], ahead, weights.get(t), weights.get(t + 1));
        }
    }

    /** Chooses the texture's size and origin so that all that the layer shows fits, and carries the mappings there. */
    TextureLayout layOut(double texelsPerPixel, int maxSide) {
        TextureLayout layout = TextureLayout.of(lattice, fields, weights, texelsPerPixel, maxSide);
        textureSize = layout.size();
        detail = layout.scale();
        for (int t = 0; t < fields.length; t++) {
            layout.apply(fields[t]);
        }
        return layout;
    }

    /** Takes mappings that another way has found, in pixels or what comes near to them. */
    void place(Lattice over, float[][] found) {
        lattice = over;
        System.arraycopy(found, 0, fields, 0, fields.length);
    }

    /** Takes a texture of the size of {@link #layOut}. */
    void paint(Texture painted) {
        texture = painted;
    }

    /** Moves to a lattice of another spacing. */
    void respace(float spacing) {
        Lattice to = Lattice.over(lattice.solve(), spacing);
        for (int t = 0; t < fields.length; t++) {
            fields[t] = lattice.resample(fields[t], to);
        }
        lattice = to;
    }

    /** Gathers the texture from all frames, sharpened by so many corrections. */
    void gather(FrameTasks tasks, int corrections) {
        TextureBuilder[] parts = new TextureBuilder[FrameTasks.PARTS];
        tasks.each(parts.length, p -> parts[p] = new TextureBuilder(textureSize.width(), textureSize.height()));
        splat(tasks, parts, null);
        texture = parts[0].mean();
        for (int i = 0; i < corrections; i++) {
            tasks.each(parts.length, p -> parts[p].clear());
            splat(tasks, parts, texture);
            texture = parts[0].corrected(texture, 1);
        }
    }

    private void splat(FrameTasks tasks, TextureBuilder[] parts, Texture shown) {
        tasks.each(parts.length, p -> {
            for (int t = p; t < fields.length; t += parts.length) {
                double stretch = stretch(t);
                float sharpness = (float) Math.min(1, Math.pow(detail / stretch, 2));
                FrameLevel frame = frame(t);
                for (double left = stretch; left > STRETCHED && frame.level() > FINEST; left /= 2) {
                    frame = frame.twice();
                }
                sharpness = sharpness / (1 << -2 * frame.level());
                parts[p].splat(lattice, fields[t], frame, sharpness, shown, Texture.level(stretch));
            }
        });
        for (int p = 1; p < parts.length; p++) {
            parts[0].add(parts[p]);
        }
    }

    /** Texels a pixel along one axis in a frame, the median over the layer's cells; the layout's scale where the layer is not seen. */
    double stretch(int t) {
        return TextureLayout.stretch(lattice, fields[t], weights.get(t)).orElse(detail);
    }

    /** All frames' mappings as they are; they are replaced, never written to. */
    float[][] snapshot() {
        return fields.clone();
    }

    /**
     * Refines one frame's mapping against the texture, from a coarse level of the picture to a fine one, and unfolds it.
     *
     * @param before mappings of all frames that the frame is tied to
     */
    void refine(int t, int coarsest, int finest, PhotometricFit fit, float[][] before) {
        FrameLevel[] levels = new FrameLevel[coarsest + 1];
        levels[0] = frame(t);
        for (int l = 1; l <= coarsest; l++) {
            levels[l] = levels[l - 1].half();
        }
        double stretch = stretch(t);
        float[] uv = fields[t];
        for (int l = coarsest; l >= finest; l--) {
            float[] now = uv;
            uv = fit.step(lattice, now, levels[l], texture, Texture.level(stretch * (1 << l)), system -> links.add(system, lattice, before, t, now));
        }
        fields[t] = Unfolding.of(lattice, uv, weights.get(t));
    }
}
