package org.stablevideo.edit;

import org.stablevideo.atlas.Atlas;
import org.stablevideo.clip.Clip;
import org.stablevideo.diffusion.PictureModel;
import org.stablevideo.progress.Progress;

/** A way of turning a clip, its atlas and a request into an edit. Deterministic: equal inputs give equal pixels. */
public interface EditMethod {

    /**
     * Edits.
     *
     * @param id the id that the edit gets
     * @param clip frames of the clip that the atlas was made of
     * @param around what there is of the clip beside these frames; methods that are only compared with may take no notice of it
     * @param model the painter; lent, not closed
     * @throws org.stablevideo.problem.ProblemException with {@link org.stablevideo.problem.RequestInvalid} when the request does not fit the clip
     * @throws org.stablevideo.progress.CancelledException when progress says so
     */
    Edit edit(String id, Clip clip, Atlas atlas, EditRequest request, Surroundings around, PictureModel model, Progress progress);

    /** Edits a clip of which there is no more. */
    default Edit edit(String id, Clip clip, Atlas atlas, EditRequest request, PictureModel model, Progress progress) {
        return edit(id, clip, atlas, request, Surroundings.NONE, model, progress);
    }

    /**
     * Names the weights that this method needs beside those of the picture model; empty for none. Part of what names an edit.
     *
     * @throws org.stablevideo.problem.ProblemException with {@link org.stablevideo.problem.ModelMissing} where they are not there
     */
    default String weights() {
        return "";
    }
}
