package org.stablevideo.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.stablevideo.preset.HostText;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.HostMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code render IN OUT}: one edit from file to file, headless, by the host. */
@Command(name = "render", description = "Edits a clip and writes it to a file, through melt. Frame rate, size and sound stay.")
final class RenderCommand implements Callable<Integer> {

    private static final Pattern PERCENTAGE = Pattern.compile("percentage: *(\\d+)");

    /** What the effect says while a frame waits for its edit: {@code stablevideo: painting 34 % (this edit: about 4 min, 3.1 GB)}. */
    private static final Pattern WORK = Pattern.compile("stablevideo: (.+) (\\d+) %(?: \\((.*)\\))?");

    /** What the effect says once about an edit that is there but weak. */
    private static final Pattern REMARK = Pattern.compile("\\[filter stablevideo\\] (Edited, but: .+)");

    private static final Pattern H264 = Pattern.compile(".*\\.(mp4|m4v|mov|mkv)", Pattern.CASE_INSENSITIVE);
    private static final int KEPT_LINES = 12;

    @Parameters(index = "0", paramLabel = "IN", description = "Clip: anything melt opens.")
    private Path in;

    @Parameters(index = "1", paramLabel = "OUT", description = "File to write; its ending chooses the format.")
    private Path out;

    @Option(names = "--overwrite", description = "Replace OUT when it exists.")
    private boolean overwrite;

    @Option(names = "--first", paramLabel = "N", description = "First frame to render (default 0).")
    private Integer first;

    @Option(names = "--last", paramLabel = "N", description = "Last frame to render (default the clip's last).")
    private Integer last;

    @Option(names = "--consumer", paramLabel = "KEY=VALUE", description = "Property for melt's consumer, such as crf=20. May be repeated.")
    private List<String> consumer = List.of();

    @Option(names = "--json", description = "Report on stdout as JSON.")
    private boolean json;

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private SolverOptions solver = new SolverOptions();

    private CommandSpec spec;
    private EffectOptions effect;

    @Spec
    void declare(CommandSpec own) {
        spec = own;
        effect = EffectOptions.addTo(own);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        solver.apply();
        Map<String, String> parameters = effect.edit(PresetLibrary.standard());
        Path target = checkedTarget();
        HostProcess melt = new HostProcess(Installation.current().launcher());
        RenderSource clip = RenderSource.probe(melt, in);
        checkRange(clip);
        if (!melt.hasEffect()) {
            throw new ProblemException(new HostMissing(
                    "melt does not know the effect stablevideo.", "Build it with packaging/quickstart.sh, or install the package."));
        }
        device.claimBackend();
        solver.claimBackend();
        Path part = target.resolveSibling("." + target.getFileName().toString().replaceFirst("(\\.[^.]*)$", "") + ".part" + ending(target));
        Path report = Files.createTempFile("stablevideo-report", ".json");
        Thread tidy = new Thread(() -> delete(part), "remove " + part);
        Runtime.getRuntime().addShutdownHook(tidy);
        try {
            return render(melt, clip, parameters, part, target, report);
        } finally {
            delete(part);
            delete(report);
            Runtime.getRuntime().removeShutdownHook(tidy);
        }
    }

    private int render(HostProcess melt, RenderSource clip, Map<String, String> parameters, Path part, Path target, Path report) throws IOException {
        long startMs = System.currentTimeMillis();
        Deque<String> tail = new ArrayDeque<>();
        int code;
        try (ProgressLine progress = ProgressLine.standard()) {
            progress.report("starting", 0);
            Map<String, String> environment = new HashMap<>(device.environment());
            environment.putAll(solver.environment());
            environment.put("STABLEVIDEO_REPORT", report.toString());
            code = melt.run(arguments(clip, parameters, part), environment, part, line -> hear(line, progress, tail));
        }
        if (code != 0 || !Files.exists(part) || Files.size(part) == 0) {
            spec.commandLine().getErr().println("stablevideo: melt wrote no " + target + " (exit code " + code + "). It said:");
            tail.forEach(line -> spec.commandLine().getErr().println("  " + line));
            return ExitCode.FAILED;
        }
        move(part, target);
        double seconds = (System.currentTimeMillis() - startMs) / 1000.0;
        Optional<RenderReport> told = RenderReport.read(report);
        boolean complete = told.map(RenderReport::complete).orElse(false);
        if (json) {
            spec.commandLine().getOut().println(json(target, parameters, told, complete, seconds));
        } else if (complete) {
            spec.commandLine().getErr().println(String.format(Locale.ROOT, "%s: all %d frames edited, in %.1f s", target, told.orElseThrow().frames(), seconds));
        }
        if (!complete) {
            spec.commandLine().getErr().println("stablevideo: incomplete: " + target + " " + shortfall(told));
        }
        return complete ? ExitCode.DONE : ExitCode.INCOMPLETE;
    }

    private static String shortfall(Optional<RenderReport> told) {
        if (told.isEmpty()) {
            return "may hold unedited frames: the effect left no report.";
        }
        RenderReport report = told.get();
        int missing = report.frames() - report.edited();
        String what = report.edited() == 0 ? "is the source unchanged. " : "is the source unchanged in " + missing + " of " + report.frames() + " frames. ";
        return what + report.message();
    }

