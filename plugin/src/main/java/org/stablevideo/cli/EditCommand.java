package org.stablevideo.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.stablevideo.edit.Edit;
import org.stablevideo.host.KeptEdits;
import org.stablevideo.host.ProjectEdits.Shown;
import org.stablevideo.host.Studio;
import org.stablevideo.pipeline.ClipSource;
import org.stablevideo.pipeline.EffectRequest;
import org.stablevideo.preset.PresetLibrary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code edit IN}: makes the edit without rendering it, so that a render or a preview finds it ready. */
@Command(name = "edit", description = "Makes an edit without rendering it; a later render or preview finds it ready.")
final class EditCommand implements Callable<Integer> {

    @Mixin
    private ClipOptions clip = new ClipOptions();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private SolverOptions solver = new SolverOptions();

    @Option(names = "--json", description = "On stdout as JSON.")
    private boolean json;

    private CommandSpec spec;
    private EffectOptions effect;

    @Spec
    void declare(CommandSpec own) {
        spec = own;
        effect = EffectOptions.addTo(own);
    }

    @Override
    public Integer call() {
        solver.apply();
        PresetLibrary library = PresetLibrary.standard();
        Map<String, String> given = effect.edit(library);
        EffectRequest request = EffectRequest.read(given, library);
        long startMs = System.currentTimeMillis();
        List<Edit> edits;
        try (Studio studio = new Studio();
                ProgressLine progress = ProgressLine.standard()) {
            ClipSource source = clip.source();
            edits = studio.pipeline().edit(source, request.edit(), request.mask(), progress);
            if (request.besideClip()) {
                new KeptEdits(studio.pipeline()).keep(new Shown(source.identity(), request.edit(), request.mask(), given.getOrDefault("preset", "")));
            }
        }
        double seconds = (System.currentTimeMillis() - startMs) / 1000.0;
        spec.commandLine().getOut().println(json ? describe(edits, request.edit().seed(), seconds).toString() : sentence(edits, seconds));
        return ExitCode.DONE;
    }

    private static String sentence(List<Edit> edits, double seconds) {
        return edits.stream()
                .map(edit -> String.format(
                        Locale.ROOT, "edit %s of atlas %s with %s, key frames %s, in %.1f s", edit.id(), edit.atlasId(), edit.modelId(), edit.keyframes(), seconds))
                .collect(Collectors.joining("\n"));
    }

    /** One edit as it is, those of several shots as the list {@code shots}. */
    private static JsonObject describe(List<Edit> edits, long seed, double seconds) {
        if (edits.size() == 1) {
            return describe(edits.get(0), seed, seconds);
        }
        JsonArray shots = new JsonArray();
        edits.forEach(edit -> shots.add(describe(edit, seed, seconds)));
        JsonObject object = new JsonObject();
        object.add("shots", shots);
        return object;
    }

    private static JsonObject describe(Edit edit, long seed, double seconds) {
        JsonObject object = new JsonObject();
        object.addProperty("id", edit.id());
        object.addProperty("atlas", edit.atlasId());
        object.addProperty("model", edit.modelId());
        object.addProperty("seed", seed);
        JsonArray keyframes = new JsonArray();
        edit.keyframes().forEach(keyframes::add);
        object.add("keyframes", keyframes);
        JsonArray layers = new JsonArray();
        edit.layers().forEach(layer -> layers.add(layer.layer()));
        object.add("layers", layers);
        object.addProperty("seconds", seconds);
        return object;
    }
}
