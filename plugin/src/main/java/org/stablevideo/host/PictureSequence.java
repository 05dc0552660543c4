package org.stablevideo.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Files of a picture sequence, which a host names by a pattern: {@code shot-%04d.png} or {@code folder/.all.png}. */
final class PictureSequence {

    private static final Pattern NUMBER = Pattern.compile("%(0\\d+)?d");

    private PictureSequence() {}

    /** The files in order; empty when the resource is no such pattern. */
    static List<Path> files(String resource) throws IOException {
        String plain = resource.contains("?") ? resource.substring(0, resource.indexOf('?')) : resource;
        Path pattern;
        try {
            pattern = Path.of(plain);
        } catch (InvalidPathException e) {
            return List.of();
        }
        Path folder = pattern.toAbsolutePath().getParent();
        if (pattern.getFileName() == null || folder == null || !Files.isDirectory(folder)) {
            return List.of();
        }
        String name = pattern.getFileName().toString();
        Matcher number = NUMBER.matcher(name);
        Pattern wanted;
        if (number.find()) {
            wanted = Pattern.compile(Pattern.quote(name.substring(0, number.start())) + "\\d+" + Pattern.quote(name.substring(number.end())));
        } else if (name.startsWith(".all.")) {
            wanted = Pattern.compile(".*" + Pattern.quote(name.substring(4)));
        } else {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> wanted.matcher(file.getFileName().toString()).matches()).sorted().toList();
        }
    }
}