    private List<String> arguments(RenderSource clip, Map<String, String> parameters, Path part) {
        List<String> arguments = new ArrayList<>(List.of("-progress2", clip.file().toString()));
        int lastFrame = last == null ? clip.frames() - 1 : last;
        arguments.add("in=" + (first == null ? 0 : first));
        arguments.add("out=" + lastFrame);
        arguments.addAll(List.of("-attach-cut", "stablevideo", "wait=yes"));
        parameters.forEach((name, text) -> arguments.add(name + "=" + HostText.encode(text)));
        // melt 7.12 wrote nothing in 2 of 60 runs with four frames in flight and in 1 of 40 with two, filter or not; in none of 40 with one
        arguments.addAll(List.of("-consumer", "avformat:" + part, "terminate_on_pause=1", "real_time=-1"));
        if (H264.matcher(part.getFileName().toString()).matches()) {
            arguments.addAll(List.of("vcodec=libx264", "crf=16", "preset=veryfast", "movflags=+faststart"));
            boolean odd = clip.width() % 2 != 0 || clip.height() % 2 != 0;
            arguments.add(odd ? "pix_fmt=yuv444p" : "pix_fmt=yuv420p");
            arguments.addAll(clip.hasAudio() ? List.of("acodec=aac", "ab=192k") : List.of());
        }
        if (!clip.hasAudio()) {
            arguments.add("an=1");
        }
        arguments.addAll(consumer);
        return arguments;
    }

    static void hear(String line, ProgressLine progress, Deque<String> tail) {
        Matcher percentage = PERCENTAGE.matcher(line);
        Matcher work = WORK.matcher(line);
        Matcher remark = REMARK.matcher(line);
        if (percentage.find()) {
            progress.report("rendering", Integer.parseInt(percentage.group(1)) / 100.0);
        } else if (work.matches()) {
            Optional.ofNullable(work.group(3)).ifPresent(progress::note);
            progress.report(work.group(1), Integer.parseInt(work.group(2)) / 100.0);
        } else if (remark.matches()) {
            progress.note(remark.group(1));
        } else if (!line.isBlank() && !line.contains("LADSPA")) {
            tail.addLast(line);
            if (tail.size() > KEPT_LINES) {
                tail.removeFirst();
            }
        }
    }

    private Path checkedTarget() {
        Path target = out.toAbsolutePath().normalize();
        if (ending(target).isEmpty()) {
            throw new ParameterException(spec.commandLine(), "OUT needs an ending that names the format, such as .mp4, got " + out);
        }
        if (target.getParent() == null || !Files.isDirectory(target.getParent())) {
            throw invalid("The folder of " + target + " does not exist.", "Make it first.");
        }
        if (!Files.isWritable(target.getParent())) {
            throw invalid("The folder of " + target + " cannot be written.", "Choose another.");
        }
        if (Files.exists(target) && !overwrite) {
            throw invalid(target + " exists already.", "Choose another name, or give --overwrite.");
        }
        if (target.equals(in.toAbsolutePath().normalize())) {
            throw invalid("IN and OUT are the same file.", "Choose another name for OUT.");
        }
        for (String property : consumer) {
            if (!property.matches("[A-Za-z0-9_:.-]+=.*")) {
                throw new ParameterException(spec.commandLine(), "--consumer takes KEY=VALUE, got " + property);
            }
        }
        return target;
    }

    private void checkRange(RenderSource clip) {
        int from = first == null ? 0 : first;
        int to = last == null ? clip.frames() - 1 : last;
        if (from < 0 || to < from || to >= clip.frames()) {
            throw invalid(
                    "Frames " + from + " to " + to + " are not in the clip, which has 0 to " + (clip.frames() - 1) + ".",
                    "Change --first or --last.");
        }
    }

    private static JsonObject json(Path target, Map<String, String> parameters, Optional<RenderReport> told, boolean complete, double seconds) {
        JsonObject object = new JsonObject();
        object.addProperty("out", target.toString());
        object.addProperty("complete", complete);
        object.addProperty("seconds", seconds);
        Optional.ofNullable(parameters.get("seed")).ifPresent(seed -> object.addProperty("seed", Long.valueOf(seed)));
        told.ifPresent(report -> {
            object.addProperty("frames", report.frames());
            object.addProperty("edited", report.edited());
            object.addProperty("passed", report.passed());
            object.addProperty("failed", report.failed());
            object.addProperty("message", report.message());
        });
        return object;
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot < 1 || dot == name.length() - 1 ? "" : name.substring(dot);
    }

    private static void move(Path part, Path target) throws IOException {
        try {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            org.slf4j.LoggerFactory.getLogger(RenderCommand.class).warn("cannot remove {}: {}", file, e.getMessage());
        }
    }

    private static ProblemException invalid(String message, String remedy) {
        return new ProblemException(new RequestInvalid(message, remedy));
    }
}
