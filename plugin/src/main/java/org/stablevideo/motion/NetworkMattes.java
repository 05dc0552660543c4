package org.stablevideo.motion;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

/**
 * Mattes by a network of the user's own, which tells what a picture is of ({@link ObjectNetwork}). It sees each frame by itself; its answers are then made to
 * agree along the motion and get soft edges as all mattes do.
 *
 * @param file the network; how its pictures are scaled follows from its name
 */
record NetworkMattes(Path file) implements ObjectMattes {

    /** Frames each way that a point is followed for its last vote. */
    private static final int REACH = 6;

    @Override
    public List<Plane> find(SolveFrames frames, ClipFlow flow, Progress progress) {
        CoarseClip clip = CoarseClip.of(frames, flow, progress.part(0, 0.05));
        Progress looking = progress.part(0.05, 0.9);
        float[][] maps = new float[frames.count()][];
        try (ObjectNetwork network = ObjectNetwork.of(file)) {
            // one after the other: two looks of a network of this size at a time would need memory that some machines do not have
            for (int t = 0; t < maps.length; t++) {
                looking.report("asking " + file.getFileName(), (double) t / maps.length);
                try (Mats mats = new Mats()) {
                    maps[t] = network.look(frames.rgb(t, mats), clip.size());
                }
            }
        }
        float[][] agreed = maps.length == 1 ? maps : TrackVote.along(clip, maps, REACH, progress.part(0.9, 0.92));
        Plane[] mattes = new Plane[maps.length];
        FrameWorkers.each(maps.length, "softening edges", progress.part(0.92, 1), t -> mattes[t] = SoftEdges.refine(frames, t, clip, agreed[t]));
        return new ArrayList<>(Arrays.asList(mattes));
    }
}
