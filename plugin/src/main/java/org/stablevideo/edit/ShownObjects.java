package org.stablevideo.edit;

import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

/** The objects of an atlas that a request has a prompt for. */
final class ShownObjects {

    private static final Logger LOG = LoggerFactory.getLogger(ShownObjects.class);
    private static final int LONGEST = 60;

    private ShownObjects() {}

    /**
     * Looks them up.
     *
     * @param more whether there is something else to edit: then prompts without an object are passed over with a warning
     * @return layers of the atlas, front to back; none of them the background
     * @throws ProblemException with {@link RequestInvalid} when a prompt has no object to be laid on and there is nothing else to edit
     */
    static List<Integer> of(Atlas atlas, EditRequest request, boolean more) {
        ObjectPrompts prompts = request.prompts();
        List<Integer> shown = prompts.changed().stream().filter(i -> i < atlas.layers().size() - 1 && shows(atlas, i)).toList();
        int missing = prompts.changed().stream().filter(i -> !shown.contains(i)).findFirst().orElse(-1);
        if (missing >= 0) {
            int found = (int) IntStream.range(0, atlas.layers().size() - 1).filter(i -> shows(atlas, i)).count();
            String what = found == 0 ? "No object was found in the clip" : found == 1 ? "One object was found in the clip" : found + " objects were found in the clip";
            String sentence = what + ", so “" + shortened(prompts.of(missing)) + "” has nothing to be laid on.";
            if (shown.isEmpty() && !more) {
                throw new ProblemException(new RequestInvalid(sentence, prompts.count() == 1
                        ? "Give a mask of the object (mask=…), or write a background prompt instead."
                        : "Give a mask of each object, with | between them, or fewer prompts."));
            }
            LOG.warn("{}", sentence);
        }
        return shown;
    }

    /** Whether an object is seen in any frame. */
    static boolean shows(Atlas atlas, int object) {
        return IntStream.range(0, atlas.frameCount()).anyMatch(t -> KeyframeChoice.shows(atlas.seen(object, t)));
    }

    private static String shortened(String prompt) {
        int points = prompt.codePointCount(0, prompt.length());
        return points <= LONGEST ? prompt : prompt.substring(0, prompt.offsetByCodePoints(0, LONGEST - 3)) + "…";
    }
}
