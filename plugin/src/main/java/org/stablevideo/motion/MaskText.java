package org.stablevideo.motion;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the text of a mask names (see {@link MaskSource}). Looks at names alone: no picture is opened. */
public final class MaskText {

    private static final Pattern AT_FRAME = Pattern.compile("(.+)@(\\d{1,9})");
    private static final Pattern NAMED_FRAME = Pattern.compile("(.+)@(\\d{1,9})(\\.[^.]+)");
    private static final Pattern COUNTER = Pattern.compile("%0?\\d*d");
    private static final Pattern IMAGE = Pattern.compile(".*\\.(png|jpe?g|tiff?|bmp|webp|pgm|ppm)");

    private MaskText() {}

    /**
     * A mark in one frame.
     *
     * @param text as it was given
     * @param picture painted for that frame; null for a box or a point
     * @param frame counted from the clip's first
     */
    record Mark(String text, Path picture, int frame) {}

    /** The masks of several objects, as a text has them with {@code |} between; a text that names a file is one. */
    public static List<String> objects(String text) {
        if (!text.contains("|") || Files.exists(Path.of(text))) {
            return List.of(text);
        }
        return Arrays.stream(text.split("\\|", -1)).map(String::strip).toList();
    }

    /**
     * The same text with its files named in another way.
     *
     * @param name gives a file's other name; of anything else the text itself
     */
    public static String renamed(String text, UnaryOperator<String> name) {
        String whole = name.apply(text);
        if (!whole.equals(text)) {
            return whole;
        }
        return Arrays.stream(text.split("\\|", -1))
                .map(object -> pieces(object).map(piece -> renamedPiece(piece, name)).collect(Collectors.joining(" + ")))
                .collect(Collectors.joining(" | "));
    }

    private static String renamedPiece(String piece, UnaryOperator<String> name) {
        Matcher at = AT_FRAME.matcher(piece);
        String whole = name.apply(piece);
        return whole.equals(piece) && at.matches() ? name.apply(at.group(1)) + "@" + at.group(2) : whole;
    }

    /** The first frame that the mask of one object is painted or marked in; empty where it is for all frames. */
    public static OptionalInt markedFrame(String object) {
        return marks(object).stream().mapToInt(Mark::frame).min();
    }

    /** The files that the mask of one object is read from and that are there, in the order of their frames. */
    public static List<Path> files(String object) {
        List<Mark> marks = marks(object);
        if (!marks.isEmpty()) {
            return marks.stream().map(Mark::picture).filter(picture -> picture != null && Files.exists(picture)).toList();
        }
        Path path = Path.of(object);
        Matcher counter = COUNTER.matcher(String.valueOf(path.getFileName()));
        if (counter.find() && !Files.exists(path)) {
            Pattern row = Pattern.compile(Pattern.quote(path.getFileName().toString().substring(0, counter.start())) + "\\d+"
                    + Pattern.quote(path.getFileName().toString().substring(counter.end())));
            return list(path.toAbsolutePath().getParent()).stream().filter(file -> row.matcher(file.getFileName().toString()).matches()).toList();
        }
        return Files.isDirectory(path) ? list(path) : Stream.of(path).filter(Files::exists).toList();
    }

    /** What one object's text marks in single frames, in the order in which it says so; nothing where it is for all frames. */
    static List<Mark> marks(String object) {
        List<String> pieces = Files.exists(Path.of(object)) ? List.of(object) : pieces(object).toList();
        return pieces.size() > 1 || isOfOneFrame(object) ? pieces.stream().flatMap(MaskText::mark).toList() : List.of();
    }

    private static Stream<String> pieces(String object) {
        return Arrays.stream(object.split(" \\+ ", -1)).map(String::strip);
    }

    /** Whether a name is a picture's. */
    static boolean isPicture(Path file) {
        return IMAGE.matcher(file.toString().toLowerCase(Locale.ROOT)).matches();
    }

    /** The place of the frame's number in the name of each picture of a row; nothing is found in other texts. */
    static Matcher counter(String text) {
        return COUNTER.matcher(text);
    }

    private static boolean isOfOneFrame(String text) {
        return MarkedObject.isMark(text) || isPicture(atFrame(text)) && !COUNTER.matcher(text).find();
    }

    /** The file of {@code file@12}; the text itself where that is a file. */
    private static Path atFrame(String text) {
        Matcher at = AT_FRAME.matcher(text);
        return !Files.exists(Path.of(text)) && at.matches() ? Path.of(at.group(1)) : Path.of(text);
    }

    private static Stream<Mark> mark(String piece) {
        Matcher at = AT_FRAME.matcher(piece);
        boolean says = at.matches() && !Files.exists(Path.of(piece));
        int frame = says ? Integer.parseInt(at.group(2)) : 0;
        if (MarkedObject.isMark(piece)) {
            return Stream.of(new Mark(piece, null, frame));
        }
        Path picture = atFrame(piece);
        Matcher named = NAMED_FRAME.matcher(String.valueOf(picture.getFileName()));
        return says || !named.matches() || !Files.exists(picture)
                ? Stream.of(new Mark(piece, picture, frame))
                : list(picture.toAbsolutePath().getParent()).stream().flatMap(file -> ofRow(file, named.group(1)));
    }

    /** A picture that has its frame in its name, with the others of that name: {@code car@12.png} and {@code car@40.png} are one mask. */
    private static Stream<Mark> ofRow(Path file, String name) {
        Matcher named = NAMED_FRAME.matcher(file.getFileName().toString());
        return named.matches() && named.group(1).equals(name) && isPicture(file)
                ? Stream.of(new Mark(file.toString(), file, Integer.parseInt(named.group(2))))
                : Stream.empty();
    }

    /** What a folder holds, by name; nothing where it cannot be read. */
    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }
}
