package org.stablevideo.edit;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.clip.Clip;
import org.stablevideo.diffusion.PictureModel;
import org.stablevideo.progress.Progress;

/**
 * Lets the atlas's fit decide, layer by layer: what the atlas stands for is painted once in it, what it does not is painted frame by frame, and both are
 * joined by the matte.
 *
 * @param atlasMethod paints in the atlas
 * @param frameMethod paints frame by frame
 */
record AutomaticEdit(EditMethod atlasMethod, EditMethod frameMethod) implements EditMethod {

    private static final Logger LOG = LoggerFactory.getLogger(AutomaticEdit.class);

    /** Frame by frame takes most of the time. */
    private static final double ATLAS_SHARE = 0.1;

    @Override
    public Edit edit(String id, Clip clip, Atlas atlas, EditRequest request, PictureModel model, Progress progress) {
        boolean object = request.changesObject() && atlas.foreground().isPresent();
        boolean background = request.changesBackground();
        if (clip.frameCount() != atlas.frameCount() || !object && !background) {
            return atlasMethod.edit(id, clip, atlas, request, model, progress);
        }
        AtlasFit fit = AtlasFit.of(atlas, clip);
        boolean objectHolds = !object || fit.holds(0);
        boolean backgroundHolds = !background || fit.holds(atlas.layers().size() - 1);
        LOG.info("the atlas explains {} of its layers", fit.sentence());
        if (objectHolds && backgroundHolds) {
            return atlasMethod.edit(id, clip, atlas, request, model, progress);
        }
        boolean joined = object && background && objectHolds != backgroundHolds;
        LOG.info("{} painted frame by frame", joined ? (objectHolds ? "the background is" : "the object is") : "all is");
        if (!joined) {
            return frameMethod.edit(id, clip, atlas, request, model, progress);
        }
        EditRequest once = objectHolds ? request.ofObject() : request.ofBackground();
        EditRequest framewise = objectHolds ? request.ofBackground() : request.ofObject();
        Edit painted = atlasMethod.edit(id, clip, atlas, once, model, progress.part(0, ATLAS_SHARE));
        List<PaintedShot> shots = frameMethod.edit(id, clip, atlas, framewise, model, progress.part(ATLAS_SHARE, 1)).shots();
        List<PaintedShot> even = shots.stream().map(shot -> ColourMatch.of(shot, atlas)).toList();
        return new Edit(id, atlas.id(), request, model.id(), painted.keyframes(), painted.layers(), even);
    }
}
