package org.stablevideo.pipeline;

import java.nio.file.Path;
import java.util.Optional;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.FrameRenderer;

/** From a clip and a request to a renderer. Safe for several threads; equal work is done once. */
public interface EditPipeline {

    /**
     * The renderer of an edit that is finished, in memory or in the cache; fast enough for a preview.
     *
     * @param mask path of a matte clip, image or image sequence for the object; empty finds the object by motion
     * @return empty when something would have to be computed first
     */
    Optional<FrameRenderer> find(ClipIdentity clip, EditRequest request, String mask);

    /**
     * Whether an edit that is missing would be made in seconds, so that a preview need not be told to begin: the clip is analysed, the model small. May
     * open files.
     */
    default boolean isQuick(ClipIdentity clip, EditRequest request, String mask) {
        return false;
    }

    /**
     * Packs a finished edit for a journey, see {@link PackedEdits}.
     *
     * @param folder where it goes; made when missing
     * @return the file of the edit; empty when the edit is not made yet
     * @throws org.stablevideo.problem.ProblemException when there is no room for it
     */
    default Optional<Path> pack(ClipIdentity clip, EditRequest request, String mask, Path folder) {
        return Optional.empty();
    }

    /**
     * Does whatever is missing (frames, atlas, edit) and returns the renderer, which the caller closes.
     *
     * @throws org.stablevideo.problem.ProblemException when a user must act
     * @throws org.stablevideo.progress.CancelledException when progress says so; finished parts stay cached
     */
    FrameRenderer prepare(ClipSource clip, EditRequest request, String mask, Progress progress);
}
