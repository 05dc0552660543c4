package org.stablevideo.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.FrameWorkers;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.progress.Progress;

/**
 * Measures edits of one clip against it. All clips have the same frames and size, the solve size, at which papers give their figures too.
 *
 * @param source the clip
 * @param object a matte of the object a frame, of that size
 * @param found mattes to compare with {@code object}, or empty
 */
public record Yardstick(SolveFrames source, List<Plane> object, Optional<List<Plane>> found) {

    public Yardstick {
        if (object.size() != source.count()) {
            throw new IllegalArgumentException(object.size() + " mattes for " + source.count() + " frames");
        }
        object = List.copyOf(object);
    }

    /**
     * Measures edits, all in one walk through the source. The same on any number of threads.
     *
     * @param edits by name; as many frames as the source, of its size
     * @return in the order of the edits
     */
    public List<Measurement> measure(Map<String, SolveFrames> edits, Progress progress) {
        Map<String, FrameScore[]> frames = new LinkedHashMap<>();
        Map<String, PairScore[]> pairs = new LinkedHashMap<>();
        edits.forEach((name, edit) -> {
            if (edit.count() != source.count() || !edit.size().equals(source.size())) {
                throw new IllegalArgumentException(name + " has " + edit.count() + " frames of " + edit.size() + ", the source has "
                        + source.count() + " of " + source.size());
            }
            frames.put(name, new FrameScore[source.count()]);
            pairs.put(name, new PairScore[source.count() - 1]);
        });
        FrameWorkers.each(source.count(), "measuring frames", progress.part(0, 0.4), t -> {
            Picture original = source.frame(t);
            double overlap = found.map(mattes -> PictureScore.overlap(mattes.get(t), object.get(t))).orElse(Double.NaN);
            edits.forEach((name, edit) -> {
                Picture edited = edit.frame(t);
                frames.get(name)[t] = new FrameScore(PictureScore.psnr(edited, original), PictureScore.ssim(edited, original), overlap);
            });
        });
        FrameWorkers.each(source.count() - 1, "measuring motion", progress.part(0.4, 1), t -> {
            SourceMotion motion = new SourceMotion(source.gray(t), source.gray(t + 1), object.get(t), object.get(t + 1));
            Regions own = motion.warpError(source.frame(t), source.frame(t + 1));
            edits.forEach((name, edit) -> pairs.get(name)[t] = pair(motion, own, edit, t));
        });
        List<Measurement> measurements = new ArrayList<>();
        edits.keySet().forEach(
                name -> measurements.add(new Measurement(name, source.size(), List.of(frames.get(name)), List.of(pairs.get(name)))));
        return measurements;
    }

    private static PairScore pair(SourceMotion motion, Regions own, SolveFrames edit, int t) {
        Picture here = edit.frame(t);
        Picture next = edit.frame(t + 1);
        return new PairScore(
                t,
                motion.flowConsistency(edit.gray(t), edit.gray(t + 1)),
                motion.warpError(here, next),
                own,
                motion.pixelMse(here, next),
                motion.visibleShare());
    }
}
