package org.stablevideo.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.AtlasQuality;
import org.stablevideo.atlas.AtlasVerdict;
import org.stablevideo.host.Studio;
import org.stablevideo.pipeline.ClipSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code analyse IN}: builds or finds the atlas of a clip and says how good it is. */
@Command(name = "analyse", description = "Builds or finds the atlas of a clip; prints its id, PSNR, seconds and coverage.")
final class AnalyseCommand implements Callable<Integer> {

    @Mixin
    private ClipOptions clip = new ClipOptions();

    @Mixin
    private SolverOptions solver = new SolverOptions();

    @Option(names = "--mask", paramLabel = "MASK",
            description = "Matte clip, picture or sequence of the object, box or point on it (box:20,30,40,50@12), several with +; of several objects with | between.")
    private String mask = "";

    @Mixin
    private ObjectsOption objects = new ObjectsOption();

    @Option(names = "--json", description = "On stdout as JSON, with the PSNR of every frame.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        solver.apply();
        ClipSource source = clip.source();
        int beginning = source.identity().firstFrame();
        List<Finding> findings;
        try (Studio studio = new Studio();
                ProgressLine progress = ProgressLine.standard()) {
            findings = studio.pipeline().analyse(
                    source, mask, objects.count(), atlas -> Finding.of(atlas, ShotList.Frames.of(atlas, beginning)), progress);
        }
        spec.commandLine().getOut().println(json ? describe(findings).toString() : sentence(findings));
        return ExitCode.DONE;
    }

    /** What is said of one part of a clip. */
    private record Finding(ShotList.Frames frames, String sentence, JsonObject json) {

        static Finding of(Atlas atlas, ShotList.Frames frames) {
            AtlasVerdict verdict = AtlasVerdict.of(atlas, frames.first());
            return new Finding(frames, AnalyseCommand.sentence(atlas, verdict, frames.first()), describe(atlas, verdict));
        }
    }

    private static String sentence(List<Finding> findings) {
        return findings.stream()
                .map(finding -> (findings.size() == 1 ? "" : "frames " + finding.frames() + ": ") + finding.sentence())
                .collect(Collectors.joining("\n"));
    }

    /** One atlas as it is, several as the list {@code shots}. */
    private static JsonObject describe(List<Finding> findings) {
        if (findings.size() == 1) {
            return findings.get(0).json();
        }
        JsonArray shots = new JsonArray();
        for (Finding finding : findings) {
            finding.json().addProperty("firstFrame", finding.frames().first());
            shots.add(finding.json());
        }
        JsonObject object = new JsonObject();
        object.add("shots", shots);
        return object;
    }

    private static String sentence(Atlas atlas, AtlasVerdict verdict, int first) {
        AtlasQuality quality = atlas.quality();
        double worst = Double.POSITIVE_INFINITY;
        int worstFrame = 0;
        for (int i = 0; i < quality.psnr().length; i++) {
            if (quality.psnr()[i] < worst) {
                worst = quality.psnr()[i];
                worstFrame = i;
            }
        }
        return String.format(
                Locale.ROOT,
                "atlas %s: %d frames at %s, %d layers, PSNR %.2f dB (worst %.2f at frame %d), solved in %.1f s%n%s",
                atlas.id(),
                atlas.frameCount(),
                atlas.solveSize(),
                atlas.layers().size(),
                quality.meanPsnr(),
                worst,
                first + worstFrame,
                quality.seconds(),
                verdict.sentence());
    }

    private static JsonObject describe(Atlas atlas, AtlasVerdict verdict) {
        AtlasQuality quality = atlas.quality();
        JsonObject object = new JsonObject();
        object.addProperty("id", atlas.id());
        object.addProperty("frames", atlas.frameCount());
        object.addProperty("width", atlas.solveSize().width());
        object.addProperty("height", atlas.solveSize().height());
        object.addProperty("layers", atlas.layers().size());
        object.add("meanPsnr", number(quality.meanPsnr()));
        object.add("meanStaticPsnr", number(quality.meanStaticPsnr()));
        object.add("psnr", array(quality.psnr()));
        object.add("coverage", array(quality.coverage()));
        object.add("foldedShare", number(quality.foldedShare()));
        object.add("seconds", number(quality.seconds()));
        object.add("objectPsnr", number(quality.health().meanObjectPsnr()));
        object.add("slip", number(quality.health().overallSlip()));
        JsonArray cuts = new JsonArray();
        quality.health().cuts().forEach(cuts::add);
        object.add("cuts", cuts);
        object.addProperty("verdict", verdict.grade().word());
        JsonArray reasons = new JsonArray();
        verdict.reasons().forEach(reasons::add);
        object.add("reasons", reasons);
        return object;
    }

    private static JsonArray array(double[] values) {
        JsonArray array = new JsonArray();
        for (double value : values) {
            array.add(number(value));
        }
        return array;
    }

    /** JSON has neither infinity, the PSNR of a perfect picture, nor NaN, that of no object: they become null. */
    private static JsonElement number(double value) {
        return Double.isFinite(value) ? new JsonPrimitive(Math.round(value * 1000) / 1000.0) : JsonNull.INSTANCE;
    }
}
