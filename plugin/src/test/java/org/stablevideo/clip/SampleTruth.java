package org.stablevideo.clip;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What is known about the sample clip because a program drew it: its mattes, and where points of the car and of the scene are in every frame. Made
 * by that program once (a minute or two) and kept in {@code plugin/target} until the program changes.
 *
 * @param folder mattes as {@code matte_0000.png} …, points as {@code points.csv}
 */
public record SampleTruth(Path folder) {

    private static final Path ROOT = Path.of(System.getProperty("stablevideo.root"));

    /**
     * A point of a layer in one frame.
     *
     * @param frame number of the frame
     * @param x column, 0 at the centre of the first pixel
     * @param y row
     */
    public record Sighting(int frame, double x, double y) {}

    /** The sample clip itself. */
    public static Path video() {
        return ROOT.resolve("packaging/sample/sample.mp4");
    }

    /** Finds the truth, or has it made. */
    public static SampleTruth get() {
        Path program = ROOT.resolve("packaging/sample/Sample.java");
        try {
            Path made = ROOT.resolve("plugin/target/sample-truth-" + stamp(program));
            if (!Files.isDirectory(made)) {
                Path part = made.resolveSibling(made.getFileName() + ".part");
                deleteTree(part);
                make(program, part);
                Files.move(part, made);
            }
            return new SampleTruth(made);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Where each point of a layer is seen, frame by frame; points that are seen once are left out.
     *
     * @param layer {@code car} or {@code background}
     */
    public List<List<Sighting>> points(String layer) {
        Map<Integer, List<Sighting>> points = new LinkedHashMap<>();
        try (Stream<String> lines = Files.lines(folder.resolve("points.csv"))) {
            lines.skip(1).map(line -> line.split(",")).filter(cell -> cell[0].equals(layer) && cell[5].equals("1")).forEach(cell -> points.computeIfAbsent(
                            Integer.valueOf(cell[1]), point -> new ArrayList<>())
                    .add(new Sighting(Integer.parseInt(cell[2]), Double.parseDouble(cell[3]), Double.parseDouble(cell[4]))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return points.values().stream().filter(seen -> seen.size() > 1).toList();
    }

    private static void make(Path program, Path target) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(java, program.toString(), "--truth", target.toString()).inheritIO().start();
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException("Sample.java ended with " + process.exitValue());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String stamp(Path program) throws IOException {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(program));
            return HexFormat.of().formatHex(hash, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
