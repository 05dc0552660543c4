package org.stablevideo.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.AtlasVerdict;
import org.stablevideo.atlas.SolverChoice;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.edit.Edit;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.motion.ObjectFinder;
import org.stablevideo.pipeline.PackedEdits.Packed;
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
    private static final int ATLASES_IN_MEMORY = 2;
    private static final String QUICK_MODEL = "pocket";
    private static final double CLIP_SHARE = 0.1;
    private static final double CUTS_SHARE = 0.01;
    private static final double ANALYSIS_SHARE = 0.55;

    private final Stages stages;
    private final SolverChoice solver;
    private final PackedEdits packed = new PackedEdits();
    private final Object heavyWork = new Object();
    private final Map<String, Atlas> recentAtlases = new LinkedHashMap<>(4, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Atlas> eldest) {
            return size() > ATLASES_IN_MEMORY;
        }
    };

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
    }

    private String atlasId(ClipIdentity clip, String mask, int objects) {
        return WorkId.atlas(clip, mask, objects, solver.key());
    }

    @Override
    public Optional<FrameRenderer> find(ClipIdentity clip, EditRequest request, String mask) {
        Shots shots = known(clip);
        return all(shots, k -> finished(shots.identity(clip, k), request, mask)).map(each -> renderer(shots, each));
    }

    /** The shots that were found before, here or where the clip comes from; one that was never looked at counts as one shot, of which nothing is finished. */
    private Shots known(ClipIdentity clip) {
        return stages.findShots(clip).or(() -> packed.shotsOf(clip)).orElseGet(() -> Shots.one(clip.frameCount()));
    }

    private FrameRenderer renderer(Shots shots, List<Packed> all) {
        List<FrameRenderer> each = new ArrayList<>();
        try {
            for (Packed one : all) {
                each.add(stages.renderer(one.atlas(), one.edit()));
            }
        } catch (RuntimeException e) {
            each.forEach(FrameRenderer::close);
            throw e;
        }
        return each.size() == 1 ? each.get(0) : new ShotsRenderer(shots, each);
    }

    /** Edit and atlas from the cache, else from beside the clip; a model that is missing matters only when there is neither. */
    private Optional<Packed> finished(ClipIdentity clip, EditRequest request, String mask) {
        String atlasId = atlasId(clip, mask, request.prompts().count());
        try {
            Optional<Packed> cached = stages.findEdit(WorkId.edit(atlasId, request, stages.modelId(request)))
                    .flatMap(edit -> findAtlas(atlasId).map(atlas -> new Packed(atlas, edit)));
            return cached.isPresent() ? cached : packed.find(clip, request, mask);
        } catch (ProblemException e) {
            Optional<Packed> beside = packed.find(clip, request, mask);
            if (beside.isEmpty()) {
                throw e;
            }
            return beside;
        }
    }

    @Override
    public Optional<Path> pack(ClipIdentity clip, EditRequest request, String mask, Path folder) {
        Shots shots = known(clip);
        return all(shots, k -> {
            ClipIdentity shot = shots.identity(clip, k);
            return finished(shot, request, mask).map(work -> PackedEdits.write(work, shot, mask, folder));
        }).map(files -> files.get(0));
    }

    @Override
    public boolean isQuick(ClipIdentity clip, EditRequest request, String mask) {
        Shots shots = known(clip);
        return stages.modelId(request).startsWith(QUICK_MODEL)
                && IntStream.range(0, shots.count()).allMatch(k -> findAtlas(atlasId(shots.identity(clip, k), mask, request.prompts().count())).isPresent());
    }

    @Override
    public FrameRenderer prepare(ClipSource clip, EditRequest request, String mask, Progress progress) {
        Optional<FrameRenderer> ready = find(clip.identity(), request, mask);
        if (ready.isPresent()) {
            return ready.get();
        }
        return eachShot(clip, progress, (shots, all) -> renderer(shots, all), shot -> {
            Optional<Packed> found = finished(shot.identity(), request, mask);
            if (found.isPresent()) {
                return found.get();
            }
            Atlas atlas = analyse(shot, mask, request.prompts().count(), shot.progress().part(0, ANALYSIS_SHARE));
            return new Packed(atlas, edit(shot.frames(), atlas, request, shot.progress().part(ANALYSIS_SHARE, 1)));
        });
    }

    /**
     * Builds or finds the atlases of a clip, one a shot.
     *
     * @param mask path of a matte for the object, or of several, or empty
     * @param objects how many objects are to be told apart, at least 1
     */
    public List<Atlas> analyse(ClipSource clip, String mask, int objects, Progress progress) {
        Optional<List<Atlas>> ready = stages.findShots(clip.identity())
                .flatMap(shots -> all(shots, k -> findAtlas(atlasId(shots.identity(clip.identity(), k), mask, objects))));
        if (ready.isPresent()) {
            progress.report("found in the cache", 1);
            return ready.get();
        }
        return eachShot(clip, progress, (shots, all) -> all, shot -> analyse(shot, mask, objects, shot.progress()));
    }

    /** Makes or finds an edit, one a shot, and the atlases that it needs. */
    public List<Edit> edit(ClipSource clip, EditRequest request, String mask, Progress progress) {
        String model = stages.modelId(request);
        int objects = request.prompts().count();
        Optional<List<Edit>> ready = stages.findShots(clip.identity())
                .flatMap(shots -> all(shots, k -> stages.findEdit(WorkId.edit(atlasId(shots.identity(clip.identity(), k), mask, objects), request, model))));
        if (ready.isPresent()) {
            progress.report("found in the cache", 1);
            return ready.get();
        }
        return eachShot(clip, progress, (shots, all) -> all, shot -> {
            Atlas atlas = analyse(shot, mask, objects, shot.progress().part(0, ANALYSIS_SHARE));
            return edit(shot.frames(), atlas, request, shot.progress().part(ANALYSIS_SHARE, 1));
        });
    }

    /** One shot at work. */
    private record Shot(Clip frames, int first, int frameCount, Progress progress) {

        ClipIdentity identity() {
            return frames.identity();
        }

        ObjectMask mask(String path, int objects) {
            return new ObjectMask(path, ObjectFinder.count(path, objects), first, frameCount);
        }
    }

    /** What is found of every shot; empty as soon as one has none. */
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

    /** Does a piece of work for every shot of a clip, whose frames are fetched and whose cuts are found first. */
    private <T, R> R eachShot(ClipSource clip, Progress progress, BiFunction<Shots, List<T>, R> sum, Function<Shot, T> piece) {
        try (Clip frames = clip.open(progress.part(0, CLIP_SHARE))) {
            Progress rest = progress.part(CLIP_SHARE + CUTS_SHARE, 1);
            Shots shots = stages.findShots(frames.identity()).orElseGet(() -> stages.divide(frames, progress.part(CLIP_SHARE, CLIP_SHARE + CUTS_SHARE)));
            List<T> pieces = new ArrayList<>();
            for (int k = 0; k < shots.count(); k++) {
                Progress own = rest.part(shots.before(k), shots.before(k + 1));
                String name = "shot " + (k + 1) + " of " + shots.count() + ": ";
                pieces.add(piece.apply(new Shot(
                        shots.part(frames, k), shots.starts().get(k), shots.frameCount(), shots.count() == 1 ? own : own.renamed(stage -> name + stage))));
            }
            return sum.apply(shots, pieces);
        }
    }

    private Atlas analyse(Shot shot, String mask, int objects, Progress progress) {
        String id = atlasId(shot.identity(), mask, objects);
        synchronized (heavyWork) {
            Optional<Atlas> ready = findAtlas(id);
            if (ready.isPresent()) {
                return ready.get();
            }
            Atlas atlas = guarded("analysed", () -> stages.analyse(id, shot.frames(), shot.mask(mask, objects), progress));
            LOG.info(
                    "atlas {} of {} frames: {} dB in {} s",
                    id,
                    atlas.frameCount(),
                    String.format("%.1f", atlas.quality().meanPsnr()),
                    Math.round(atlas.quality().seconds()));
            AtlasVerdict verdict = AtlasVerdict.of(atlas);
            if (verdict.grade() != AtlasVerdict.Grade.GOOD) {
                LOG.warn("atlas {} is {}", id, verdict.sentence());
                progress.note("the clip comes apart into layers: " + verdict.sentence());
            }
            remember(atlas);
            return atlas;
        }
    }

    private Edit edit(Clip frames, Atlas atlas, EditRequest request, Progress progress) {
        if (!request.changesSomething()) {
            throw new ProblemException(new RequestInvalid(
                    "There is nothing to edit: neither a foreground nor a background prompt is given.",
                    "Write what the object or the background shall become, or choose a preset."));
        }
        String id = WorkId.edit(atlas.id(), request, stages.modelId(request));
        synchronized (heavyWork) {
            Optional<Edit> ready = stages.findEdit(id);
            if (ready.isPresent()) {
                return ready.get();
            }
            long start = System.nanoTime();
            Edit edit = guarded("edited", () -> stages.edit(id, frames, atlas, request, progress));
            LOG.info("edit {} with {}: {} s", id, edit.modelId(), Math.round((System.nanoTime() - start) / 1e9));
            AtlasVerdict verdict = AtlasVerdict.of(atlas);
            if (verdict.grade() == AtlasVerdict.Grade.POOR && !edit.layers().isEmpty()) {
                progress.warn("This clip comes apart into layers poorly, so the edit may swim or tear (" + String.join("; ", verdict.reasons()) + ").");
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

    private Optional<Atlas> findAtlas(String id) {
        synchronized (recentAtlases) {
            Atlas atlas = recentAtlases.get(id);
            if (atlas != null) {
                return Optional.of(atlas);
            }
        }
        Optional<Atlas> atlas = stages.findAtlas(id);
        atlas.ifPresent(this::remember);
        return atlas;
    }

    private void remember(Atlas atlas) {
        synchronized (recentAtlases) {
            recentAtlases.put(atlas.id(), atlas);
        }
    }
}
