package org.stablevideo.atlas;

import java.util.List;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.progress.Progress;

/** Makes an atlas of a clip. */
public interface AtlasSolver {

    /**
     * Solves for layers, mappings, light and textures.
     *
     * @param clip the clip; gives identity, size and rate
     * @param frames its frames at solve size
     * @param flow the motion between them
     * @param objects each object's opacity for each frame at solve size, front to back; objects that never show, or an empty list, give an atlas
     *     of the background alone
     * @return the atlas, with its measured quality
     * @throws org.stablevideo.progress.CancelledException when progress says so
     */
    Atlas solve(Clip clip, SolveFrames frames, ClipFlow flow, List<List<Plane>> objects, AtlasSettings settings, Progress progress);
}
