package org.stablevideo.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.pipeline.PackedEdits;

/** A project with an edit, made by the real program, goes to a computer that has neither its cache nor its model. */
@Tag("melt")
class TravelTest {

    private static final Path ROOT = Path.of(System.getProperty("stablevideo.root"));
    private static final int FRAMES = 16;

    @TempDir
    private Path folder;

    private final Map<String, String> computer = new HashMap<>();
    private Path project;
    private int runs;

    @BeforeEach
    void shoot() throws IOException, InterruptedException {
        comeTo("first");
        Path models = Files.createDirectories(folder.resolve("models"));
        Files.copy(ROOT.resolve("packaging/models/pocket.safetensors"), models.resolve("mine.safetensors"));
        computer.put("STABLEVIDEO_MODELS", models.toString());
        project = Files.createDirectories(folder.resolve("film/footage")).resolveSibling("film.mlt");
        run(0, "ffmpeg", "-v", "error", "-i", ROOT.resolve("packaging/sample/sample.mp4").toString(), "-frames:v", "" + FRAMES, "-vf", "scale=256:144",
                "-c:v", "ffv1", project.resolveSibling("footage/shot.mkv").toString());
        stablevideo(0, "preset", "save", "my-look", "--foreground", "a red car", "--model", "mine");
        run(0, "melt", "-silent", project.resolveSibling("footage/shot.mkv").toString(), "-attach-cut", "stablevideo", "preset=my-look", "wait=no",
                "-consumer", "xml:" + project);
        Files.writeString(project, Files.readString(project).replaceAll("root=\"[^\"]*\"|<property name=\"wait\">no</property>", "").replace(project.getParent() + "/", ""));
    }

    @AfterEach
    void leave() throws IOException, InterruptedException {
        stablevideo(0, "backend", "stop");
    }

    /** From now on everything runs with the folders of another computer. */
    private void comeTo(String name) throws IOException {
        computer.clear();
        Path home = Files.createDirectories(folder.resolve(name));
        Path run = Files.createDirectories(home.resolve("run"));
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
        computer.putAll(Map.of("HOME", home.toString(), "XDG_DATA_HOME", home.resolve("data").toString(), "XDG_STATE_HOME", home.resolve("state").toString(),
                "STABLEVIDEO_RUNTIME", run.toString(), "STABLEVIDEO_CACHE", home.resolve("cache").toString(), "STABLEVIDEO_MEMORY", "1g",
                "STABLEVIDEO_LAUNCHER", ROOT + "/packaging/stablevideo", "MLT_REPOSITORY", ROOT + "/native-bridge/target/mlt-repository"));
    }

    @Test
    void shouldRenderWhereTheModelIsNot() throws IOException, InterruptedException {
        String before = stablevideo(3, "export", project.toString());
        assertTrue(before.contains("press Apply"), before);
        byte[] edited = render(project);
        String packed = stablevideo(0, "export", project.toString());
        assertTrue(packed.contains("shot.mkv: a red car"), packed);
        stablevideo(0, "backend", "stop");

        comeTo("second");
        Path moved = Files.move(project.getParent(), folder.resolve("archive")).resolve("film.mlt");
        assertArrayEquals(edited, render(moved), "the same pixels");
        assertFalse(Files.exists(folder.resolve("second/cache/edits")), "nothing was made anew");

        stablevideo(0, "backend", "stop");
        Files.move(moved.resolveSibling(PackedEdits.FOLDER), folder.resolve("left-at-home"));
        byte[] without = render(moved);
        assertFalse(Arrays.equals(edited, without), "without the packed edit there is nothing to show");
        assertTrue(said().contains("my-look"), said());
    }

    @Test
    void shouldTravelByApplyAlone() throws IOException, InterruptedException {
        Path footage = project.resolveSibling("footage");
        Path inTheWay = Files.writeString(footage.resolve(PackedEdits.FOLDER), "a file of that name");
        Files.writeString(project, Files.readString(project).replace("<property name=\"preset\">", "<property name=\"keep\">clip</property><property name=\"preset\">"));
        byte[] edited = render(project);
        assertTrue(said().contains("It could not be put beside the clip."), "the edit is there all the same: " + said());
        Files.delete(inTheWay);

        // as the button does it
        run(0, "melt", "-silent", footage.resolve("shot.mkv").toString(), "-attach-cut", "stablevideo", "preset=my-look", "keep=clip", "analyse=1",
                "-consumer", "xml:" + folder.resolve("applied.mlt"), "all=1", "terminate_on_pause=1", "audio_off=1", "no_meta=1", "real_time=-1");
        assertTrue(Files.readString(folder.resolve("applied.mlt")).contains("svedit1;" + FRAMES), said());
        assertTrue(Files.exists(footage.resolve(PackedEdits.FOLDER).resolve("my-look.json")), "with the preset that the user made");
        stablevideo(0, "backend", "stop");

        comeTo("third");
        Path moved = Files.move(project.getParent(), folder.resolve("archive")).resolve("film.mlt");
        assertArrayEquals(edited, render(moved), "the same pixels");
        assertFalse(Files.exists(folder.resolve("third/cache/edits")), "nothing was made anew");
    }

    @Test
    void shouldPackOnTheCommandLine() throws IOException, InterruptedException {
        Path shot = project.resolveSibling("footage/shot.mkv");
        stablevideo(0, "edit", shot.toString(), "--preset", "my-look", "--keep", "clip");
        try (var files = Files.list(shot.resolveSibling(PackedEdits.FOLDER))) {
            assertEquals(3, files.count(), "atlas, edit and preset");
        }
    }

    private byte[] render(Path what) throws IOException, InterruptedException {
        Path out = folder.resolve("out" + runs + ".rgb");
        for (int i = 0; i < 3 && (!Files.exists(out) || Files.size(out) == 0); i++) {
            run(0, "melt", "-silent", what.toString(), "-consumer", "avformat:" + out, "f=rawvideo", "vcodec=rawvideo", "pix_fmt=rgb24", "an=1",
                    "terminate_on_pause=1", "real_time=-1");
        }
        byte[] frames = Files.readAllBytes(out);
        assertEquals(FRAMES * 256 * 144 * 3, frames.length);
        return frames;
    }

    private String stablevideo(int code, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(ROOT + "/packaging/stablevideo"));
        line.addAll(List.of(arguments));
        return run(code, line.toArray(String[]::new));
    }

    private String run(int code, String... line) throws IOException, InterruptedException {
        runs++;
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(folder.resolve("said" + runs).toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("STABLEVIDEO_"));
        builder.environment().putAll(computer);
        Process process = builder.redirectInput(new java.io.File("/dev/null")).start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertTrue(ended, String.join(" ", line));
        assertEquals(code, process.exitValue(), String.join(" ", line) + ": " + said());
        return said();
    }

    /** What the last program said. */
    private String said() throws IOException {
        return Files.readString(folder.resolve("said" + runs));
    }
}
