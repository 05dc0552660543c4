package org.stablevideo.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where this program and its host lie.
 *
 * @param root the repository, or {@code /usr/share/stablevideo}
 * @param launcher the script that starts us
 */
record Installation(Path root, Path launcher) {

    /** File name of our module for MLT. */
    static final String MODULE = "libmltstablevideo.so";

    /** The folder of a copy; the module looks for its library there, see native-bridge/CMakeLists.txt. */
    private static final String COPY = "stablevideo";
    private static final String DESCRIPTION = "filter_stablevideo.yml";
    private static final String BRIDGE = "libstablevideo_bridge.so";
    private static final List<Path> LIBRARY_FOLDERS = List.of(Path.of("/usr/lib"), Path.of("/usr/local/lib"));

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

    /** Our module as the build left it; empty when a package put it among the host's. */
    Optional<Path> builtModule() {
        return Optional.of(root.resolve("native-bridge/target/mlt").resolve(MODULE)).filter(Files::exists);
    }

    /**
     * Puts a copy of our module among the modules of a host that cannot see it: into a folder of its own, where description and library of the bridge lie
     * beside it, and a link to it beside the others.
     *
     * @return the link
     */
    Path copyModuleInto(Path modules) throws IOException {
        removeModuleFrom(modules);
        Path copy = Files.createDirectory(modules.resolve(COPY));
        for (Path file : moduleFiles()) {
            Files.copy(file.toRealPath(), copy.resolve(file.getFileName()));
        }
        return Files.createSymbolicLink(modules.resolve(MODULE), Path.of(COPY, MODULE));
    }

    /** Takes such a copy away; whether there was one. */
    static boolean removeModuleFrom(Path modules) throws IOException {
        if (Files.isDirectory(modules.resolve(COPY))) {
            UserSetup.deleteTree(modules.resolve(COPY));
        }
        return Files.deleteIfExists(modules.resolve(MODULE));
    }

    private List<Path> moduleFiles() {
        Optional<Path> built = builtModule();
        if (built.isPresent()) {
            return List.of(built.get(), built.get().resolveSibling(DESCRIPTION), built.get().resolveSibling(BRIDGE));
        }
        return List.of(hostModules().orElseThrow().resolve(MODULE), Path.of("/usr/share/mlt-7/stablevideo", DESCRIPTION), Path.of("/usr/lib/stablevideo", BRIDGE));
    }

    /** A file for Kdenlive. */
    Path kdenlive(String name) {
        return root.resolve(isRepository() ? "packaging/kdenlive" : "kdenlive").resolve(name);
    }

    /** Our panel for Shotcut in a repository; a package puts it among Shotcut's own. */
    Path shotcutPanel() {
        return root.resolve("packaging/shotcut/stablevideo");
    }

    /** The folder of the host's own modules; empty when MLT is not installed. */
    static Optional<Path> hostModules() {
        for (Path folder : LIBRARY_FOLDERS) {
            if (Files.isDirectory(folder.resolve("mlt-7"))) {
                return Optional.of(folder.resolve("mlt-7"));
            }
            if (Files.isDirectory(folder)) {
                try (Stream<Path> triplets = Files.list(folder)) {
                    Optional<Path> found = triplets.map(triplet -> triplet.resolve("mlt-7")).filter(Files::isDirectory).findFirst();
                    if (found.isPresent()) {
                        return found;
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return Optional.empty();
    }

    /** The user's data folder, {@code $XDG_DATA_HOME} or {@code ~/.local/share}. */
    static Path userData() {
        String chosen = System.getenv().getOrDefault("XDG_DATA_HOME", "");
        return chosen.isBlank() ? Path.of(System.getProperty("user.home"), ".local", "share") : Path.of(chosen);
    }
}
