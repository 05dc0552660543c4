package org.stablevideo.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads when something is missing: the filter's errors, which Kdenlive shows in the effect's panel, each once however many frames it lasts. */
@Tag("melt")
class MessagesTest {

    private static final Path ROOT = Path.of(System.getProperty("stablevideo.root"));
    private static final int FRAMES = 75;

    @TempDir
    private Path folder;

    private MeltRig rig;
    private String clip;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        rig = new MeltRig(folder);
        clip = rig.clip(160, 96, FRAMES).toString();
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
    }

    /** A preview in real time, as an editor plays it: the backend is tried again all the while. */
    private String preview(String... parameters) throws IOException, InterruptedException {
        return rig.play(3, arguments("wait=no", parameters));
    }

    private String render(String realTime, String... parameters) throws IOException, InterruptedException {
        return rig.render(realTime, arguments("wait=yes", parameters)).said();
    }

    /** Without a profile melt opens the clip twice to find one, and each filter speaks for itself. */
    private List<String> arguments(String wait, String... parameters) {
        List<String> arguments = new ArrayList<>(List.of("-profile", "cif_15", clip, "-attach-cut", "stablevideo", wait));
        arguments.addAll(List.of(parameters));
        return arguments;
    }

    private static void assertSaidOnce(String said, String words) {
        assertEquals(1, said.split(java.util.regex.Pattern.quote(words), -1).length - 1, words + " is said once in: " + said);
    }

    @Test
    void shouldSayThatThereIsNoProgram() throws IOException, InterruptedException {
        rig.launchBy(folder.resolve("gone"));
        String said = preview("foreground=invert");
        assertSaidOnce(said, "launcher " + folder.resolve("gone") + " cannot be run (No such file or directory). Reinstall StableVideo");
    }

    /** The launcher as it is, but for where it looks for Java. */
    @Test
    void shouldSayThatThereIsNoJava() throws IOException, InterruptedException {
        Path tools = Files.createDirectories(folder.resolve("bin"));
        for (String tool : List.of("readlink", "dirname", "sed", "cat")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
        }
        Path root = Files.createDirectories(folder.resolve("share/lib")).getParent();
        Files.writeString(root.resolve("lib/stablevideo.jar"), "");
        Path launcher = tools.resolve("stablevideo");
        Files.writeString(launcher, Files.readString(ROOT.resolve("packaging/stablevideo")).replace("/usr/lib/jvm", folder + "/jvm"));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        rig.launchBy(wrapped(launcher, "PATH=" + tools + " STABLEVIDEO_ROOT=" + root + " JAVA_HOME="));
        assertSaidOnce(preview("foreground=invert"), "no Java 17 or newer was found. Run: sudo apt-get install openjdk-17-jre-headless");

        rig.launchBy(wrapped(launcher, "STABLEVIDEO_ROOT=" + root + " STABLEVIDEO_JAVA=/opt/none/java"));
        assertSaidOnce(preview("foreground=invert"), "the Java that STABLEVIDEO_JAVA names, /opt/none/java, is not there");
    }

    /** The real program, with folders of its own. */
    private void launchTheRealOne() throws IOException {
        rig.launchBy(wrapped(ROOT.resolve("packaging/stablevideo"), "STABLEVIDEO_MEMORY=1g"));
        rig.set("STABLEVIDEO_MODELS", Files.createDirectories(folder.resolve("models")).toString());
        rig.set("HOME", folder.toString());
        rig.set("XDG_DATA_HOME", folder.resolve("data").toString());
        rig.set("XDG_STATE_HOME", folder.resolve("state").toString());
    }

    @Test
    void shouldSayHowToGetTheModel() throws IOException, InterruptedException {
        launchTheRealOne();
        String said = render("-1", "foreground=a red car", "model=sd15");
        assertSaidOnce(said, "Not edited: The model “sd15” is not installed");
        assertTrue(said.contains("Fetch it (stablevideo models pull sd15)"), said);
    }

    @Test
    void shouldSayThatTheDiskIsFull() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("cache"), "no folder can be made here");
        String said = render("-1", "foreground=invert");
        assertSaidOnce(said, "Not edited: The frames of the clip cannot be written to");
        assertTrue(said.contains("Free disk space, or set STABLEVIDEO_CACHE to a folder on another disk."), said);
    }

    @Test
    void shouldSayThatAnEditCannotBeKept() throws IOException, InterruptedException {
        launchTheRealOne();
        Files.writeString(Files.createDirectories(folder.resolve("cache")).resolve("edits"), "no folder can be made here");
        String said = render("-1", "background=snow");
        assertSaidOnce(said, "It will be gone when the backend ends: The cache in " + folder.resolve("cache/edits") + " cannot take");
        assertSaidOnce(said, "Edited, but:");
    }

    @Test
    void shouldRemarkOnAWeakEdit() throws IOException, InterruptedException {
        String said = render("-4", "foreground=weak");
        assertSaidOnce(said, "Edited, but: This is a weak edit.");
        String again = render("-1", "foreground=weak");
        assertSaidOnce(again, "Edited, but: This is a weak edit.");
    }

    private Path wrapped(Path launcher, String environment) throws IOException {
        Path wrapper = Files.createTempFile(folder, "launcher", ".sh");
        Files.writeString(wrapper, "#!/bin/sh\nexec env " + environment + " /bin/sh " + launcher + " \"$@\"\n");
        Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwx------"));
        return wrapper;
    }
}
