package org.stablevideo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

/**
 * The effect in a Kdenlive that is an unpacked AppImage. What starts it sets {@code MLT_REPOSITORY} to its own modules, whatever the user says; so our module
 * goes among these.
 */
final class AppImageSetup {

    private static final List<String> PLACES = List.of("usr/lib/mlt-7", "lib/mlt-7", "usr/lib64/mlt-7", "usr/lib/x86_64-linux-gnu/mlt-7");

    private final Installation installation;
    private final Path unpacked;
    private final Path data;

    /**
     * @param installation what is set up
     * @param unpacked the folder that {@code --appimage-extract} makes
     * @param data the user's data folder
     */
    AppImageSetup(Installation installation, Path unpacked, Path data) {
        this.installation = installation;
        this.unpacked = unpacked.toAbsolutePath().normalize();
        this.data = data;
    }

    /**
     * Does everything, again where it was done before; one line for each thing done.
     *
     * @throws ProblemException with {@link RequestInvalid} when that is no such folder
     */
    List<String> install(PresetLibrary presets) throws IOException {
        Path modules = modules();
        Path link = installation.copyModuleInto(modules);
        List<String> done = new ArrayList<>(List.of("module          " + link));
        done.addAll(lists().installLists(presets));
        return done;
    }

    /** Takes the module back; what is in the user's lists is for every Kdenlive of the user, and stays. One line for each thing done. */
    List<String> remove() throws IOException {
        Path modules = modules();
        return Installation.removeModuleFrom(modules) ? List.of("removed " + modules.resolve(Installation.MODULE)) : List.of("nothing was set up in " + modules);
    }

    private Path modules() {
        return PLACES.stream().map(unpacked::resolve).filter(Files::isDirectory).findFirst().orElseThrow(() -> new ProblemException(new RequestInvalid(
                "There are no modules of MLT 7 in " + unpacked + ".",
                "Unpack the AppImage (./kdenlive.AppImage --appimage-extract) and name the folder that this makes: --appimage=squashfs-root")));
    }

    private UserSetup lists() {
        Path own = unpacked.resolve("usr/share");
        return new UserSetup(installation, data, Files.isDirectory(own) ? own : unpacked.resolve("share"));
    }
}
