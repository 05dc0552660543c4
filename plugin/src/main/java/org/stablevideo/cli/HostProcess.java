package org.stablevideo.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.host.LostStart;
import org.stablevideo.host.Melt;
import org.stablevideo.problem.HostMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;

/**
 * The host's command line, {@code melt}: always with stdin closed and with our module in its folder.
 *
 * @param launcher what the effect starts its backend with
 */
record HostProcess(Path launcher) {

    private static final Logger LOG = LoggerFactory.getLogger(HostProcess.class);
    private static final long ASK_SECONDS = 60;
    private static final long STOP_SECONDS = 2;
    private static final long LOOK_MS = 250;
    private static final int TRIES = 4;

    /**
     * What a short question brought.
     *
     * @param code exit code
     * @param out what it printed
     */
    record Answer(int code, String out) {}

    /** Asks something that melt answers on stdout within a minute. */
    Answer ask(String... arguments) {
        ProcessBuilder builder = builder(List.of(arguments));
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process = start(builder);
        try {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(ASK_SECONDS, TimeUnit.SECONDS)) {
                throw missing("melt did not answer within " + ASK_SECONDS + " s.", null);
            }
            return new Answer(process.exitValue(), out);
        } catch (IOException e) {
            throw missing("melt broke off: " + e.getMessage() + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException();
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * Runs to the end; once more, up to three times, where melt lost its consumer before the first frame ({@link LostStart}). When this process is
     * stopped, so is melt.
     *
     * @param environment variables to add
     * @param written the file that melt is to write, which must not be there yet
     * @param lines hears every line of stdout and stderr
     * @return exit code
     */
    int run(List<String> arguments, Map<String, String> environment, Path written, Consumer<String> lines) {
        for (int i = 1;; i++) {
            Ended ended = runOnce(arguments, environment, written, lines);
            boolean again = ended.lost() || ended.code() == 0 && LostStart.leftEmpty(written);
            if (!again) {
                return ended.code();
            }
            if (i == TRIES) {
                lines.accept("melt lost its consumer before the first frame " + TRIES + " times. The machine may be too busy: try again.");
                return ended.code();
            }
            LOG.debug("melt lost its consumer before the first frame, and is started again");
        }
    }

    private record Ended(int code, boolean lost) {}

    private Ended runOnce(List<String> arguments, Map<String, String> environment, Path written, Consumer<String> lines) {
        ProcessBuilder builder = builder(arguments);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        Process process = start(builder);
        Thread stop = new Thread(() -> stop(process), "stop melt");
        AtomicBoolean lost = new AtomicBoolean();
        Thread watch = new Thread(() -> watch(process, written, lost), "watch melt");
        watch.setDaemon(true);
        watch.start();
        remember(stop, process);
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.accept(line);
            }
            return new Ended(process.waitFor(), lost.get());
        } catch (IOException e) {
            throw missing("melt broke off: " + e.getMessage() + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException();
        } finally {
            stop(process);
            watch.interrupt();
            forget(stop);
        }
    }

    private static void watch(Process process, Path written, AtomicBoolean lost) {
        LostStart start = new LostStart(process, written);
        try {
            while (!process.waitFor(LOOK_MS, TimeUnit.MILLISECONDS)) {
                if (start.isCertain()) {
                    lost.set(true);
                    process.destroyForcibly();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the effect is there for melt to load: beside its own modules, or in the folder that the build made. */
    boolean hasEffect() {
        return ask("-query", "filter=stablevideo").out().contains("identifier: stablevideo");
    }

    private ProcessBuilder builder(List<String> arguments) {
        ProcessBuilder builder = Melt.command(arguments);
        builder.environment().put("STABLEVIDEO_LAUNCHER", launcher.toString());
        return builder;
    }

    private static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw missing("melt cannot be started: " + e.getMessage() + ".", e);
        }
    }

    /** Asks melt to end, which it does after the frame it is at; does not wait for one that waits for its edit. */
    private static void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static void remember(Thread hook, Process process) {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            process.destroyForcibly(); // the JVM is going down
            throw new CancelledException();
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is going down: the hook is what stops melt
        }
    }

    private static ProblemException missing(String message, Exception cause) {
        return new ProblemException(new HostMissing(message, "Run: sudo apt-get install melt"), cause);
    }
}
