package org.stablevideo.edit;

import java.util.Optional;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.DenseMap;
import org.stablevideo.atlas.GridMap;
import org.stablevideo.atlas.Layer;
import org.stablevideo.atlas.LightGrid;
import org.stablevideo.clip.SharedFrames;
import org.stablevideo.frame.BoxMean;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.render.LayerEdit;
import org.stablevideo.render.RenderSettings;

/**
 * What a layer looks like in a frame that two parts of a clip share, as the one part's edit has it, laid into the atlas of the other: equation 5 from atlas to
 * atlas. With it the second part goes on with the look of the first.
 *
 * @param frame the shared frame, counted in the part that goes on
 * @param texels partial atlas of that part; the weight says how far the look is known
 */
record SeamLook(int frame, Canvas texels) {

    /** Share of the largest view from which on a shared frame shows an object well. */
    private static final double WELL = 0.5;

    /** Share of what is seen of a layer from which on a look is all that is needed. */
    private static final double ENOUGH = 0.97;

    /** Texels around what is known that go with it: the rim of a matte says little. */
    private static final int RIM = 8;

    /** A texel of which a pixel shows a quarter is known. */
    private static final float SURE = 4;

    /** Texels over which the look that is known goes over into what is painted beside it. */
    private static final int FEATHER = 6;

    /**
     * Looks.
     *
     * @param atlas of the part that goes on
     * @param origin the part before (or after) it
     * @return empty where the origin has no such layer, did not edit it in its atlas, or does not show it in the frames that both have
     */
    static Optional<SeamLook> of(Atlas atlas, int layer, EditedPart origin) {
        Atlas other = origin.atlas();
        boolean background = layer == atlas.layers().size() - 1;
        SharedFrames shared = SharedFrames.of(atlas.clip(), other.clip());
        int frame = background ? (shared.first() + shared.end()) / 2 : best(atlas, layer, shared);
        if (frame < 0) {
            return Optional.empty();
        }
        return origin.once(atlas, layer)
                .map(edit -> new SeamLook(frame, texels(atlas, layer, frame, other, edit, frame + shared.shift())));
    }

    /** The shared frame nearest to the middle of them that shows an object well; −1 where none shows it. */
    private static int best(Atlas atlas, int layer, SharedFrames shared) {
        double[] area = new double[shared.end()];
        double most = 0;
        for (int t = shared.first(); t < shared.end(); t++) {
            Plane seen = atlas.seen(layer, t);
            area[t] = KeyframeChoice.shows(seen) ? mean(seen) : 0;
            most = Math.max(most, area[t]);
        }
        int best = -1;
        for (int t = shared.first(); t < shared.end() && most > 0; t++) {
            int middle = shared.first() + shared.end();
            if (area[t] >= WELL * most && (best < 0 || Math.abs(2 * t - middle) < Math.abs(2 * best - middle))) {
                best = t;
            }
        }
        return best;
    }

    private static double mean(Plane plane) {
        long sum = 0;
        for (byte value : plane.values()) {
            sum += value & 255;
        }
        return (double) sum / plane.values().length;
    }

    private static Canvas texels(Atlas atlas, int layer, int frame, Atlas other, LayerEdit edit, int otherFrame) {
        FrameSize size = atlas.clipSize();
        Layer own = atlas.layers().get(layer);
        Layer origin = other.layers().get(edit.layer());
        DenseMap from = GridMap.dense(origin.mapping().get(otherFrame), other.solveSize(), size);
        float scaleX = (float) edit.colour().width() / origin.texture().size().width();
        float scaleY = (float) edit.colour().height() / origin.texture().size().height();
        for (int i = 0; i < size.area(); i++) {
            from.u()[i] = (from.u()[i] + 0.5f) * scaleX - 0.5f;
            from.v()[i] = (from.v()[i] + 0.5f) * scaleY - 0.5f;
        }
        Canvas look = AtlasSplat.sample(Canvas.of(edit.colour()).weighted(edit.opacity().shares()), from.u(), from.v(), size);
        relight(look, light(origin, otherFrame, other, size), light(own, frame, atlas, size));
        // where the layer is hidden its mapping is a guess
        float[] here = ShotRenderer.share(atlas, layer, frame, size);
        float[] there = ShotRenderer.share(other, edit.layer(), otherFrame, size);
        float[] both = new float[here.length];
        for (int i = 0; i < both.length; i++) {
            both[i] = Math.min(here[i], there[i]) * look.weight()[i];
        }
        look = look.weighted(ForegroundEdit.inside(both, size));
        DenseMap to = GridMap.dense(own.mapping().get(frame), atlas.solveSize(), size);
        Canvas texels = AtlasSplat.draw(look, to.u(), to.v(), own.texture().size());
        for (int i = 0; i < texels.weight().length; i++) {
            texels.weight()[i] = Math.min(1, SURE * texels.weight()[i]);
        }
        return texels;
    }

