package org.stablevideo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, with a program in place of Java that tells what it was given. */
class LauncherTest {

    @TempDir Path folder;

    @Test
    void shouldUseTheLibrariesForCudaWhereThereIsACard() throws IOException, InterruptedException {
        assertEquals("none", told(Map.of()), "nothing was fetched");
        Path lib = Files.createDirectories(folder.resolve("data/stablevideo/cuda/lib"));
        Files.writeString(lib.resolveSibling("version"), "2.7.1 cu128\n");
        assertEquals(lib + " 2.7.1 cu128", told(Map.of()));
        assertEquals("none", told(Map.of("STABLEVIDEO_DEVICE", "cpu")));
        assertEquals("none", told(Map.of("STABLEVIDEO_NVIDIA", folder.resolve("no-driver").toString())));
        assertEquals("/opt/own", told(Map.of("PYTORCH_LIBRARY_PATH", "/opt/own")).split(" ")[0]);
    }

    @Test
    void shouldLeaveTheLibrariesOfAnAppImageBehind() throws IOException, InterruptedException {
        String shown = "${LD_LIBRARY_PATH:-none} ${MLT_REPOSITORY:-none} $PATH";
        Map<String, String> host = Map.of("LD_LIBRARY_PATH", "/opt/own", "MLT_REPOSITORY", "/opt/modules", "PATH", "/mnt/kd/usr/bin:/usr/bin:/bin");
        assertEquals("/opt/own /opt/modules /mnt/kd/usr/bin:/usr/bin:/bin", told(shown, host), "elsewhere they are the user's");
        Map<String, String> image = new HashMap<>(host);
        image.put("APPDIR", "/mnt/kd");
        assertEquals("none none /usr/bin:/bin", told(shown, image));
    }

    private String told(Map<String, String> environment) throws IOException, InterruptedException {
        return told("${PYTORCH_LIBRARY_PATH:-none} ${PYTORCH_VERSION:-} ${PYTORCH_FLAVOR:-}", environment);
    }

    private String told(String what, Map<String, String> environment) throws IOException, InterruptedException {
        Path java = folder.resolve("java");
        Files.writeString(java, "#!/bin/sh\necho \"" + what + "\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        // as it is installed, so that nothing needs to be built
        Path root = Files.createDirectories(folder.resolve("share/lib")).getParent();
        Files.writeString(root.resolve("lib/stablevideo.jar"), "");
        Path launcher = Files.createDirectories(folder.resolve("bin")).resolve("stablevideo");
        Files.writeString(launcher, Files.readString(Path.of(System.getProperty("stablevideo.root"), "packaging", "stablevideo")));
        ProcessBuilder builder = new ProcessBuilder("sh", launcher.toString(), "doctor").redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("PYTORCH_") || name.equals("STABLEVIDEO_DEVICE"));
        builder.environment().putAll(Map.of(
                "STABLEVIDEO_JAVA", java.toString(), "STABLEVIDEO_ROOT", root.toString(), "XDG_DATA_HOME", folder.resolve("data").toString(),
                "STABLEVIDEO_NVIDIA", java.toString()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        return out;
    }
}
