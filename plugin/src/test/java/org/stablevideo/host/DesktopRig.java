package org.stablevideo.host;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** A real editor on a screen of its own, with a D-Bus, a home and a backend that nobody else sees. End it to end all of them. */
abstract class DesktopRig {

    static final int TIMEOUT_S = 60;

    final Path folder;
    final Path shots;
    private final List<Process> started = new ArrayList<>();
    private final Map<String, String> environment;
    private final String editor;
    private Process program;

    /**
     * @param editor the program
     * @param folder for everything that it writes
     */
    DesktopRig(String editor, Path folder) throws IOException, InterruptedException {
        for (String tool : List.of(editor, "Xvfb", "dbus-daemon", "xdotool", "import")) {
            Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin", tool)), tool + " is not installed");
        }
        this.editor = editor;
        this.folder = folder;
        this.shots = Files.createDirectories(Path.of(System.getProperty("stablevideo.root"), "plugin/target/" + editor));
        Path home = Files.createDirectories(folder.resolve("home"));
        Path configuration = Files.createDirectories(home.resolve(".config"));
        try (InputStream layout = DesktopRig.class.getResourceAsStream("kdenliverc")) {
            Files.write(configuration.resolve("kdenliverc"), layout.readAllBytes());
        }
        Path run = Files.createDirectories(folder.resolve("run"));
        run.toFile().setReadable(false, false);
        run.toFile().setReadable(true, true);
        run.toFile().setExecutable(false, false);
        run.toFile().setExecutable(true, true);
        String root = System.getProperty("stablevideo.root");
        environment = Map.ofEntries(
                Map.entry("HOME", home.toString()),
                Map.entry("XDG_CONFIG_HOME", configuration.toString()),
                Map.entry("XDG_DATA_HOME", home.resolve(".local/share").toString()),
                Map.entry("XDG_STATE_HOME", home.resolve(".local/state").toString()),
                Map.entry("XDG_CACHE_HOME", home.resolve(".cache").toString()),
                Map.entry("XDG_RUNTIME_DIR", run.toString()),
                // Kdenlive notes there that it is starting; one that was killed meanwhile would make the next one ask whether to reset everything
                Map.entry("TMPDIR", Files.createDirectories(folder.resolve("tmp")).toString()),
                Map.entry("STABLEVIDEO_LAUNCHER", root + "/packaging/stablevideo"),
                Map.entry("STABLEVIDEO_CACHE", folder.resolve("cache").toString()),
                Map.entry("STABLEVIDEO_MEMORY", "2g"),
                Map.entry("MLT_REPOSITORY", home.resolve(".local/share/stablevideo/mlt").toString()),
                Map.entry("LIBGL_ALWAYS_SOFTWARE", "1"),
                Map.entry("SDL_AUDIODRIVER", "dummy"),
                Map.entry("LC_ALL", "C.UTF-8"),
                Map.entry("DISPLAY", display()),
                Map.entry("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + run.resolve("bus")));
        stablevideo("setup");
        background("dbus", "dbus-daemon", "--session", "--nofork", "--address=unix:path=" + run.resolve("bus"));
        await("the bus", () -> Files.exists(run.resolve("bus")));
    }

    private String display() throws IOException, InterruptedException {
        Path number = folder.resolve("display");
        ProcessBuilder screen = new ProcessBuilder("Xvfb", "-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp");
        started.add(screen.redirectOutput(number.toFile()).redirectError(folder.resolve("xvfb.log").toFile()).start());
        await("the screen", () -> read(number).endsWith("\n"));
        return ":" + read(number).trim();
    }

    /** Starts the editor. */
    final Process start(String... line) throws IOException {
        program = background(editor, line);
        return program;
    }

    /**
     * Starts the editor and waits until it has a window. One that ends before is started a second time, and what it said is printed: seen once in some hundred
     * starts of Kdenlive, and not again in a hundred that were made to find out why.
     *
     * @param title what the window's title holds
     */
    final Process startUntilWindow(String title, String... line) throws IOException, InterruptedException {
        try {
            return startOnce(title, line);
        } catch (EndedEarly e) {
            System.out.println("started again: " + e.getMessage());
            return startOnce(title, line);
        }
    }

    private Process startOnce(String title, String... line) throws IOException, InterruptedException {
        start(line);
        await("the window", TIMEOUT_S, 50, () -> !ask("xdotool", "search", "--onlyvisible", "--name", title).isBlank());
        return program;
    }

    /** Ends the editor, saved or not. */
    void quit() throws IOException, InterruptedException {
        if (program != null && program.isAlive()) {
            program.destroy();
            if (!program.waitFor(5, TimeUnit.SECONDS)) {
                program.destroyForcibly().waitFor();
            }
        }
        program = null;
    }

    /** What is on the screen now. */
    final BufferedImage look() {
        try {
            Path file = folder.resolve("look.bmp");
            run("import", "-window", "root", file.toString());
            return ImageIO.read(file.toFile());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Mouse and keys, in the words of xdotool. */
    void input(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("xdotool"));
        line.addAll(List.of(words));
        run(line.toArray(String[]::new));
        pause(400);
    }

    /** A picture of the whole screen, kept as {@code plugin/target/EDITOR/NAME.png}. */
    BufferedImage shot(String name) throws IOException, InterruptedException {
        Path file = shots.resolve(name + ".png");
        run("import", "-window", "root", file.toString());
        return ImageIO.read(file.toFile());
    }

    boolean isAlive() {
        return program.isAlive();
    }

    /** What the editor printed. */
    String log() {
        return read(folder.resolve(editor + ".log"));
    }

    /** Process id of the backend that runs. */
    long backend() {
        return Long.parseLong(read(folder.resolve("run/stablevideo/backend.lock")).trim());
    }

    /** Runs our command line in this home; what it printed. */
    String stablevideo(String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(System.getProperty("stablevideo.root") + "/packaging/stablevideo"));
        line.addAll(List.of(arguments));
        return run(line.toArray(String[]::new));
    }

    /** Runs a program to its end, which must be good; what it printed. */
    String run(String... line) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "said", ".txt");
        Process process = builder(line).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        boolean ended = process.waitFor(3 * TIMEOUT_S, TimeUnit.SECONDS);
        process.destroyForcibly();
        Assertions.assertTrue(ended, String.join(" ", line) + " does not end: " + read(out));
        Assertions.assertEquals(0, process.exitValue(), String.join(" ", line) + ": " + read(out));
        return read(out);
    }

