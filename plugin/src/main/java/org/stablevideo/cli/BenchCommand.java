package org.stablevideo.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.AtlasFile;
import org.stablevideo.atlas.AtlasVerdict;
import org.stablevideo.atlas.Reconstruction;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipPart;
import org.stablevideo.edit.AtlasFit;
import org.stablevideo.frame.Plane;
import org.stablevideo.host.HostClip;
import org.stablevideo.host.Studio;
import org.stablevideo.measure.PictureScore;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.pipeline.ClipSource;
import org.stablevideo.problem.ClipUnreadable;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench DIR}: how good and how fast atlases of a folder of clips are. */
@Command(
        name = "bench",
        description = "Analyses every clip of a folder and prints a table: time, PSNR, SSIM, matte IoU, slip, folded cells, file size; PSNR of the object "
                + "and how much the atlas explains of every layer, by which method=auto decides; and the means.")
final class BenchCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "DIR", description = "Clips (*.mp4, *.mov, *.mkv), or folders with clip.mp4 and perhaps masks/*.png.")
    private Path folder;

    @Mixin
    private SolverOptions solver = new SolverOptions();

    @Option(names = "--json", description = "On stdout as JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** A clip and where its true masks are, empty for none. */
    private record Case(String name, Path clip, String masks) {}

    /** Figures of one clip; {@code iou} is NaN without masks. */
    private record Row(
            String name, int frames, String size, double seconds, double plain, double lit, double ssim, double iou, double slip, double folded,
            double megabytes, String verdict, double object, String explained, String way) {}

    @Override
    public Integer call() {
        solver.apply();
        List<Row> rows = new ArrayList<>();
        PrintWriter out = spec.commandLine().getOut();
        if (!json) {
            out.printf("%-16s %6s %-9s %7s %7s %7s %6s %6s %6s %8s %6s  %-8s %6s  %-12s %s%n", "clip", "frames", "size", "seconds", "static", "light", "SSIM", "IoU",
                    "slip", "folded %", "MB", "verdict", "object", "explained", "method=auto");
        }
        try (Studio studio = new Studio()) {
            for (Case one : cases()) {
                for (Row row : measure(studio, one)) {
                    rows.add(row);
                    if (!json) {
                        print(out, row);
                    }
                }
            }
        }
        Row mean = mean(rows);
        if (json) {
            JsonArray list = new JsonArray();
            rows.forEach(row -> list.add(describe(row)));
            JsonObject object = new JsonObject();
            object.add("clips", list);
            object.add("mean", describe(mean));
            out.println(object);
        } else {
            print(out, mean);
        }
        return ExitCode.DONE;
    }

    private List<Case> cases() {
        try (Stream<Path> entries = Files.list(folder)) {
            List<Case> cases = entries.sorted().map(BenchCommand::asCase).filter(one -> Files.isRegularFile(one.clip())).toList();
            if (cases.isEmpty()) {
                throw new ProblemException(new ClipUnreadable("There is no clip in " + folder + ".", "Give a folder with *.mp4, or with NAME/clip.mp4."));
            }
            return cases;
        } catch (IOException e) {
            throw new ProblemException(new ClipUnreadable("The folder " + folder + " cannot be read.", "Check the name."), e);
        }
    }

    private static Case asCase(Path entry) {
        String name = entry.getFileName().toString();
        if (Files.isDirectory(entry)) {
            Path masks = entry.resolve("masks");
            return new Case(name, entry.resolve("clip.mp4"), Files.isDirectory(masks) ? masks.toAbsolutePath().toString() : "");
        }
        boolean clip = name.matches(".*\\.(mp4|mov|mkv)");
        return new Case(name.replaceFirst("\\.\\w+$", ""), clip ? entry : entry.resolve("none"), "");
    }

    /** A row a shot; nearly always one. */
    private static List<Row> measure(Studio studio, Case one) {
        long start = System.nanoTime();
        ClipSource source = HostClip.of(one.clip().toAbsolutePath().normalize().toString());
        List<Atlas> atlases = studio.pipeline().analyse(source, "", 1, Progress.NONE);
        double seconds = (System.nanoTime() - start) / 1e9;
        try (Clip clip = source.open(Progress.NONE)) {
            MeasuredClip measured = MeasuredClip.of(studio, source, clip, one.masks(), true, Progress.NONE);
            try (SolveFrames frames = measured.frames()) {
                return new ShotList(atlases).map((span, atlas) -> {
                    AtlasFit fit = AtlasFit.of(atlas, new ClipPart(clip, span.first(), span.count()));
                    Reconstruction reconstruction = new Reconstruction(atlas);
                    double ssim = IntStream.range(0, span.count()).parallel()
                            .mapToDouble(t -> PictureScore.ssim(reconstruction.frame(t, true), frames.frame(span.first() + t))).average().orElse(Double.NaN);
                    return new Row(one.name() + (atlases.size() == 1 ? "" : " " + span), atlas.frameCount(), atlas.clipSize().toString(),
                            seconds * span.count() / clip.frameCount(), atlas.quality().meanStaticPsnr(), atlas.quality().meanPsnr(), ssim,
                            one.masks().isEmpty() ? Double.NaN : overlap(measured, span), atlas.quality().health().overallSlip(),
                            100 * atlas.quality().foldedShare(), megabytes(atlas), AtlasVerdict.of(atlas, 0).grade().word(),
                            atlas.quality().health().meanObjectPsnr(), fit.sentence(), way(atlas, fit));
                }).toList();
            }
        }
    }

    /** How each layer would be painted, front to back. */
    private static String way(Atlas atlas, AtlasFit fit) {
        return IntStream.range(0, atlas.layers().size())
                .mapToObj(layer -> fit.holds(layer) ? "atlas" : "frames")
                .collect(Collectors.joining(", "));
    }

    private static double overlap(MeasuredClip clip, ShotList.Frames span) {
        List<Plane> found = clip.found().orElseThrow();
        double sum = 0;
        int count = 0;
        for (int t = span.first(); t < span.first() + span.count(); t++) {
            double iou = PictureScore.overlap(found.get(t), clip.object().get(t));
            sum += Double.isNaN(iou) ? 0 : iou;
            count += Double.isNaN(iou) ? 0 : 1;
        }
        return sum / count;
    }

    private static double megabytes(Atlas atlas) {
        try {
            Path file = Files.createTempFile("stablevideo", ".svatlas");
            try {
                AtlasFile.write(atlas, file);
                return Files.size(file) / 1e6;
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row mean(List<Row> rows) {
        return new Row("mean", (int) Math.round(mean(rows, Row::frames)), "", mean(rows, Row::seconds), mean(rows, Row::plain), mean(rows, Row::lit),
                mean(rows, Row::ssim), mean(rows, Row::iou), mean(rows, Row::slip), mean(rows, Row::folded), mean(rows, Row::megabytes), "", mean(rows, Row::object), "", "");
    }

    private static double mean(List<Row> rows, java.util.function.ToDoubleFunction<Row> figure) {
        return rows.stream().mapToDouble(figure).filter(Double::isFinite).average().orElse(Double.NaN);
    }

    private static void print(PrintWriter out, Row row) {
        out.printf(Locale.ROOT, "%-16s %6d %-9s %7.1f %7.2f %7.2f %6.3f %6s %6.2f %8.2f %6.1f  %-8s %6s  %-12s %s%n", row.name(), row.frames(), row.size(), row.seconds(),
                row.plain(), row.lit(), row.ssim(), Double.isNaN(row.iou()) ? "-" : String.format(Locale.ROOT, "%.3f", row.iou()), row.slip(),
                row.folded(), row.megabytes(), row.verdict(), Double.isNaN(row.object()) ? "-" : String.format(Locale.ROOT, "%.2f", row.object()),
                row.explained(), row.way());
        out.flush();
    }

    private static JsonObject describe(Row row) {
        JsonObject object = new JsonObject();
        object.addProperty("clip", row.name());
        object.addProperty("frames", row.frames());
        object.addProperty("size", row.size());
        object.addProperty("seconds", row.seconds());
        object.addProperty("staticPsnr", row.plain());
        object.addProperty("psnr", row.lit());
        object.addProperty("ssim", row.ssim());
        if (!Double.isNaN(row.iou())) {
            object.addProperty("iou", row.iou());
        }
        object.addProperty("slip", row.slip());
        object.addProperty("foldedPercent", row.folded());
        object.addProperty("megabytes", row.megabytes());
        object.addProperty("verdict", row.verdict());
        if (!Double.isNaN(row.object())) {
            object.addProperty("objectPsnr", row.object());
        }
        object.addProperty("explained", row.explained());
        object.addProperty("auto", row.way());
        return object;
    }
}
