package org.stablevideo.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.stablevideo.clip.Clip;
import org.stablevideo.host.Studio;
import org.stablevideo.measure.Critics;
import org.stablevideo.measure.Measurement;
import org.stablevideo.measure.MeasurementJson;
import org.stablevideo.measure.MeasurementPage;
import org.stablevideo.measure.PairScore;
import org.stablevideo.measure.ScoreTable;
import org.stablevideo.measure.Yardstick;
import org.stablevideo.model.ModelStore;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.pipeline.ClipSource;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;
import org.stablevideo.progress.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code measure EDITED --source CLIP}: how steady and how faithful an edited clip is. */
@Command(
        name = "measure",
        description = "Measures an edited clip against its source: warp error, flow consistency, PSNR, SSIM, LPIPS and CLIP, of the frame and of the object.")
final class MeasureCommand implements Callable<Integer> {

    private static final int WORST = 5;

    @Parameters(index = "0", paramLabel = "EDITED", description = "Edited clip: anything melt opens; as many frames as its source.")
    private Path edited;

    @Option(names = "--source", paramLabel = "CLIP", required = true, description = "The clip that was edited.")
    private Path source;

    @Option(names = {"--masks", "--mask"}, paramLabel = "FILE", description = "Matte clip, picture or folder of pictures of the object; else it is found.")
    private String masks = "";

    @Option(names = "--iou", description = "Also find the object by its motion and compare it with --masks.")
    private boolean iou;

    @Option(names = "--page", paramLabel = "HTML", description = "Write a page with plots, contact sheet and wipe; it needs no other file.")
    private Path page;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "What the edit was to show: for the CLIP score, where you have CLIP's weights.")
    private String prompt = "";

    @Option(names = "--json", description = "On stdout as JSON, with every frame and pair.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (iou && masks.isEmpty()) {
            throw new ProblemException(new RequestInvalid("There is nothing to compare the found object with.", "Give --masks with --iou."));
        }
        ClipSource original = MeasuredClip.source(source);
        ClipSource result = MeasuredClip.source(edited);
        try (Studio studio = new Studio();
                ProgressLine progress = ProgressLine.standard();
                Clip clip = original.open(progress.part(0, 0.05))) {
            MeasuredClip.requireSameFrames(edited, result.identity().frameCount(), source, clip.frameCount());
            MeasuredClip ground = MeasuredClip.of(studio, original, clip, masks, iou, progress.part(0.05, 0.5));
            try (SolveFrames frames = ground.frames();
                    Clip clipEdited = result.open(progress.part(0.5, 0.55));
                    SolveFrames framesEdited = MeasuredClip.frames(edited, clipEdited, source, frames)) {
                Yardstick yardstick = new Yardstick(frames, ground.object(), ground.found());
                String name = edited.getFileName().toString();
                Measurement plain = yardstick.measure(Map.of(name, framesEdited), progress.part(0.55, 0.8)).get(0);
                Measurement measurement;
                try (Critics critics = Critics.of(ModelStore.ofUser())) {
                    measurement = plain.with(critics.of(frames::frame, framesEdited::frame, frames.count(), prompt, progress.part(0.8, 1)));
                }
                if (page != null) {
                    String title = name + " against " + source.getFileName();
                    MeasurementPage.Shown shown = new MeasurementPage.Shown(measurement, framesEdited::frame);
                    Files.writeString(page, new MeasurementPage(title, frames::frame, List.of(shown)).html());
                }
                print(measurement);
            }
        }
        return ExitCode.DONE;
    }

    private void print(Measurement measurement) {
        if (json) {
            JsonObject object = MeasurementJson.of(measurement);
            object.addProperty("source", source.toString());
            spec.commandLine().getOut().println(object);
            return;
        }
        spec.commandLine().getOut().print(ScoreTable.lines(List.of(measurement)));
        List<PairScore> pops = measurement.worst(WORST).stream().filter(pair -> Measurement.worseness(pair) > Measurement.STEADY).toList();
        for (PairScore pair : pops) {
            spec.commandLine().getOut().println(String.format(
                    Locale.ROOT, "pops at frame %d: %.1f times the source's warp error", pair.frame() + 1, Measurement.worseness(pair)));
        }
        if (pops.isEmpty()) {
            spec.commandLine().getOut().println("no pair of frames pops");
        }
        spec.commandLine().getOut().flush();
    }
}
