package org.stablevideo.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.motion.MaskText;

/**
 * How the parts of a clip are worked on. Parts of one shot are done from the one whose object the user marked, else from the first, outwards; each of the
 * others goes on from its neighbour on that side, whose atlas is therefore in its name.
 *
 * @param shots the parts
 * @param clip the whole
 * @param order numbers of the parts in the order in which they are done
 * @param origins for each part the one that it goes on from, or −1
 * @param atlasIds for each part the id of its atlas
 */
record PartPlan(Shots shots, ClipIdentity clip, List<Integer> order, List<Integer> origins, List<String> atlasIds) {

    /**
     * The plan.
     *
     * @param objects how many objects are told apart
     * @param solver key of the solver and its settings
     */
    static PartPlan of(Shots shots, ClipIdentity clip, String mask, int objects, String solver) {
        OptionalInt marked = MaskText.objects(mask).stream().map(MaskText::markedFrame).flatMapToInt(OptionalInt::stream).findFirst();
        List<Integer> order = new ArrayList<>();
        Integer[] origins = new Integer[shots.count()];
        for (int from = 0; from < shots.count(); ) {
            int to = from + 1;
            while (to < shots.count() && shots.goesOn(to)) {
                to++;
            }
            int anchor = from;
            for (int k = to - 1; k >= from; k--) {
                anchor = marked.isPresent() && shots.parts().get(k).holds(marked.getAsInt()) ? k : anchor;
            }
            origins[anchor] = -1;
            order.add(anchor);
            for (int k = anchor + 1; k < to; k++) {
                origins[k] = k - 1;
                order.add(k);
            }
            for (int k = anchor - 1; k >= from; k--) {
                origins[k] = k + 1;
                order.add(k);
            }
            from = to;
        }
        String[] ids = new String[shots.count()];
        for (int k : order) {
            String own = WorkId.atlas(shots.identity(clip, k), mask, objects, solver);
            ids[k] = origins[k] < 0 ? own : WorkId.goingOn(own, ids[origins[k]]);
        }
        return new PartPlan(shots, clip, order, Arrays.asList(origins), Stream.of(ids).toList());
    }

    ClipIdentity identity(int k) {
        return shots.identity(clip, k);
    }

    /** The request with the key frames of a part, counted from its first frame. */
    EditRequest request(EditRequest whole, int k) {
        if (shots.count() == 1 || whole.keyframes().isEmpty()) {
            return whole;
        }
        Shots.Part part = shots.parts().get(k);
        return whole.withKeyframes(whole.keyframes().stream().filter(part::holds).map(frame -> frame - part.first()).toList());
    }
}
