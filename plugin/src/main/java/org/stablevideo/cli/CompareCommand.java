package org.stablevideo.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.stablevideo.clip.Clip;
import org.stablevideo.edit.EditMethods;
import org.stablevideo.host.Studio;
import org.stablevideo.measure.Critics;
import org.stablevideo.measure.Measurement;
import org.stablevideo.measure.MeasurementJson;
import org.stablevideo.measure.MeasurementPage;
import org.stablevideo.measure.RenderedClip;
import org.stablevideo.measure.ScoreTable;
import org.stablevideo.measure.SideBySide;
import org.stablevideo.measure.Yardstick;
import org.stablevideo.model.ModelStore;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.pipeline.ClipSource;
import org.stablevideo.pipeline.EffectRequest;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.HostMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.FrameRenderer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code compare IN}: one request made by several methods, side by side in figures and pictures. */
@Command(
        name = "compare",
        description = {
            "Edits a clip by several methods and measures them all: a table, a page, and a video with the clips side by side.",
            "Methods: auto (what the effect would take), stablevideo, pix2video; what the paper of the one compares it with: independent, fixed-latent, "
                    + "sequential, direct-atlas; what that of the other does: pix2video-previous, pix2video-anchor (looking at one frame only), "
                    + "pix2video-unguided, pix2video-apart (looking at none); text2live (an edit layer on the atlas, needs CLIP and an hour); "
                    + "tune-a-video (the model learns the clip first), sdedit (every frame by itself), sdedit-fixed (the same noise for all)."
        })
final class CompareCommand implements Callable<Integer> {

    private static final String STABLEVIDEO = "stablevideo";
    private static final int MOST = 12;

    @Mixin
    private ClipOptions clip = new ClipOptions();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Option(names = "--methods", paramLabel = "A,B,…", split = ",", description = "Methods, in order (default: the first twelve).")
    private List<String> methods = List.of();

    @Option(names = "--out", paramLabel = "DIR", description = "Folder for page, table, figures and video (default: compare).")
    private Path out = Path.of("compare");

    @Option(names = "--masks", paramLabel = "FILE", description = "Where the object is when it is measured, as for measure; editing uses --mask.")
    private String masks = "";

    @Option(names = "--json", description = "The figures on stdout as JSON.")
    private boolean json;

    private CommandSpec spec;
    private EffectOptions effect;

    @Spec
    void declare(CommandSpec own) {
        spec = own;
        effect = EffectOptions.addTo(own);
    }

    @Override
    public Integer call() throws IOException {
        PresetLibrary library = PresetLibrary.standard();
        EffectRequest request = EffectRequest.read(effect.edit(library), library);
        if (request.besideClip()) {
            throw new ProblemException(new RequestInvalid("compare keeps no edit beside the clip: there would be one for each method.",
                    "Leave --keep out; then keep the one that you like best: stablevideo edit CLIP --method … --keep clip"));
        }
        List<String> chosen = methods();
        ClipSource source = clip.source();
        Files.createDirectories(out);
        Map<String, SolveFrames> edits = new LinkedHashMap<>();
        Map<String, Double> seconds = new LinkedHashMap<>();
        try (Studio studio = new Studio();
                ProgressLine progress = ProgressLine.standard();
                Clip frames = source.open(progress.part(0, 0.02))) {
            String where = masks.isEmpty() ? request.mask() : masks;
            MeasuredClip ground = MeasuredClip.of(studio, source, frames, where, false, progress.part(0.02, 0.2));
            try (SolveFrames original = ground.frames()) {
                for (int i = 0; i < chosen.size(); i++) {
                    Progress part = progress.part(0.2 + 0.6 * i / chosen.size(), 0.2 + 0.6 * (i + 1) / chosen.size());
                    long start = System.nanoTime();
                    edits.put(chosen.get(i), edited(studio, source, frames, original, request, chosen.get(i), part));
                    seconds.put(chosen.get(i), (System.nanoTime() - start) / 1e9);
                }
                Yardstick yardstick = new Yardstick(original, ground.object(), ground.found());
                List<Measurement> measured = judged(yardstick.measure(edits, progress.part(0.8, 0.86)), original, edits, request, progress.part(0.86, 0.92));
                progress.report("writing the page", 0.92);
                write(request, original, measured, edits, seconds);
                progress.report("writing the video", 0.95);
                video(frames, original, edits);
                progress.report("compared", 1);
            } finally {
                edits.values().forEach(SolveFrames::close);
            }
        }
        return ExitCode.DONE;
    }

