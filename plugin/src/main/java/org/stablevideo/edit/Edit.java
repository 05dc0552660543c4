package org.stablevideo.edit;

import java.util.List;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.render.Compositor;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.LayerEdit;

/**
 * A finished edit: portable, renders with no model and no GPU.
 *
 * @param id key of atlas, request and model, hexadecimal; names the edit in the cache
 * @param atlasId the atlas it belongs to
 * @param request what was asked for
 * @param modelId the weights that painted it
 * @param keyframes frames that were edited, in order
 * @param layers the layers whose atlas was changed; others keep their original pixels
 * @param shots the layers that were painted frame by frame instead
 */
public record Edit(
        String id, String atlasId, EditRequest request, String modelId, List<Integer> keyframes, List<LayerEdit> layers, List<PaintedShot> shots) {

    public Edit {
        keyframes = List.copyOf(keyframes);
        layers = List.copyOf(layers);
        shots = List.copyOf(shots);
    }

    /** An edit of atlases alone. */
    public Edit(String id, String atlasId, EditRequest request, String modelId, List<Integer> keyframes, List<LayerEdit> layers) {
        this(id, atlasId, request, modelId, keyframes, layers, List.of());
    }

    /** Whether it changes any layer. */
    public boolean changesSomething() {
        return !layers.isEmpty() || !shots.isEmpty();
    }

    /** What lays it over the frames of its clip; to be closed by the caller. */
    public FrameRenderer renderer(Atlas atlas) {
        if (shots.isEmpty()) {
            return new Compositor(atlas, layers);
        }
        FrameRenderer framewise = new ShotRenderer(atlas, shots);
        return layers.isEmpty() ? framewise : new JoinedRenderer(new Compositor(atlas, layers), framewise);
    }
}
