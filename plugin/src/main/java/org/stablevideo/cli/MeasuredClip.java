package org.stablevideo.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.host.HostClip;
import org.stablevideo.host.Studio;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.MaskSource;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.pipeline.ClipSource;
import org.stablevideo.problem.ClipUnreadable;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;
import org.stablevideo.progress.Progress;

/**
 * A clip that edits are measured against: its frames at solve size, and where its object is.
 *
 * @param frames to be closed by whoever made this
 * @param object a matte a frame
 * @param found the mattes that the analysis finds by itself, where they are to be judged
 */
record MeasuredClip(SolveFrames frames, List<Plane> object, Optional<List<Plane>> found) {

    /** The mattes of the analysis: the front object's, or empty ones. */
    private static List<Plane> mattes(List<Atlas> atlases) {
        List<Plane> all = new ArrayList<>();
        new ShotList(atlases).map((span, atlas) -> mattes(atlas).subList(all.size() - span.first(), span.count())).forEach(all::addAll);
        return List.copyOf(all);
    }

    private static List<Plane> mattes(Atlas atlas) {
        return atlas.foreground().map(layer -> layer.opacity()).orElseGet(
                () -> java.util.Collections.nCopies(atlas.frameCount(), Plane.empty(atlas.solveSize())));
    }

    /**
     * Reads a clip.
     *
     * @param masks where the object is; empty takes what the analysis finds
     * @param judged whether the analysis is wanted beside masks
     */
    static MeasuredClip of(Studio studio, ClipSource source, Clip clip, String masks, boolean judged, Progress progress) {
        Optional<List<Plane>> found = masks.isEmpty() || judged
                ? Optional.of(mattes(studio.pipeline().analyse(source, "", 1, progress.part(0, 0.8))))
                : Optional.empty();
        FrameSize size = found.map(list -> list.get(0).size()).orElseGet(() -> SolveFrames.solveSize(clip.size()));
        SolveFrames frames = SolveFrames.of(clip, size, progress.part(0.8, 0.85));
        if (masks.isEmpty()) {
            return new MeasuredClip(frames, found.orElseThrow(), Optional.empty());
        }
        try (ClipFlow flow = ClipFlow.of(frames, progress.part(0.85, 0.95))) {
            List<Plane> given = MaskSource.of(masks, video -> HostClip.of(video.toString()).open(Progress.NONE))
                    .find(frames, flow, progress.part(0.95, 1));
            return new MeasuredClip(frames, given, found);
        }
    }

    /** What the host makes of a file. */
    static ClipSource source(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ProblemException(new ClipUnreadable("There is no file " + file.toAbsolutePath().normalize() + ".", "Check the name."));
        }
        return HostClip.of(file.toAbsolutePath().normalize().toString());
    }

    /** Refuses an edit that cannot be laid over its source frame by frame. */
    static void requireSameFrames(Path edited, int count, Path source, int wanted) {
        if (count != wanted) {
            throw new ProblemException(new RequestInvalid(
                    edited + " has " + count + " frames, " + source + " has " + wanted + ".",
                    "Measure an edit of the whole clip, or cut the source to the same frames first."));
        }
    }

    /** The frames of an edit at the size of the source's. */
    static SolveFrames frames(Path edited, Clip clip, Path source, SolveFrames original) {
        FrameSize size = original.size();
        double stretch = (double) clip.size().width() * size.height() / ((double) clip.size().height() * size.width());
        if (clip.size().width() < size.width() || clip.size().height() < size.height() || Math.abs(stretch - 1) > 0.02) {
            throw new ProblemException(new RequestInvalid(
                    edited + " is " + clip.size() + ", but " + source + " is measured at " + size + ".",
                    "Give an edit of the source's own size and aspect."));
        }
        return SolveFrames.of(clip, size, Progress.NONE);
    }
}
