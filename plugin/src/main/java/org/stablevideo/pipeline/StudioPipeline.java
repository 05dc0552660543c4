package org.stablevideo.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.AtlasVerdict;
import org.stablevideo.atlas.SolverChoice;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.edit.Edit;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.edit.EditedPart;
import org.stablevideo.edit.Surroundings;
import org.stablevideo.problem.ClipUnreadable;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.FrameRenderer;

/**
 * The way from a prompt to a renderer: what is missing is made, what is there is taken. Atlases and edits are named by their inputs
 * ({@link WorkId}); the last few atlases stay in memory. Heavy work runs one piece at a time.
 */
public final class StudioPipeline implements EditPipeline {

    private static final Logger LOG = LoggerFactory.getLogger(StudioPipeline.class);
    private static final String QUICK_MODEL = "pocket";
    private static final double ANALYSIS_SHARE = 0.55;

    private final Stages stages;
    private final SolverChoice solver;
    private final PackedEdits packed = new PackedEdits();
    private final Object heavyWork = new Object();
    private final RecentAtlases atlases;

    /** With the default solver. */
    public StudioPipeline(Stages stages) {
        this(stages, SolverChoice.GRID);
    }

    /**
     * @param solver what {@code stages} makes atlases with; those of another are not found
     */
    public StudioPipeline(Stages stages, SolverChoice solver) {
        this.stages = stages;
        this.solver = solver;
        this.atlases = new RecentAtlases(stages);
    }

    @Override
    public Optional<FrameRenderer> find(ClipIdentity clip, EditRequest request, String mask) {
        PartPlan plan = plan(known(clip), clip, mask, request.prompts().count());
        if (plan.shots().count() == 1) {
            return finished(plan, 0, request, mask).map(one -> stages.renderer(one.atlas(), one.edit()));
        }
        boolean all = IntStream.range(0, plan.shots().count()).allMatch(k -> finished(plan, k, request, mask).isPresent());
        return all ? Optional.of(new ShotsRenderer(plan.shots(), k -> opened(plan, k, request, mask, Map.of()))) : Optional.empty();
    }

    /** The parts that were found before, here or where the clip comes from; one that was never looked at counts as one part, of which nothing is finished. */
    private Shots known(ClipIdentity clip) {
        return stages.findShots(clip).or(() -> packed.shotsOf(clip)).orElseGet(() -> Shots.one(clip.frameCount()));
    }

    private PartPlan plan(Shots shots, ClipIdentity clip, String mask, int objects) {
        return PartPlan.of(shots, clip, mask, objects, solver.key());
    }

    private String editId(PartPlan plan, int k, EditRequest request) {
        String own = WorkId.edit(plan.atlasIds().get(k), plan.request(request, k), stages.modelId(request));
        int origin = plan.origins().get(k);
        return origin < 0 ? own : WorkId.goingOn(own, editId(plan, origin, request));
    }

    private FrameRenderer opened(PartPlan plan, int k, EditRequest request, String mask, Map<Integer, EditedPart> held) {
        EditedPart part = Optional.ofNullable(held.get(k)).or(() -> finished(plan, k, request, mask)).orElseThrow(() -> new ProblemException(new RequestInvalid(
                "The edit of part " + (k + 1) + " of the clip is no longer in the cache.", "Apply the edit again, or allow the cache more room.")));
        return stages.renderer(part.atlas(), part.edit());
    }

    /** Edit and atlas from the cache, else from beside the clip; a model that is missing matters only when there is neither. */
    private Optional<EditedPart> finished(PartPlan plan, int k, EditRequest request, String mask) {
        EditRequest own = plan.request(request, k);
        try {
            Optional<EditedPart> cached = stages.findEdit(editId(plan, k, request))
                    .flatMap(edit -> atlases.find(plan.atlasIds().get(k)).map(atlas -> new EditedPart(atlas, edit)));
            return cached.isPresent() ? cached : packed.find(plan.identity(k), own, mask);
        } catch (ProblemException e) {
            Optional<EditedPart> beside = packed.find(plan.identity(k), own, mask);
            if (beside.isEmpty()) {
                throw e;
            }
            return beside;
        }
    }