    /** Gains of a frame's light as it is rendered by default; empty where there is none. */
    private static float[] light(Layer layer, int frame, Atlas atlas, FrameSize size) {
        return layer.light().isEmpty() ? new float[0] : GridMap.dense(grey(layer.light().get(frame)), atlas.solveSize(), size);
    }

    private static LightGrid grey(LightGrid light) {
        float[] gain = new float[light.gain().length];
        for (int i = 0; i < gain.length; i += 3) {
            float grey = 0.299f * light.gain()[i] + 0.587f * light.gain()[i + 1] + 0.114f * light.gain()[i + 2];
            java.util.Arrays.fill(gain, i, i + 3, 1 + (float) RenderSettings.DEFAULT.light() * (grey - 1));
        }
        return new LightGrid(light.columns(), light.rows(), light.spacing(), gain);
    }

    /** Takes the light of one part away and gives the other's, so that both render the frame alike. */
    private static void relight(Canvas look, float[] given, float[] taken) {
        for (int i = 0; i < look.weight().length; i++) {
            for (int k = 0; k < 3; k++) {
                float gain = given.length == 0 ? 1 : given[3 * i + k];
                float less = taken.length == 0 ? 1 : taken[3 * i + k];
                look.colour()[k][i] = Math.min(1, look.colour()[k][i] * gain / Math.max(0.1f, less));
            }
        }
    }

    /** Whether the look is known of nearly all that any frame shows of a layer: nothing has to be painted then. */
    boolean isEnough(Layer layer) {
        byte[] coverage = layer.texture().coverage().values();
        float[] near = BoxMean.of(known(), texels.size(), RIM);
        double known = 0;
        double all = 0;
        for (int i = 0; i < coverage.length; i++) {
            int seen = coverage[i] & 255;
            known += near[i] > 0.02f ? seen : 0;
            all += seen;
        }
        return known >= ENOUGH * all;
    }

    private float[] known() {
        float[] known = new float[texels.weight().length];
        for (int i = 0; i < known.length; i++) {
            known[i] = texels.weight()[i] > 0 ? 1 : 0;
        }
        return known;
    }

    /**
     * The look where it is known, what was painted elsewhere. What the two differ by where both are is taken from what is painted beside it, smoothly, so that
     * no edge shows (as in seamless cloning, Pérez et al. 2003, by push–pull instead of Poisson's equation).
     *
     * @param painted of the texture's size
     */
    Canvas over(Canvas painted) {
        FrameSize size = texels.size();
        Canvas change = Canvas.blank(size);
        for (int i = 0; i < size.area(); i++) {
            change.weight()[i] = texels.weight()[i];
            for (int k = 0; k < 3; k++) {
                change.colour()[k][i] = texels.colour()[k][i] - painted.colour()[k][i];
            }
        }
        Canvas beside = change.filled();
        float[] there = known();
        float[] inner = BoxMean.of(BoxMean.of(there, size, FEATHER), size, FEATHER);
        Canvas out = Canvas.blank(size);
        for (int i = 0; i < there.length; i++) {
            float share = there[i] * Math.max(0, 2 * inner[i] - 1);
            for (int k = 0; k < 3; k++) {
                float matched = Math.max(0, Math.min(1, painted.colour()[k][i] + beside.colour()[k][i]));
                out.colour()[k][i] = matched + share * (texels.colour()[k][i] - matched);
            }
            out.weight()[i] = 1;
        }
        return out;
    }
}
