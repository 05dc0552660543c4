package org.stablevideo.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.stablevideo.model.CudaLibraries;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.HostMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;
import org.stablevideo.tensor.NvidiaCards;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code setup}: makes the effect known to this user's Kdenlive and melt, without root. May be run again at any time. */
@Command(name = "setup", description = "Installs the effect for this user: MLT module folder, Kdenlive effect, category and presets, Shotcut's panel.")
final class SetupCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--remove", description = "Take back what setup did (with --cuda, --flatpak or --appimage only that); your presets and finished edits stay.")
    private boolean remove;

    @Option(names = "--cuda", description = "Fetch the libraries that use an NVIDIA card (about 3 GB), and nothing else.")
    private boolean cuda;

    @Option(names = "--flatpak", paramLabel = "ID", arity = "0..1", fallbackValue = "org.kde.kdenlive",
            description = "For a Kdenlive that is a Flatpak, and nothing else (default: ${FALLBACK-VALUE}).")
    private String flatpak = "";

    @Option(names = "--appimage", paramLabel = "DIR", description = "For a Kdenlive that is an AppImage unpacked into DIR (--appimage-extract), and nothing else.")
    private Path appImage;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        CudaLibraries libraries = CudaLibraries.ofUser(Installation.userData());
        if (cuda && !remove) {
            fetch(libraries, out);
            return ExitCode.DONE;
        }
        if (remove && libraries.remove()) {
            out.println("removed " + libraries.folder());
        }
        if (cuda) {
            return ExitCode.DONE;
        }
        if (!flatpak.isEmpty()) {
            FlatpakSetup sandboxed = new FlatpakSetup(Installation.current(), "flatpak", home(), flatpak);
            return tell(remove ? sandboxed.remove() : sandboxed.install(PresetLibrary.standard()));
        }
        if (appImage != null) {
            AppImageSetup unpacked = new AppImageSetup(Installation.current(), appImage, Installation.userData());
            return tell(remove ? unpacked.remove() : unpacked.install(PresetLibrary.standard()));
        }
        UserSetup setup = new UserSetup(Installation.current(), Installation.userData());
        if (remove) {
            setup.remove().forEach(out::println);
            return ExitCode.DONE;
        }
        if (Installation.hostModules().isEmpty()) {
            throw new ProblemException(new HostMissing("MLT is not installed.", "Run: sudo apt-get install melt (or kdenlive)."));
        }
        setup.install(PresetLibrary.standard()).forEach(out::println);
        if (setup.needsModuleFolder()) {
            out.println();
            out.println("Start “Kdenlive with StableVideo” from the menu, or in a terminal:");
            out.println("  MLT_REPOSITORY=" + setup.moduleFolder() + " kdenlive");
            if (ShotcutSetup.isThere()) {
                out.println("Or “Shotcut with StableVideo”.");
            }
            out.println("Run setup again after an update of MLT or Shotcut.");
        }
        return ExitCode.DONE;
    }

    private static Path home() {
        return Path.of(System.getenv().getOrDefault("HOME", System.getProperty("user.home")));
    }

    private int tell(List<String> done) {
        done.forEach(spec.commandLine().getOut()::println);
        if (!remove) {
            spec.commandLine().getOut().println("Run this again after an update of that Kdenlive or of StableVideo.");
        }
        return ExitCode.DONE;
    }

    private static void fetch(CudaLibraries libraries, PrintWriter out) {
        NvidiaCards cards = NvidiaCards.here();
        if (!cards.isDriverNewEnough()) {
            throw new ProblemException(new RequestInvalid(
                    cards.driver().map(old -> "The NVIDIA driver " + old + " is too old; CUDA 12 wants " + NvidiaCards.LEAST_DRIVER + " or newer.")
                            .orElse("No NVIDIA card with a running driver was found; without one the libraries for CUDA are of no use."),
                    "Install the driver of your distribution (on Debian: sudo apt-get install nvidia-driver) and start the computer again."));
        }
        try (ProgressLine progress = ProgressLine.standard()) {
            libraries.fetch(progress);
        }
        out.println("libraries       " + libraries.folder());
        out.println("They are used from the next start of the backend on: stablevideo backend stop. stablevideo doctor tells whether they work.");
    }
}
