package org.stablevideo.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.host.ProjectEdits.Shown;
import org.stablevideo.pipeline.EditPipeline;
import org.stablevideo.pipeline.PackedEdits;
import org.stablevideo.preset.PresetLibrary;

/** Finished edits that the user wants beside their clips, so that they travel with them (see {@link PackedEdits}). Safe for any thread. */
public final class KeptEdits {

    private static final int REMEMBERED = 1000;

    private final EditPipeline pipeline;
    private final Set<Shown> kept = ConcurrentHashMap.newKeySet();

    /**
     * Keeps edits.
     *
     * @param pipeline has made them
     */
    public KeptEdits(EditPipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** Packs an edit unless that was done before. */
    void keepOnce(Shown edit) {
        if (!kept.contains(edit)) {
            keep(edit);
        }
    }

    /** Packs an edit into the nearest folder for packed edits of its clip, else into a new one beside the clip; nothing where the clip is no file. */
    public void keep(Shown edit) {
        Optional<Path> folder = folderFor(edit.clip());
        if (folder.isPresent()) {
            pack(pipeline, PresetLibrary.standard(), edit, folder.get());
        }
        if (kept.size() > REMEMBERED) {
            kept.clear();
        }
        kept.add(edit);
    }

    private static Optional<Path> folderFor(ClipIdentity clip) {
        List<Path> there = PackedEdits.foldersOf(clip.resource());
        Optional<Path> nearest = there.stream().filter(Files::isWritable).findFirst();
        return nearest.isPresent() || !Files.isRegularFile(Path.of(clip.resource()))
                ? nearest
                : Optional.of(Path.of(clip.resource()).resolveSibling(PackedEdits.FOLDER));
    }

    /**
     * Packs a finished edit, and the preset that it names where that is the user's own.
     *
     * @param folder made when missing
     * @return the edit's file; empty when the edit is not made yet
     * @throws org.stablevideo.problem.ProblemException when there is no room for it
     */
    public static Optional<Path> pack(EditPipeline pipeline, PresetLibrary presets, Shown edit, Path folder) {
        Optional<Path> packed = pipeline.pack(edit.clip(), edit.request(), edit.mask(), folder);
        if (packed.isPresent() && !edit.preset().isEmpty() && presets.isOwn(edit.preset())) {
            presets.exportTo(edit.preset(), folder.resolve(edit.preset() + ".json"));
        }
        return packed;
    }
}
