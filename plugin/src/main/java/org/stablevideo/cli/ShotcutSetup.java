package org.stablevideo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Shotcut with our panel, without root. Shotcut looks for panels only beside its own program, in {@code ../share/shotcut/qml/filters}; so there is a copy of
 * the program (some MB), beside which links lead to everything of the system's and to our panel.
 */
final class ShotcutSetup {

    private static final Path PROGRAM = Path.of("/usr/bin/shotcut");
    private static final Path SHARED = Path.of("/usr/share/shotcut");
    private static final String FILTERS = "qml/filters";

    /** What Shotcut starts from the folder of its own program. */
    private static final List<String> COMPANIONS = List.of("melt-7", "melt", "ffmpeg", "ffprobe", "ffplay", "glaxnimate");

    private final Installation installation;
    private final Path data;

    /**
     * @param installation whose panel it is
     * @param data the user's data folder
     */
    ShotcutSetup(Installation installation, Path data) {
        this.installation = installation;
        this.data = data;
    }

    /** Whether a Shotcut is installed as distributions do it. */
    static boolean isThere() {
        return Files.isExecutable(PROGRAM) && Files.isDirectory(SHARED.resolve(FILTERS));
    }

    /**
     * Does everything, again where it was done before; one line for each thing done.
     *
     * @param modules the folder for {@code MLT_REPOSITORY}
     */
    List<String> install(Path modules) throws IOException {
        if (Files.isDirectory(folder())) {
            UserSetup.deleteTree(folder());
        }
        Path programs = Files.createDirectories(folder().resolve("bin"));
        Path program = Files.copy(PROGRAM, programs.resolve("shotcut"), StandardCopyOption.COPY_ATTRIBUTES);
        for (String name : COMPANIONS) {
            Path companion = PROGRAM.resolveSibling(name);
            if (Files.exists(companion)) {
                Files.createSymbolicLink(programs.resolve(name), companion);
            }
        }
        Path shared = folder().resolve("share/shotcut");
        linkAll(SHARED, shared, "qml");
        linkAll(SHARED.resolve("qml"), shared.resolve("qml"), "filters");
        linkAll(SHARED.resolve(FILTERS), shared.resolve(FILTERS), "stablevideo");
        Files.createSymbolicLink(shared.resolve(FILTERS).resolve("stablevideo"), installation.shotcutPanel());
        UserSetup.replace(desktopEntry(), desktopText(program, modules));
        return List.of("Shotcut         " + program, "menu entry      " + desktopEntry());
    }

    /** Takes it back; one line for each thing done. */
    List<String> remove() throws IOException {
        List<String> done = new ArrayList<>();
        if (Files.isDirectory(folder())) {
            UserSetup.deleteTree(folder());
            done.add("removed " + folder());
        }
        if (Files.deleteIfExists(desktopEntry())) {
            done.add("removed " + desktopEntry());
        }
        return done;
    }

    private static void linkAll(Path from, Path to, String but) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> all = Files.list(from)) {
            for (Path file : all.filter(path -> !path.getFileName().toString().equals(but)).toList()) {
                Files.createSymbolicLink(to.resolve(file.getFileName()), file);
            }
        }
    }

    private String desktopText(Path program, Path modules) {
        return String.join(
                "\n",
                "[Desktop Entry]",
                "Type=Application",
                "Name=Shotcut with StableVideo",
                "GenericName=Video Editor",
                "Comment=Shotcut with the filter that edits by text",
                "Exec=env \"MLT_REPOSITORY=" + modules + "\" \"STABLEVIDEO_LAUNCHER=" + installation.launcher() + "\" \"" + program + "\" %F",
                "Icon=org.shotcut.Shotcut",
                "Categories=AudioVideo;AudioVideoEditing;",
                "");
    }

    private Path folder() {
        return data.resolve("stablevideo/shotcut");
    }

    private Path desktopEntry() {
        return data.resolve("applications/shotcut-stablevideo.desktop");
    }
}
