package org.stablevideo.edit;

import java.util.List;
import org.stablevideo.render.LayerEdit;

/**
 * A finished edit: portable, renders with no model and no GPU.
 *
 * @param id key of atlas, request and model, hexadecimal; names the edit in the cache
 * @param atlasId the atlas it belongs to
 * @param request what was asked for
 * @param modelId the weights that painted it
 * @param keyframes frames that were edited, in order
 * @param layers the layers that were changed; others keep their original pixels
 */
public record Edit(
        String id, String atlasId, EditRequest request, String modelId, List<Integer> keyframes, List<LayerEdit> layers) {

    public Edit {
        keyframes = List.copyOf(keyframes);
        layers = List.copyOf(layers);
    }
}
