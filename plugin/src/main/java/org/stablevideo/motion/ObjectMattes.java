package org.stablevideo.motion;

import java.util.List;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

/** A way to tell the object of a clip from its background. */
@FunctionalInterface
public interface ObjectMattes {

    /**
     * Finds the object in every frame.
     *
     * @param frames the clip at solve size
     * @param flow motion of the same frames
     * @return one soft matte a frame at solve size, 255 where the object is; all zero where there is none
     */
    List<Plane> find(SolveFrames frames, ClipFlow flow, Progress progress);

    /** Empty mattes, for a clip without an object. */
    static List<Plane> none(SolveFrames frames) {
        return java.util.Collections.nCopies(frames.count(), Plane.empty(frames.size()));
    }
}
