package org.stablevideo.pipeline;

import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.progress.Progress;

/** A clip whose frames are there when asked for: spooled already, or fetched through the host first. */
public interface ClipSource {

    /** Which frames of which file; known without reading a frame. */
    ClipIdentity identity();

    /**
     * Opens the frames, having the host deliver them first where they are not spooled yet.
     *
     * @return the clip, to be closed by the caller
     * @throws org.stablevideo.problem.ProblemException with {@link org.stablevideo.problem.ClipUnreadable} when the host has no pictures of it
     */
    Clip open(Progress progress);
}
