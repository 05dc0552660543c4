package org.stablevideo.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

    private static final long ASK_SECONDS = 60;
    private static final long STOP_SECONDS = 2;

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
     * Runs to the end. When this process is stopped, so is melt.
     *
     * @param environment variables to add
     * @param lines hears every line of stdout and stderr
     * @return exit code
     */
    int run(List<String> arguments, Map<String, String> environment, Consumer<String> lines) {
        ProcessBuilder builder = builder(arguments);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        Process process = start(builder);
        Thread stop = new Thread(() -> stop(process), "stop melt");
        Runtime.getRuntime().addShutdownHook(stop);
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.accept(line);
            }
            return process.waitFor();
        } catch (IOException e) {
            throw missing("melt broke off: " + e.getMessage() + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException();
        } finally {
            stop(process);
            forget(stop);
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
