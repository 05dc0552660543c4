package org.stablevideo.pipeline;

import java.util.Optional;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.edit.Edit;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.edit.Surroundings;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.FrameRenderer;

/** The work of a {@link StudioPipeline}, stage by stage, and the shelf on which finished work lies. Safe for several threads. */
public interface Stages {

    /** Name and content hash of the model that a request means; cheap. */
    String modelId(EditRequest request);

    /** A finished atlas by its id; empty when there is none or it was damaged. */
    Optional<Atlas> findAtlas(String id);

    /** A finished edit by its id; empty when there is none or it was damaged. */
    Optional<Edit> findEdit(String id);

    /** The shots of a clip, where they were looked for before. */
    Optional<Shots> findShots(ClipIdentity clip);

    /** Looks for the shots of a clip, and remembers them. */
    Shots divide(Clip clip, Progress progress);

    /**
     * Makes an atlas and shelves it.
     *
     * @param id the id that the atlas gets
     * @param clip one part of a clip
     * @param origin the atlas of the part that this one goes on from
     */
    Atlas analyse(String id, Clip clip, ObjectMask mask, Optional<Atlas> origin, Progress progress);

    /**
     * Makes an edit and shelves it.
     *
     * @param id the id that the edit gets
     * @param around what there is of the clip beside this part
     */
    Edit edit(String id, Clip clip, Atlas atlas, EditRequest request, Surroundings around, Progress progress);

    /** A renderer, to be closed by the caller. */
    FrameRenderer renderer(Atlas atlas, Edit edit);
}
