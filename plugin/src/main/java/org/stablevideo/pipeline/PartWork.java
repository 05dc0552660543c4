package org.stablevideo.pipeline;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.motion.ObjectFinder;
import org.stablevideo.progress.Progress;

/**
 * One part of a clip at work.
 *
 * @param plan that of all parts
 * @param turn place in the plan's order
 * @param frames the part's frames; lent
 * @param progress the part's share of it
 */
record PartWork(PartPlan plan, int turn, Clip frames, Progress progress) {

    private static final double CLIP_SHARE = 0.1;
    private static final double CUTS_SHARE = 0.01;

    /** Does a piece of work for every part of a clip in the order of its plan; its frames are fetched and its parts found first. */
    static PartPlan each(Stages stages, ClipSource clip, Progress progress, BiFunction<Shots, ClipIdentity, PartPlan> planner, Consumer<PartWork> piece) {
        try (Clip frames = clip.open(progress.part(0, CLIP_SHARE))) {
            Progress rest = progress.part(CLIP_SHARE + CUTS_SHARE, 1);
            Shots shots = stages.findShots(frames.identity()).orElseGet(() -> stages.divide(frames, progress.part(CLIP_SHARE, CLIP_SHARE + CUTS_SHARE)));
            PartPlan plan = planner.apply(shots, frames.identity());
            double all = shots.parts().stream().mapToInt(Shots.Part::count).sum();
            double done = 0;
            for (int turn = 0; turn < shots.count(); turn++) {
                int k = plan.order().get(turn);
                double from = done;
                done += shots.parts().get(k).count() / all;
                Progress own = rest.part(from, Math.min(1, done));
                piece.accept(new PartWork(plan, turn, shots.part(frames, k), shots.count() == 1 ? own : own.renamed(stage -> name(shots, k) + ": " + stage)));
            }
            return plan;
        }
    }

    private static String name(Shots shots, int k) {
        if (shots.count() == 1) {
            return "the clip";
        }
        boolean shared = shots.goesOn(k) || k + 1 < shots.count() && shots.goesOn(k + 1);
        return (shared ? "part " : "shot ") + (k + 1) + " of " + shots.count();
    }

    /** What it is called in a message: the clip, or which of its parts. */
    String name() {
        return name(plan.shots(), number());
    }

    /** Number of its first frame in the clip. */
    int first() {
        return plan.shots().parts().get(number()).first();
    }

    /** Which part it is. */
    int number() {
        return plan.order().get(turn);
    }

    /** The part that it goes on from, or −1. */
    int origin() {
        return plan.origins().get(number());
    }

    /** Keeps what was made of this part for those that go on from it, and forgets what no part goes on from any more. */
    <T> void remember(Map<Integer, T> origins, T made) {
        origins.put(number(), made);
        List<Integer> wanted = plan.order().subList(turn + 1, plan.order().size()).stream().map(k -> plan.origins().get(k)).toList();
        origins.keySet().retainAll(wanted);
    }

    /** Where its objects are. */
    ObjectMask mask(String path, int objects) {
        return new ObjectMask(path, ObjectFinder.count(path, objects), first(), plan.shots().frameCount());
    }
}
