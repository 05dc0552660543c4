package org.stablevideo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

/**
 * The effect in a Kdenlive that is a Flatpak. Its sandbox sees nothing of the system's modules and has no Java; what it sees under the same path as everybody
 * else is its own data folder, {@code ~/.var/app/ID/data}. There go:
 *
 * <ul>
 *   <li>{@code stablevideo/mlt}: a copy of our module, and links to the sandbox's own, for {@code MLT_REPOSITORY}
 *   <li>{@code stablevideo/run}: the meeting place of filter and backend; {@code stablevideo/launcher}: starts the backend outside of the sandbox
 *   <li>what {@link UserSetup} brings into Kdenlive's lists
 * </ul>
 *
 * <p>Three variables and the permission to start programs outside are told to Flatpak as an override of the user.
 */
final class FlatpakSetup {

    private static final int PATIENCE_S = 30;
    private static final String OUTSIDE = "org.freedesktop.Flatpak";

    private final Installation installation;
    private final String flatpak;
    private final Path home;
    private final String application;

    /**
     * @param installation what is set up
     * @param flatpak the program
     * @param home the user's home
     * @param application its id, such as {@code org.kde.kdenlive}
     */
    FlatpakSetup(Installation installation, String flatpak, Path home, String application) {
        this.installation = installation;
        this.flatpak = flatpak;
        this.home = home;
        this.application = application;
    }

    /**
     * Does everything, again where it was done before; one line for each thing done.
     *
     * @throws ProblemException with {@link RequestInvalid} when there is no such Flatpak, or when it has no modules of MLT
     */
    List<String> install(PresetLibrary presets) throws IOException {
        Path files = files();
        List<String> names = modulesOf(files);
        Path ours = ours();
        Path modules = ours.resolve("mlt");
        if (Files.isDirectory(modules)) {
            UserSetup.deleteTree(modules);
        }
        Files.createDirectories(modules);
        for (String name : names) {
            Files.createSymbolicLink(modules.resolve(name), Path.of("/app/lib/mlt-7", name));
        }
        installation.copyModuleInto(modules);
        Path run = Files.createDirectories(ours.resolve("run"));
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
        UserSetup.replace(launcher(), launcherText(run));
        Files.setPosixFilePermissions(launcher(), PosixFilePermissions.fromString("rwxr-xr-x"));
        ask("override", "--user", "--env=MLT_REPOSITORY=" + modules, "--env=STABLEVIDEO_LAUNCHER=" + launcher(),
                "--env=STABLEVIDEO_RUNTIME=" + run, "--talk-name=" + OUTSIDE, application).orElseThrow(() -> new ProblemException(new RequestInvalid(
                        "Flatpak refuses the override for " + application + ".", "See what it says: flatpak override --user --talk-name=" + OUTSIDE + " " + application)));
        List<String> done = new ArrayList<>(List.of(
                "module folder   " + modules + " (" + (names.size() + 1) + " modules)",
                "launcher        " + launcher() + " (starts the backend outside of the sandbox)",
                "override        flatpak override --user --show " + application));
        done.addAll(lists(files).installLists(presets));
        return done;
    }

    /** Takes it back; one line for each thing done. */
    List<String> remove() throws IOException {
        List<String> done = new ArrayList<>(lists(Path.of("/")).remove());
        if (Files.isDirectory(ours())) {
            UserSetup.deleteTree(ours());
            done.add("removed " + ours());
        }
        Path file = overrides();
        if (Files.exists(file)) {
            FlatpakOverride rest = FlatpakOverride.read(file).without(List.of("MLT_REPOSITORY", "STABLEVIDEO_LAUNCHER", "STABLEVIDEO_RUNTIME", OUTSIDE));
            rest.write(file);
            done.add("removed our variables and permission from " + file);
        }
        return done;
    }

    private Path files() {
        Optional<String> location = ask("info", "--show-location", application);
        return location.map(text -> Path.of(text.strip()).resolve("files")).filter(Files::isDirectory).orElseThrow(() -> new ProblemException(new RequestInvalid(
                "There is no Flatpak " + application + " here, or no flatpak.",
                "Install it first: flatpak install flathub org.kde.kdenlive; or name another one: --flatpak=ID.")));
    }

    private List<String> modulesOf(Path files) throws IOException {
        Path folder = files.resolve("lib/mlt-7");
        if (!Files.isDirectory(folder)) {
            throw new ProblemException(new RequestInvalid("The Flatpak " + application + " has no modules of MLT 7 in lib/mlt-7.", "Only editors on MLT 7 can use the effect."));
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).filter(name -> name.endsWith(".so") && !name.equals(Installation.MODULE)).sorted().toList();
        }
    }

    /** Waits until the backend listens: the filter has the lock on starting meanwhile, so that nobody else's does. */
    private String launcherText(Path run) {
        return String.join(
                "\n",
                "#!/bin/sh",
                "# Starts the backend outside of the sandbox, and stays until it listens or has died.",
                "exec flatpak-spawn --host --env=STABLEVIDEO_RUNTIME='" + run + "' sh -c '",
                "    touch \"$1/starting\"",
                "    setsid \"$0\" backend run < /dev/null &",
                "    while kill -0 $! 2> /dev/null && ! [ \"$1/backend.sock\" -nt \"$1/starting\" ]; do sleep 0.1; done",
                "    sleep 0.2",
                "' '" + installation.launcher() + "' '" + run + "'",
                "");
    }

    private UserSetup lists(Path files) {
        return new UserSetup(installation, data(), files.resolve("share"));
    }

    private Path data() {
        return home.resolve(".var/app").resolve(application).resolve("data");
    }

    private Path ours() {
        return data().resolve("stablevideo");
    }

    private Path launcher() {
        return ours().resolve("launcher");
    }

    private Path overrides() {
        String own = System.getenv().getOrDefault("FLATPAK_USER_DIR", "");
        Path folder = own.isBlank() ? Installation.userData().resolve("flatpak") : Path.of(own);
        return folder.resolve("overrides").resolve(application);
    }

    /** What flatpak says; empty when it fails or is not there. */
    private Optional<String> ask(String... arguments) {
        List<String> line = new ArrayList<>(List.of(flatpak));
        line.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            return process.waitFor(PATIENCE_S, TimeUnit.SECONDS) && process.exitValue() == 0 ? Optional.of(said) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
