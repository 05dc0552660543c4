package org.stablevideo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of Flatpak's overrides: groups in brackets, and lines of keys with their values.
 *
 * @param lines as they stand in it
 */
record FlatpakOverride(List<String> lines) {

    FlatpakOverride {
        lines = List.copyOf(lines);
    }

    static FlatpakOverride read(Path file) throws IOException {
        return new FlatpakOverride(Files.readAllLines(file));
    }

    /** Without the lines of these keys, and without groups that have nothing in them. */
    FlatpakOverride without(List<String> keys) {
        List<String> rest = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("[") || line.isBlank()) {
                dropEmptyGroup(rest);
            }
            if (!line.isBlank() && !keys.contains(line.split("=", 2)[0])) {
                rest.add(line);
            }
        }
        dropEmptyGroup(rest);
        return new FlatpakOverride(rest);
    }

    private static void dropEmptyGroup(List<String> rest) {
        if (!rest.isEmpty() && rest.get(rest.size() - 1).startsWith("[")) {
            rest.remove(rest.size() - 1);
        }
    }

    /** Writes it; where nothing is left, deletes it. */
    void write(Path file) throws IOException {
        if (lines.isEmpty()) {
            Files.deleteIfExists(file);
        } else {
            UserSetup.replace(file, String.join("\n", lines) + "\n");
        }
    }
}
