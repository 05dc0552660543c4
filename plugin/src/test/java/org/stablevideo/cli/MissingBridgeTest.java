package org.stablevideo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program of its own, as a library that cannot be loaded spoils the class that needs it for as long as the program runs. */
class MissingBridgeTest {

    @TempDir Path folder;

    @Test
    void shouldSayWhatToDoAboutABridgeThatIsNotThere() throws IOException, InterruptedException {
        String said = said(folder.resolve("bridge.so"));
        assertTrue(said.contains("was not found") && said.contains("Reinstall StableVideo") && said.endsWith("[backend-gone]"), said);
    }

    @Test
    void shouldSayWhatToDoAboutABridgeThatIsNoLibrary() throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("bridge.so"), "cut off");
        String said = said(file);
        assertTrue(said.contains(file + " cannot be loaded") && said.contains("Reinstall StableVideo") && said.endsWith("[backend-gone]"), said);
    }

    /** What "backend status" says with a bridge; one line. */
    private String said(Path bridge) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dstablevideo.bridge=" + bridge,
                        Main.class.getName(),
                        "backend",
                        "status")
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(ExitCode.FAILED, process.exitValue(), out);
        assertEquals(1, out.lines().count(), out);
        return out;
    }
}
