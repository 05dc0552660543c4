package org.stablevideo.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where this program and its host lie.
 *
 * @param root the repository, or {@code /usr/share/stablevideo}
 * @param launcher the script that starts us
 */
record Installation(Path root, Path launcher) {

    private static final String MODULE = "libmltstablevideo.so";

    /** The installation that this process runs from. */
    static Installation current() {
        Path root = Path.of(System.getProperty("stablevideo.root", "/usr/share/stablevideo"));
        String launcher = System.getProperty("stablevideo.launcher", "");
        return new Installation(root, launcher.isEmpty() ? root.resolve("packaging").resolve("stablevideo") : Path.of(launcher));
    }

    /** Whether this is a repository that was built, not an installed package. */
    boolean isRepository() {
        return Files.isDirectory(root.resolve("plugin"));
    }

    /** Folder of MLT modules with ours among them, made by the build; empty when ours lies among the system's. */
    Optional<Path> moduleFolder() {
        Path built = root.resolve("native-bridge").resolve("target").resolve("mlt-repository");
        return Files.isDirectory(built) ? Optional.of(built) : Optional.empty();
    }

    /** File of a module folder that is our module. */
    static String moduleName() {
        return MODULE;
    }

    /** File of the repository's or the package's data. */
    Path data(String first, String... more) {
        Path inRepository = root.resolve("packaging").resolve(Path.of(first, more));
        return isRepository() ? inRepository : root.resolve(Path.of(first, more));
    }

    /** The user's data folder for programs, {@code $XDG_DATA_HOME} or {@code ~/.local/share}. */
    static Path userData() {
        return userFolder(System.getenv(), "XDG_DATA_HOME", ".local", "share");
    }

    /** Folder of finished work: {@code $STABLEVIDEO_CACHE}, else {@code stablevideo} below {@code $XDG_CACHE_HOME} or {@code ~/.cache}. */
    static Path cache() {
        String chosen = System.getenv().getOrDefault("STABLEVIDEO_CACHE", "");
        return chosen.isBlank() ? userFolder(System.getenv(), "XDG_CACHE_HOME", ".cache").resolve("stablevideo") : Path.of(chosen);
    }

    private static Path userFolder(Map<String, String> environment, String variable, String... below) {
        String chosen = environment.getOrDefault(variable, "");
        Path home = Path.of(System.getProperty("user.home"));
        return chosen.isBlank() ? home.resolve(Path.of("", below)) : Path.of(chosen);
    }
}
