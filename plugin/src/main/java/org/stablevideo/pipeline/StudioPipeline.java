package org.stablevideo.pipeline;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.AtlasVerdict;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.edit.Edit;
import org.stablevideo.edit.EditRequest;
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
    private static final double ATLAS_SHARE = 0.6;

    private final Stages stages;
    private final PackedEdits packed = new PackedEdits();
    private final Object heavyWork = new Object();
    private final Map<String, Atlas> recentAtlases = new LinkedHashMap<>(4, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Atlas> eldest) {
            return size() > ATLASES_IN_MEMORY;
        }
    };

    public StudioPipeline(Stages stages) {
        this.stages = stages;
    }

    @Override
    public Optional<FrameRenderer> find(ClipIdentity clip, EditRequest request, String mask) {
        return finished(clip, request, mask).map(work -> stages.renderer(work.atlas(), work.edit()));
    }

    /** Edit and atlas from the cache, else from beside the clip; a model that is missing matters only when there is neither. */
    private Optional<Packed> finished(ClipIdentity clip, EditRequest request, String mask) {
        String atlasId = WorkId.atlas(clip, mask);
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

    /**
     * Packs a finished edit for a journey, see {@link PackedEdits}.
     *
     * @param folder where it goes; made when missing
     * @return the file of the edit; empty when the edit is not made yet
     * @throws ProblemException when there is no room for it
     */
    public Optional<Path> pack(ClipIdentity clip, EditRequest request, String mask, Path folder) {
        return finished(clip, request, mask).map(work -> PackedEdits.write(work, clip, mask, folder));
    }

    @Override
    public boolean isQuick(ClipIdentity clip, EditRequest request, String mask) {
        return stages.modelId(request).startsWith(QUICK_MODEL) && findAtlas(WorkId.atlas(clip, mask)).isPresent();
    }

    @Override
    public FrameRenderer prepare(ClipSource clip, EditRequest request, String mask, Progress progress) {
        Optional<FrameRenderer> ready = find(clip.identity(), request, mask);
        if (ready.isPresent()) {
            return ready.get();
        }
        try (Clip frames = clip.open(progress.part(0, CLIP_SHARE))) {
            Atlas atlas = analyse(frames, mask, progress.part(CLIP_SHARE, ATLAS_SHARE));
            return stages.renderer(atlas, edit(frames, atlas, request, progress.part(ATLAS_SHARE, 1)));
        }
    }

    /**
     * Builds or finds the atlas of a clip.
     *
     * @param mask path of a matte for the object, or empty
     */
    public Atlas analyse(ClipSource clip, String mask, Progress progress) {
        Optional<Atlas> ready = findAtlas(WorkId.atlas(clip.identity(), mask));
        if (ready.isPresent()) {
            progress.report("found in the cache", 1);
            return ready.get();
        }
        try (Clip frames = clip.open(progress.part(0, CLIP_SHARE))) {
            return analyse(frames, mask, progress.part(CLIP_SHARE, 1));
        }
    }

    /** Makes or finds an edit, and the atlas that it needs. */
    public Edit edit(ClipSource clip, EditRequest request, String mask, Progress progress) {
        String atlasId = WorkId.atlas(clip.identity(), mask);
        Optional<Edit> ready = stages.findEdit(WorkId.edit(atlasId, request, stages.modelId(request)));
        if (ready.isPresent()) {
            progress.report("found in the cache", 1);
            return ready.get();
        }
        try (Clip frames = clip.open(progress.part(0, CLIP_SHARE))) {
            Atlas atlas = analyse(frames, mask, progress.part(CLIP_SHARE, ATLAS_SHARE));
            return edit(frames, atlas, request, progress.part(ATLAS_SHARE, 1));
        }
    }

    private Atlas analyse(Clip frames, String mask, Progress progress) {
        String id = WorkId.atlas(frames.identity(), mask);
        synchronized (heavyWork) {
            Optional<Atlas> ready = findAtlas(id);
            if (ready.isPresent()) {
                return ready.get();
            }
            Atlas atlas = guarded("analysed", () -> stages.analyse(id, frames, mask, progress));
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