    private List<String> methods() {
        EditMethods all = new EditMethods(Path.of(""));
        List<String> known = new ArrayList<>(all.names());
        known.remove("atlas");
        known.add(0, STABLEVIDEO);
        List<String> chosen = (methods.isEmpty() ? known : methods).stream().map(String::strip).distinct().limit(MOST).toList();
        for (String method : chosen) {
            if (!known.contains(method)) {
                throw new ProblemException(new RequestInvalid("There is no method “" + method + "”.", "Choose from " + String.join(", ", known) + "."));
            }
            all.named(edited(method)).weights();
        }
        return chosen;
    }

    /** The name that edits know a method by. */
    private static String edited(String method) {
        return method.equals(STABLEVIDEO) ? "atlas" : method;
    }

    private static SolveFrames edited(
            Studio studio, ClipSource source, Clip clip, SolveFrames original, EffectRequest request, String method, Progress progress) {
        Progress named = progress.renamed(stage -> method + ": " + stage);
        try (FrameRenderer renderer = studio.pipeline().prepare(source, request.edit().withMethod(edited(method)), request.mask(), named.part(0, 0.9))) {
            RenderedClip rendered = new RenderedClip(clip.identity(), clip.rate(), original, renderer, request.render());
            return SolveFrames.of(rendered, original.size(), named.part(0.9, 1));
        }
    }

    private static List<Measurement> judged(
            List<Measurement> plain, SolveFrames original, Map<String, SolveFrames> edits, EffectRequest request, Progress progress) {
        String prompt = Stream.of(request.edit().foreground(), request.edit().background()).filter(s -> !s.isBlank()).collect(Collectors.joining(", "));
        List<Measurement> judged = new ArrayList<>();
        try (Critics critics = Critics.of(ModelStore.ofUser())) {
            for (Measurement m : plain) {
                Progress part = progress.part((double) judged.size() / plain.size(), (judged.size() + 1.0) / plain.size());
                judged.add(m.with(critics.of(original::frame, edits.get(m.name())::frame, original.count(), prompt, part)));
            }
        }
        return judged;
    }

    private void write(
            EffectRequest request, SolveFrames original, List<Measurement> measured, Map<String, SolveFrames> edits, Map<String, Double> seconds)
            throws IOException {
        List<MeasurementPage.Shown> shown = measured.stream()
                .map(m -> new MeasurementPage.Shown(m, edits.get(m.name())::frame))
                .toList();
        String words = String.join(" / ", List.of(request.edit().foreground(), request.edit().background()).stream().filter(s -> !s.isBlank()).toList());
        String title = clip.file().getFileName() + ": " + words;
        Files.writeString(out.resolve("compare.html"), new MeasurementPage(title, original::frame, shown).html());
        Files.writeString(out.resolve("compare.md"), ScoreTable.markdown(measured));
        JsonObject all = new JsonObject();
        all.addProperty("clip", clip.file().getFileName().toString());
        all.addProperty("foreground", request.edit().foreground());
        all.addProperty("background", request.edit().background());
        JsonArray list = new JsonArray();
        for (Measurement m : measured) {
            JsonObject one = MeasurementJson.of(m);
            one.addProperty("seconds", Math.round(10 * seconds.get(m.name())) / 10.0);
            list.add(one);
        }
        all.add("methods", list);
        Files.writeString(out.resolve("compare.json"), all.toString());
        if (json) {
            spec.commandLine().getOut().println(all);
        } else {
            spec.commandLine().getOut().print(ScoreTable.lines(measured));
            spec.commandLine().getOut().println(out.resolve("compare.html"));
        }
        spec.commandLine().getOut().flush();
    }

    private void video(Clip frames, SolveFrames original, Map<String, SolveFrames> edits) throws IOException {
        List<SideBySide.Cell> cells = new ArrayList<>(List.of(new SideBySide.Cell("source", original::frame)));
        edits.forEach((name, edit) -> cells.add(new SideBySide.Cell(name, edit::frame)));
        Path raw = Files.createTempFile(out, "side-by-side", ".y4m");
        try {
            new SideBySide(cells, original.size()).write(raw, original.count(), frames.rate());
            Path video = out.resolve("side-by-side.mp4");
            Files.deleteIfExists(video);
            int code = new HostProcess(Installation.current().launcher()).run(
                    List.of("-silent", raw.toString(), "-consumer", "avformat:" + video, "vcodec=libx264", "crf=18", "preset=veryfast", "pix_fmt=yuv420p",
                            "an=1", "terminate_on_pause=1", "real_time=-1"),
                    Map.of(), video, line -> {});
            if (code != 0 || !Files.exists(video) || Files.size(video) == 0) {
                throw new ProblemException(new HostMissing(
                        "melt wrote no " + video + " (exit code " + code + ").", "See whether melt knows libx264: melt -query video_codecs"));
            }
        } finally {
            Files.deleteIfExists(raw);
        }
    }
}