    @Override
    public Optional<Path> pack(ClipIdentity clip, EditRequest request, String mask, Path folder) {
        PartPlan plan = plan(known(clip), clip, mask, request.prompts().count());
        return all(plan.shots(), k -> finished(plan, k, request, mask).map(work -> PackedEdits.write(work, plan.identity(k), mask, folder)))
                .map(files -> files.get(0));
    }

    @Override
    public boolean isQuick(ClipIdentity clip, EditRequest request, String mask) {
        PartPlan plan = plan(known(clip), clip, mask, request.prompts().count());
        return stages.modelId(request).startsWith(QUICK_MODEL) && plan.atlasIds().stream().allMatch(id -> atlases.find(id).isPresent());
    }

    @Override
    public FrameRenderer prepare(ClipSource clip, EditRequest request, String mask, Progress progress) {
        Optional<FrameRenderer> ready = find(clip.identity(), request, mask);
        if (ready.isPresent()) {
            return ready.get();
        }
        Map<Integer, EditedPart> held = new HashMap<>();
        boolean[] changed = new boolean[1];
        PartPlan plan = eachPart(clip, mask, request, progress, (part, done) -> {
            changed[0] |= done.edit().changesSomething();
            if (part.plan().shots().count() == 1 || finished(part.plan(), part.number(), request, mask).isEmpty()) {
                held.put(part.number(), done);
            }
        });
        requireChange(changed[0], plan);
        if (plan.shots().count() == 1) {
            return opened(plan, 0, request, mask, held);
        }
        return new ShotsRenderer(plan.shots(), k -> opened(plan, k, request, mask, held));
    }

    private static void requireChange(boolean changed, PartPlan plan) {
        if (!changed && plan.shots().count() > 1) {
            throw new ProblemException(new RequestInvalid(
                    "No object was found in any part of the clip, so the prompt has nothing to be laid on.",
                    "Give a mask of the object (mask=…), or write a background prompt instead."));
        }
    }

    /**
     * Builds or finds the atlases of a clip, one for each of its parts ({@link Shots}), in their order.
     *
     * @param mask path of a matte for the object, or of several, or empty
     * @param objects how many objects are to be told apart, at least 1
     */
    public List<Atlas> analyse(ClipSource clip, String mask, int objects, Progress progress) {
        return analyse(clip, mask, objects, atlas -> atlas, progress);
    }

    /**
     * As {@link #analyse(ClipSource, String, int, Progress)}, for long clips, whose atlases need not be in memory together.
     *
     * @param view what is wanted of each atlas
     */
    public <T> List<T> analyse(ClipSource clip, String mask, int objects, Function<Atlas, T> view, Progress progress) {
        Optional<List<T>> ready = stages.findShots(clip.identity()).flatMap(shots -> {
            PartPlan plan = plan(shots, clip.identity(), mask, objects);
            return all(shots, k -> atlases.find(plan.atlasIds().get(k)).map(view));
        });
        if (ready.isPresent()) {
            progress.report("found in the cache", 1);
            return ready.get();
        }
        Map<Integer, T> views = new TreeMap<>();
        Map<Integer, Atlas> origins = new HashMap<>();
        PartWork.each(stages, clip, progress, (shots, whole) -> plan(shots, whole, mask, objects), part -> {
            Atlas atlas = analyse(part, mask, objects, Optional.ofNullable(origins.get(part.origin())), part.progress());
            part.remember(origins, atlas);
            views.put(part.number(), view.apply(atlas));
        });
        return List.copyOf(views.values());
    }

    /** Makes or finds an edit, one for each part of the clip, and the atlases that it needs. */
    public List<Edit> edit(ClipSource clip, EditRequest request, String mask, Progress progress) {
        Optional<List<Edit>> ready = stages.findShots(clip.identity()).flatMap(shots -> {
            PartPlan plan = plan(shots, clip.identity(), mask, request.prompts().count());
            return all(shots, k -> stages.findEdit(editId(plan, k, request)));
        });
        if (ready.isPresent()) {
            progress.report("found in the cache", 1);
            return ready.get();
        }
        Map<Integer, Edit> edits = new TreeMap<>();
        PartPlan plan = eachPart(clip, mask, request, progress, (part, done) -> edits.put(part.number(), done.edit()));
        requireChange(edits.values().stream().anyMatch(Edit::changesSomething), plan);
        return List.copyOf(edits.values());
    }

