package org.stablevideo.motion;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.Plane;
import org.stablevideo.problem.MaskInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;

/**
 * Finds the objects of a shot: by the masks that the user gave, or by their motion.
 *
 * @param masks one or several masks as for {@link MaskText#objects}; empty finds objects by their motion
 * @param objects how many objects are wanted, at least 1
 * @param decoder opens a mask that is a video
 */
public record ObjectFinder(String masks, int objects, Function<Path, Clip> decoder) {

    /** How many objects an analysis tells apart: as many as have masks, and at least those that have prompts. */
    public static int count(String masks, int prompts) {
        return Math.max(prompts, masks.isEmpty() ? 1 : MaskText.objects(masks).size());
    }

    /**
     * Finds.
     *
     * @param first frame of the whole clip that is frame 0 of the shot
     * @param whole number of frames of the whole clip
     * @param known objects of a part of the clip that this one goes on from
     * @return each object's mattes, front to back; fewer than wanted when fewer move
     * @throws ProblemException with {@link MaskInvalid} when there are fewer masks than objects, or one of them cannot be used
     */
    public List<List<Plane>> find(SolveFrames frames, ClipFlow flow, int first, int whole, KnownObjects known, Progress progress) {
        if (masks.isEmpty()) {
            List<List<Plane>> moving = new MotionMattes(objects).findEach(frames, flow, progress.part(0, 0.7));
            return known.mattes().isEmpty() ? moving : known.numbered(moving, objects, frames, flow, progress.part(0.7, 1));
        }
        List<String> parts = MaskText.objects(masks);
        if (parts.size() < objects) {
            throw new ProblemException(new MaskInvalid(
                    "There are prompts for " + objects + " objects, but " + (parts.size() == 1 ? "one mask." : parts.size() + " masks."),
                    "Give a mask for each, in the same order, with | between them, or none at all."));
        }
        if (parts.contains("")) {
            throw new ProblemException(new MaskInvalid(
                    "Mask " + (parts.indexOf("") + 1) + " of " + parts.size() + " is empty.", "Give a mask for each object, in the order of their prompts."));
        }
        List<List<Plane>> found = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Progress part = progress.part((double) i / parts.size(), (i + 1.0) / parts.size());
            int object = i;
            ObjectMattes otherwise = known.knows(i) ? (f, m, p) -> known.carried(object, f, m, p) : new MotionMattes();
            found.add(MaskSource.of(parts.get(i), decoder).ofShot(first, whole, otherwise).find(frames, flow, part));
        }
        return found;
    }
}
