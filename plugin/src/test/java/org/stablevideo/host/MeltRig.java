package org.stablevideo.host;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Real melt with our module, and a backend, cache and runtime folder that no other test sees. Close it to end the backend. */
final class MeltRig implements AutoCloseable {

    private static final int TIMEOUT_S = 60;

    /** melt 7.12 sometimes loses its consumer before the first frame, see {@link LostStart}. */
    private static final int TRIES = 4;

    final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private Path launcher;
    private int renders;

    MeltRig(Path folder) throws IOException {
        this.folder = folder;
        Assumptions.assumeTrue(
                SourceTree.root().map(root -> Files.isDirectory(root.resolve("native-bridge/target/mlt-repository"))).orElse(false),
                "the native bridge is not built");
        this.launcher = folder.resolve("launcher");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Files.writeString(
                launcher,
                "#!/bin/sh\necho start >> '" + folder.resolve("starts") + "'\nexec '" + java + "' -Xmx256m -Djava.awt.headless=true "
                        + "-Dstablevideo.root='" + System.getProperty("stablevideo.root") + "' "
                        + "-cp '" + System.getProperty("java.class.path") + "' " + InvertBackend.class.getName() + "\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
    }

    /** A variable for melt and for the backend that it starts. */
    void set(String name, String value) {
        environment.put(name, value);
    }

    /** From now on backends are started by another program. */
    void launchBy(Path program) {
        launcher = program;
    }

    /** What a render brought. */
    record Rendered(Path file, JsonObject report, String said) {

        /** A number of the report; 0 where there is no report. */
        int count(String name) {
            return report.has(name) ? report.get(name).getAsInt() : 0;
        }

        byte[][] frames(int bytes) throws IOException {
            byte[] all = Files.readAllBytes(file);
            Assertions.assertEquals(0, all.length % bytes, "whole frames");
            byte[][] frames = new byte[all.length / bytes][];
            for (int i = 0; i < frames.length; i++) {
                frames[i] = Arrays.copyOfRange(all, i * bytes, (i + 1) * bytes);
            }
            return frames;
        }
    }

    /** A moving test picture as a clip. */
    Path clip(int width, int height, int frames) throws IOException, InterruptedException {
        Path clip = folder.resolve("clip-" + width + "x" + height + "-" + frames + ".mkv");
        run(new ProcessBuilder(
                "ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=" + width + "x" + height + ":r=25", "-frames:v", "" + frames,
                "-c:v", "ffv1", "-pix_fmt", "yuv444p", clip.toString()));
        return clip;
    }

    /** Renders to raw RGB. */
    Rendered render(String realTime, List<String> arguments) throws IOException, InterruptedException {
        Optional<Rendered> rendered = begin(realTime, arguments).end();
        for (int i = 1; i < TRIES && rendered.isEmpty(); i++) {
            rendered = begin(realTime, arguments).end();
        }
        return rendered.orElseThrow(() -> new AssertionError("melt wrote nothing in " + TRIES + " runs"));
    }

    /** A render that is under way. */
    final class Running {
        private final Process process;
        private final Path out;
        private final Path report;
        private final Path said;

        private Running(Process process, Path out, Path report, Path said) {
            this.process = process;
            this.out = out;
            this.report = report;
            this.said = said;
        }

        /** Waits until so many bytes of the picture are written; false when melt lost its consumer. */
        private boolean hasWritten(long bytes) throws IOException, InterruptedException {
            LostStart start = new LostStart(process, out);
            for (int i = 0; i < TIMEOUT_S * 50; i++) {
                if (Files.exists(out) && Files.size(out) >= bytes) {
                    Assertions.assertTrue(process.isAlive(), "melt still renders");
                    return true;
                }
                if (start.isCertain() || !process.isAlive() && LostStart.leftEmpty(out)) {
                    process.destroyForcibly().waitFor();
                    return false;
                }
                Thread.sleep(20);
            }
            process.destroyForcibly().waitFor();
            throw new AssertionError("melt wrote less than " + bytes + " bytes in " + TIMEOUT_S + " s: " + Files.readString(said));
        }

        /** Waits for the end; empty when melt wrote nothing or hung. */
        Optional<Rendered> end() throws IOException, InterruptedException {
            LostStart start = new LostStart(process, out);
            for (int i = 0; i < TIMEOUT_S * 20 && !process.waitFor(50, TimeUnit.MILLISECONDS); i++) {
                if (start.isCertain()) {
                    break;
                }
            }
            if (process.isAlive()) {
                process.destroyForcibly().waitFor();
                return Optional.empty();
            }
            if (!Files.exists(out) || Files.size(out) == 0) {
                return Optional.empty();
            }
            JsonObject told = Files.exists(report) ? JsonParser.parseString(Files.readString(report)).getAsJsonObject() : new JsonObject();
            return Optional.of(new Rendered(out, told, Files.readString(said)));
        }
    }

    /** Runs an analysis as Kdenlive does, over all frames, and gives the project that melt writes afterwards. */
    String analyse(List<String> arguments) throws IOException, InterruptedException {
        Path project = folder.resolve("analysed.mlt");
        List<String> line = new ArrayList<>(arguments);
        line.addAll(List.of("-consumer", "xml:" + project, "all=1", "terminate_on_pause=1", "audio_off=1", "no_meta=1", "real_time=-1"));
        Process process = prepare(line, folder.resolve("report-analysis.json"), folder.resolve("said-analysis.txt")).start();
        Assertions.assertTrue(process.waitFor(TIMEOUT_S, TimeUnit.SECONDS));
        return Files.readString(project);
    }

    /** Plays in real time for some seconds, as an editor does, to nowhere; what was said. */
    String play(int seconds, List<String> arguments) throws IOException, InterruptedException {
        Path said = folder.resolve("said-played.txt");
        List<String> line = new ArrayList<>(List.of("-silent"));
        line.addAll(arguments);
        line.addAll(List.of("-consumer", "sdl2_audio", "terminate_on_pause=1"));
        Process process = prepare(line, folder.resolve("report-played.json"), said).start();
        process.waitFor(seconds, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        return Files.readString(said);
    }

    private ProcessBuilder prepare(List<String> line, Path report, Path said) {
        ProcessBuilder builder = Melt.command(line).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("STABLEVIDEO_RUNTIME", runtime().toString());
        builder.environment().put("STABLEVIDEO_CACHE", folder.resolve("cache").toString());
        builder.environment().put("STABLEVIDEO_LAUNCHER", launcher.toString());
        builder.environment().put("STABLEVIDEO_REPORT", report.toString());
        builder.environment().putAll(environment);
        return builder;
    }

    Running begin(String realTime, List<String> arguments) throws IOException {
        renders++;
        Path out = folder.resolve("out-" + renders + ".rgb");
        Path report = folder.resolve("report-" + renders + ".json");
        Path said = folder.resolve("said-" + renders + ".txt");
        List<String> line = new ArrayList<>(List.of("-silent"));
        line.addAll(arguments);
        line.addAll(List.of("-consumer", "avformat:" + out, "f=rawvideo", "vcodec=rawvideo", "pix_fmt=rgb24", "an=1"));
        line.addAll(List.of("terminate_on_pause=1", "real_time=" + realTime));
        return new Running(prepare(line, report, said).start(), out, report, said);
    }

    /** A render that has written so many bytes and is under way. */
    Running beginWriting(long bytes, List<String> arguments) throws IOException, InterruptedException {
        for (int i = 0; i < TRIES; i++) {
            Running running = begin("-1", arguments);
            if (running.hasWritten(bytes)) {
                return running;
            }
        }
        throw new AssertionError("melt wrote nothing in " + TRIES + " runs");
    }

    /** How often a backend was started. */
    int starts() throws IOException {
        Path starts = folder.resolve("starts");
        return Files.exists(starts) ? Files.readAllLines(starts).size() : 0;
    }

    /** Sends a signal to the backend, such as {@code KILL}. */
    void signal(String name) throws IOException, InterruptedException {
        run(new ProcessBuilder("kill", "-" + name, Files.readString(runtime().resolve("backend.lock")).trim()));
    }

    /** Tells the backend to stop, as a user does. */
    void stopBackend() {
        byte[] answer = new byte[4096];
        BridgeLibrary.sv_client_ask(runtime().toString(), BridgeLibrary.TYPE_STOP, 2000, answer, answer.length);
    }

    private Path runtime() {
        return folder.resolve("run");
    }

    private static void run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.inheritIO().start();
        Assertions.assertTrue(process.waitFor(TIMEOUT_S, TimeUnit.SECONDS));
        Assertions.assertEquals(0, process.exitValue());
    }

    @Override
    public void close() throws IOException {
        stopBackend();
        Path lock = runtime().resolve("backend.lock");
        if (Files.exists(lock)) {
            String process = Files.readString(lock).trim();
            ProcessHandle.of(Long.parseLong(process)).ifPresent(MeltRig::end);
        }
    }

    private static void end(ProcessHandle backend) {
        if (backend.info().commandLine().orElse("").contains(InvertBackend.class.getName())) {
            backend.destroyForcibly();
        }
    }
}
