package org.stablevideo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.ProblemException;

/** What setup brings into Flatpaks and AppImages. The program flatpak is a script here that notes what it is told. */
class SealedHostsTest {

    private static final String ID = "org.example.Editor";

    @TempDir
    private Path folder;

    private Path home;
    private Path told;
    private FlatpakSetup setup;
    private PresetLibrary presets;

    @BeforeEach
    void setUp() throws IOException {
        Installation installation = new Installation(Path.of(System.getProperty("stablevideo.root")), Path.of("/opt/stable video/stablevideo"));
        Assumptions.assumeTrue(installation.builtModule().isPresent(), "the native bridge is not built");
        home = folder.resolve("home");
        told = folder.resolve("told");
        Path modules = Files.createDirectories(folder.resolve("app/files/lib/mlt-7"));
        Files.createFile(modules.resolve("libmltcore.so"));
        Files.createFile(modules.resolve("notes.txt"));
        Path categories = Files.createDirectories(folder.resolve("app/files/share/kdenlive")).resolve("kdenliveeffectscategory.rc");
        Files.writeString(categories, "<data name=\"effects\">\n<group list=\"theirs\"/>\n</data>\n");
        Path flatpak = Files.writeString(folder.resolve("flatpak"), "#!/bin/sh\ncase \"$1 $3\" in\n'info " + ID + "') echo " + folder.resolve("app")
                + ";;\noverride*) printf '%s\\n' \"$@\" > " + told + ";;\n*) exit 1;;\nesac\n");
        Files.setPosixFilePermissions(flatpak, PosixFilePermissions.fromString("rwx------"));
        setup = new FlatpakSetup(installation, flatpak.toString(), home, ID);
        presets = new PresetLibrary(List.of(installation.root().resolve("presets")), folder.resolve("own"));
    }

    @Test
    void shouldPutEverythingWhereTheSandboxSeesIt() throws IOException {
        setup.install(presets);
        setup.install(presets);
        Path data = home.resolve(".var/app/" + ID + "/data");
        Path ours = data.resolve("stablevideo");
        assertEquals(Path.of("/app/lib/mlt-7/libmltcore.so"), Files.readSymbolicLink(ours.resolve("mlt/libmltcore.so")));
        assertTrue(Files.isRegularFile(ours.resolve("mlt/" + Installation.MODULE)), "our module is a copy, reached by a link");
        assertFalse(Files.exists(ours.resolve("mlt/notes.txt")));
        assertTrue(Files.exists(ours.resolve("mlt/stablevideo/filter_stablevideo.yml")) && Files.exists(ours.resolve("mlt/stablevideo/libstablevideo_bridge.so")));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(ours.resolve("run"))));
        assertTrue(Files.isExecutable(ours.resolve("launcher")));
        assertTrue(Files.readString(ours.resolve("launcher")).contains("' '/opt/stable video/stablevideo' '" + ours.resolve("run") + "'"));
        assertTrue(Files.exists(data.resolve("kdenlive/effects/stablevideo.xml")));
        assertTrue(Files.readString(data.resolve("kdenlive/kdenliveeffectscategory.rc")).contains("theirs"), "the groups are those of the Flatpak's Kdenlive");
        assertEquals(
                List.of("override", "--user", "--env=MLT_REPOSITORY=" + ours.resolve("mlt"), "--env=STABLEVIDEO_LAUNCHER=" + ours.resolve("launcher"),
                        "--env=STABLEVIDEO_RUNTIME=" + ours.resolve("run"), "--talk-name=org.freedesktop.Flatpak", ID),
                Files.readAllLines(told));

        setup.remove();
        assertFalse(Files.exists(ours));
        assertFalse(Files.exists(data.resolve("kdenlive/effects/stablevideo.xml")));
    }

    @Test
    void shouldSayWhenThereIsNoSuchFlatpak() {
        FlatpakSetup none = new FlatpakSetup(Installation.current(), folder.resolve("flatpak").toString(), home, "org.example.None");
        String said = assertThrows(ProblemException.class, () -> none.install(presets)).problem().sentence();
        assertTrue(said.contains("no Flatpak org.example.None") && said.contains("--flatpak=ID"), said);
        FlatpakSetup without = new FlatpakSetup(Installation.current(), folder.resolve("missing").toString(), home, ID);
        assertThrows(ProblemException.class, () -> without.install(presets));
    }

    @Test
    void shouldTakeOnlyItsOwnLinesOutOfOverrides() throws IOException {
        Path file = folder.resolve("overrides");
        Files.writeString(file, "[Context]\nfilesystems=/media\n\n[Session Bus Policy]\norg.freedesktop.Flatpak=talk\n\n[Environment]\nMLT_REPOSITORY=/x\nMINE=a=b\n");
        FlatpakOverride.read(file).without(List.of("MLT_REPOSITORY", "org.freedesktop.Flatpak")).write(file);
        assertEquals("[Context]\nfilesystems=/media\n[Environment]\nMINE=a=b\n", Files.readString(file));
        FlatpakOverride.read(file).without(List.of("MINE", "filesystems")).write(file);
        assertFalse(Files.exists(file), "nothing is left");
    }

    @Test
    void shouldPutTheModuleIntoAnUnpackedAppImage() throws IOException {
        Path unpacked = folder.resolve("squashfs-root");
        Path modules = Files.createDirectories(unpacked.resolve("usr/lib/mlt-7"));
        Path data = folder.resolve("data");
        AppImageSetup image = new AppImageSetup(Installation.current(), unpacked, data);
        image.install(presets);
        image.install(presets);
        Path link = modules.resolve(Installation.MODULE);
        assertEquals(Path.of("stablevideo", Installation.MODULE), Files.readSymbolicLink(link), "the folder may be moved");
        assertTrue(Files.isRegularFile(link) && Files.exists(modules.resolve("stablevideo/filter_stablevideo.yml")));
        assertTrue(Files.exists(modules.resolve("stablevideo/libstablevideo_bridge.so")) && Files.exists(data.resolve("kdenlive/effects/stablevideo.xml")));
        image.remove();
        try (Stream<Path> left = Files.list(modules)) {
            assertEquals(0, left.count());
        }
        String said = assertThrows(ProblemException.class, () -> new AppImageSetup(Installation.current(), folder, data).install(presets)).problem().sentence();
        assertTrue(said.contains("--appimage-extract"), said);
    }
}