    /** Edits every part that is not edited yet, each going on from its origin. */
    private PartPlan eachPart(ClipSource clip, String mask, EditRequest request, Progress progress, BiConsumer<PartWork, EditedPart> taker) {
        int objects = request.prompts().count();
        Map<Integer, EditedPart> origins = new HashMap<>();
        return PartWork.each(stages, clip, progress, (shots, whole) -> plan(shots, whole, mask, objects), part -> {
            Optional<EditedPart> origin = Optional.ofNullable(origins.get(part.origin()));
            EditedPart done = finished(part.plan(), part.number(), request, mask).orElseGet(() -> {
                Atlas atlas = analyse(part, mask, objects, origin.map(EditedPart::atlas), part.progress().part(0, ANALYSIS_SHARE));
                return new EditedPart(atlas, edit(part, atlas, request, origin, part.progress().part(ANALYSIS_SHARE, 1)));
            });
            part.remember(origins, done);
            taker.accept(part, done);
        });
    }

    /** What is found of every part; empty as soon as one has none. */
    private static <T> Optional<List<T>> all(Shots shots, IntFunction<Optional<T>> finder) {
        List<T> found = new ArrayList<>();
        for (int k = 0; k < shots.count(); k++) {
            Optional<T> one = finder.apply(k);
            if (one.isEmpty()) {
                return Optional.empty();
            }
            found.add(one.get());
        }
        return Optional.of(found);
    }

    private Atlas analyse(PartWork part, String mask, int objects, Optional<Atlas> origin, Progress progress) {
        String id = part.plan().atlasIds().get(part.number());
        synchronized (heavyWork) {
            Optional<Atlas> ready = atlases.find(id);
            if (ready.isPresent()) {
                return ready.get();
            }
            Atlas atlas = guarded("analysed", () -> stages.analyse(id, part.frames(), part.mask(mask, objects), origin, progress));
            LOG.info(
                    "atlas {} of {} frames: {} dB in {} s",
                    id,
                    atlas.frameCount(),
                    String.format("%.1f", atlas.quality().meanPsnr()),
                    Math.round(atlas.quality().seconds()));
            AtlasVerdict verdict = AtlasVerdict.of(atlas, part.first());
            if (verdict.grade() != AtlasVerdict.Grade.GOOD) {
                LOG.info("atlas {} is {}", id, verdict.sentence());
                progress.note(part.name() + " comes apart into layers: " + verdict.sentence());
            }
            atlases.remember(atlas);
            return atlas;
        }
    }

    private Edit edit(PartWork part, Atlas atlas, EditRequest request, Optional<EditedPart> origin, Progress progress) {
        if (!request.changesSomething()) {
            throw new ProblemException(new RequestInvalid(
                    "There is nothing to edit: neither a foreground nor a background prompt is given.",
                    "Write what the object or the background shall become, or choose a preset."));
        }
        PartPlan plan = part.plan();
        request.requireKeyframesBelow(plan.shots().frameCount());
        String id = editId(plan, part.number(), request);
        Surroundings around = new Surroundings(plan.shots().count() > 1, origin);
        synchronized (heavyWork) {
            Optional<Edit> ready = stages.findEdit(id);
            if (ready.isPresent()) {
                return ready.get();
            }
            long start = System.nanoTime();
            Edit edit = guarded("edited", () -> stages.edit(id, part.frames(), atlas, plan.request(request, part.number()), around, progress));
            LOG.info("edit {} with {}: {} s", id, edit.modelId(), Math.round((System.nanoTime() - start) / 1e9));
            AtlasVerdict verdict = AtlasVerdict.of(atlas, part.first());
            if (verdict.grade() == AtlasVerdict.Grade.POOR && !edit.layers().isEmpty()) {
                String what = plan.shots().count() == 1 ? "This clip" : "This clip's " + part.name();
                progress.warn(what + " comes apart into layers poorly, so the edit may swim or tear (" + String.join("; ", verdict.reasons()) + ").");
            }
            return edit;
        }
    }

    /** Turns a lack of memory, which a smaller clip avoids, into words. */
    private static <T> T guarded(String what, java.util.function.Supplier<T> work) {
        try {
            return work.get();
        } catch (OutOfMemoryError e) {
            throw new ProblemException(
                    new ClipUnreadable(
                            "The clip could not be " + what + ": memory ran out.",
                            "Cut the clip shorter, or give the backend more memory with STABLEVIDEO_MEMORY=6g."),
                    e);
        }
    }
}
