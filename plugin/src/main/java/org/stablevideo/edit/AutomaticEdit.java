package org.stablevideo.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.clip.Clip;
import org.stablevideo.diffusion.PictureModel;
import org.stablevideo.progress.Progress;

/**
 * Lets the atlas's fit decide, layer by layer: what the atlas stands for is painted once in it, what it does not is painted frame by frame, and both are
 * joined by the matte. A part that goes on from another paints each layer as that one does, so that the look does not change between them.
 *
 * @param atlasMethod paints in the atlas
 * @param frameMethod paints frame by frame
 */
record AutomaticEdit(EditMethod atlasMethod, EditMethod frameMethod) implements EditMethod {

    private static final Logger LOG = LoggerFactory.getLogger(AutomaticEdit.class);

    /** Frame by frame takes most of the time. */
    private static final double ATLAS_SHARE = 0.1;

    @Override
    public Edit edit(String id, Clip clip, Atlas atlas, EditRequest request, Surroundings around, PictureModel model, Progress progress) {
        int last = atlas.layers().size() - 1;
        List<Integer> layers = new ArrayList<>(request.prompts().changed().stream().filter(i -> i < last && ShownObjects.shows(atlas, i)).toList());
        if (request.changesBackground()) {
            layers.add(last);
        }
        if (clip.frameCount() != atlas.frameCount() || layers.isEmpty()) {
            return atlasMethod.edit(id, clip, atlas, request, around, model, progress);
        }
        AtlasFit fit = AtlasFit.of(atlas, clip);
        LOG.info("the atlas explains {} of its layers", fit.sentence());
        List<Integer> loose = layers.stream().filter(layer -> around.framewise(atlas, layer).orElse(!fit.holds(layer))).toList();
        if (loose.isEmpty()) {
            return atlasMethod.edit(id, clip, atlas, request, around, model, progress);
        }
        LOG.info("painted frame by frame: {}", loose.stream().map(layer -> atlas.layers().get(layer).name()).collect(Collectors.joining(", ")));
        if (loose.size() == layers.size()) {
            return frameMethod.edit(id, clip, atlas, request, around, model, progress);
        }
        EditRequest once = request.only(object -> !loose.contains(object), !loose.contains(last));
        EditRequest framewise = request.only(loose::contains, loose.contains(last));
        Edit painted = atlasMethod.edit(id, clip, atlas, once, around, model, progress.part(0, ATLAS_SHARE));
        List<PaintedShot> shots = frameMethod.edit(id, clip, atlas, framewise, around, model, progress.part(ATLAS_SHARE, 1)).shots();
        List<PaintedShot> even = shots.stream().map(shot -> ColourMatch.of(shot, atlas)).toList();
        return new Edit(id, atlas.id(), request, model.id(), painted.keyframes(), painted.layers(), even);
    }
}
