package org.stablevideo.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.AtlasFile;
import org.stablevideo.atlas.AtlasSettings;
import org.stablevideo.atlas.AtlasSolver;
import org.stablevideo.atlas.Layer;
import org.stablevideo.atlas.SolverChoice;
import org.stablevideo.cache.ContentCache;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.clip.SharedFrames;
import org.stablevideo.diffusion.PictureModels;
import org.stablevideo.edit.Edit;
import org.stablevideo.edit.EditFile;
import org.stablevideo.edit.EditMethods;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.edit.Surroundings;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.KnownObjects;
import org.stablevideo.motion.ObjectFinder;
import org.stablevideo.motion.ShotChanges;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.FrameRenderer;

/** The real work: optical flow, mattes, a solver of atlases, the methods of editing, the compositor; finished work lies in a {@link ContentCache}. */
public final class StudioStages implements Stages, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StudioStages.class);

    private static final String SHOTS = ".svshots";

    /** Most contrast of a frame, in levels of 255, in which only the noise of a codec is to be seen. */
    private static final double BLANK = 2;

    private final ContentCache atlases;
    private final ContentCache edits;
    private final Painters painters;
    private final AtlasSolver solver;
    private final EditMethods methods;
    private final Function<Path, Clip> decoder;

    /**
     * @param cache folder below which atlases and edits are kept
     * @param maxBytes bytes that either of them may take
     * @param models where painters come from
     * @param decoder opens a mask that is a video
     * @param choice the solver of atlases
     */
    public StudioStages(Path cache, long maxBytes, PictureModels models, Function<Path, Clip> decoder, SolverChoice choice) {
        this.atlases = new ContentCache(cache.resolve("atlases"), maxBytes);
        this.edits = new ContentCache(cache.resolve("edits"), maxBytes);
        this.painters = new Painters(models);
        this.decoder = decoder;
        this.methods = new EditMethods(cache.resolve("unfinished"));
        this.solver = choice.solver(cache.resolve("unfinished"));
    }

    @Override
    public String modelId(EditRequest request) {
        String more = methods.named(request.method()).weights();
        return painters.id(request) + (more.isEmpty() ? "" : "+" + more);
    }

    @Override
    public Optional<Atlas> findAtlas(String id) {
        return atlases.find(atlasName(id), AtlasFile::read);
    }

    @Override
    public Optional<Edit> findEdit(String id) {
        return edits.find(editName(id), EditFile::read);
    }

    @Override
    public Optional<Shots> findShots(ClipIdentity clip) {
        return clip.frameCount() == 1 ? Optional.of(Shots.one(1)) : atlases.find(WorkId.shots(clip) + SHOTS, file -> read(file, clip.frameCount()));
    }

    @Override
    public Shots divide(Clip clip, Progress progress) {
        List<Integer> starts = ShotChanges.starts(clip, progress);
        Shots shots = Shots.cut(starts, clip.frameCount());
        if (shots.count() > 1) {
            LOG.info("shots from frames {}, {} parts: each gets an atlas of its own", starts, shots.count());
        }
        String text = shots.parts().stream().map(part -> part.first() + " " + part.count()).collect(Collectors.joining("\n"));
        keep(atlases, WorkId.shots(clip.identity()) + SHOTS, file -> Files.writeString(file, text), progress);
        return shots;
    }

    private static Shots read(Path file, int frameCount) throws IOException {
        try {
            List<Shots.Part> parts = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                String[] numbers = line.split(" ", 2);
                parts.add(new Shots.Part(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[numbers.length - 1])));
            }
            return new Shots(parts, frameCount);
        } catch (IllegalArgumentException e) {
            throw new IOException(e);
        }
    }

    @Override
    public Atlas analyse(String id, Clip clip, ObjectMask mask, Optional<Atlas> origin, Progress progress) {
        try (SolveFrames frames = SolveFrames.of(clip, progress.part(0, 0.05));
                ClipFlow flow = ClipFlow.of(frames, progress.part(0.05, 0.2))) {
            List<List<Plane>> objects = new ObjectFinder(mask.path(), mask.objects(), decoder)
                    .find(frames, flow, mask.first(), mask.frameCount(), origin.map(atlas -> known(atlas, clip)).orElse(KnownObjects.NONE), progress.part(0.2, 0.45));
            Atlas atlas = solver.solve(clip, frames, flow, objects, AtlasSettings.DEFAULT, progress.part(0.45, 0.98)).withId(id);
            keep(atlases, atlasName(id), file -> AtlasFile.write(atlas, file), progress);
            return atlas;
        }
    }

    /** The objects of an atlas in the frames that it shares with another part of the clip. */
    private static KnownObjects known(Atlas atlas, Clip clip) {
        SharedFrames shared = SharedFrames.of(clip.identity(), atlas.clip());
        List<List<Plane>> objects = new ArrayList<>();
        for (Layer layer : atlas.layers().subList(0, atlas.layers().size() - 1)) {
            objects.add(layer.opacity().subList(shared.first() + shared.shift(), shared.end() + shared.shift()));
        }
        return new KnownObjects(shared.first(), objects);
    }

    @Override
    public Edit edit(String id, Clip clip, Atlas atlas, EditRequest request, Surroundings around, Progress progress) {
        Edit edit = isBlank(clip)
                ? new Edit(id, atlas.id(), request, modelId(request), List.of(), List.of())
                : painters.paint(request, model -> methods.named(request.method()).edit(id, clip, atlas, request, around, model, progress));
        keep(edits, editName(id), file -> EditFile.write(edit, file), progress);
        return edit;
    }

    /** Whether all of a shot is of one colour: black before a film begins, a pause between two shots. */
    private static boolean isBlank(Clip clip) {
        for (int t = 0; t < clip.frameCount(); t++) {
            if (clip.frame(t).copy().contrast() > BLANK) {
                return false;
            }
        }
        return true;
    }

    @Override
    public FrameRenderer renderer(Atlas atlas, Edit edit) {
        return edit.renderer(atlas);
    }

    @Override
    public void close() {
        painters.close();
    }

    private static void keep(ContentCache cache, String name, ContentCache.Writer writer, Progress progress) {
        cache.store(name, writer).ifPresent(problem -> {
            LOG.warn("not kept: {}", problem.sentence());
            progress.warn("It will be gone when the backend ends: " + problem.sentence());
        });
    }

    private static String atlasName(String id) {
        return id + ".svatlas";
    }

    private static String editName(String id) {
        return id + ".svedit";
    }
}