    /** What a program says. */
    final String ask(String... line) {
        try {
            Process process = builder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            try (InputStream said = process.getInputStream()) {
                return new String(said.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            return "";
        }
    }

    private Process background(String name, String... line) throws IOException {
        Process process = builder(line).redirectErrorStream(true).redirectOutput(folder.resolve(name + ".log").toFile()).start();
        started.add(process);
        return process;
    }

    private ProcessBuilder builder(String... line) {
        ProcessBuilder builder = new ProcessBuilder(line).redirectInput(new java.io.File("/dev/null"));
        builder.environment().remove("STABLEVIDEO_RUNTIME");
        builder.environment().putAll(environment);
        return builder;
    }

    /** Waits for something, at most a minute. */
    void await(String what, BooleanSupplier there) throws InterruptedException {
        await(what, TIMEOUT_S, there);
    }

    /** Waits for something. */
    void await(String what, int seconds, BooleanSupplier there) throws InterruptedException {
        await(what, seconds, 250, there);
    }

    /** Waits for something, looking as often as that. */
    final void await(String what, int seconds, int everyMs, BooleanSupplier there) throws InterruptedException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (!there.getAsBoolean()) {
            if (System.nanoTime() >= end) {
                ask("import", "-window", "root", shots.resolve("missing.png").toString());
                Assertions.fail(what + " does not come in " + seconds + " s, see missing.png; the program said: " + log());
            }
            if (program != null && !program.isAlive()) {
                throw new EndedEarly(editor + " ended with " + program.exitValue() + " while " + what + " was awaited, in a screen that is "
                        + (started.get(0).isAlive() ? "there" : "gone") + "; it said: " + log());
            }
            pause(everyMs);
        }
    }

    static void pause(long ms) throws InterruptedException {
        Thread.sleep(ms);
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }

    /** Ends everything that was started. */
    void end() throws IOException, InterruptedException {
        quit();
        stablevideo("backend", "stop");
        stablevideo("setup", "--remove");
        for (int i = started.size() - 1; i >= 0; i--) {
            started.get(i).destroy();
            started.get(i).waitFor(5, TimeUnit.SECONDS);
            started.get(i).destroyForcibly();
        }
    }

    /** The editor is not there any more. */
    private static final class EndedEarly extends AssertionError {

        private static final long serialVersionUID = 1L;

        EndedEarly(String message) {
            super(message);
        }
    }
}
