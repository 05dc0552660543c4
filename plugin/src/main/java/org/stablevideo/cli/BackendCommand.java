package org.stablevideo.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.stablevideo.host.Backend;
import org.stablevideo.host.BackendControl;
import org.stablevideo.host.Studio;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backend start|stop|status}: the process that does the work for all hosts of this user. */
@Command(
        name = "backend",
        description = "Starts, stops or shows the process that does the work for all hosts of this user.",
        subcommands = {BackendCommand.Start.class, BackendCommand.Stop.class, BackendCommand.Status.class, BackendCommand.Run.class})
public final class BackendCommand implements Runnable {

    /** Late enough not to be in the way of the first frames. */
    private static final long LISTS_AFTER_MS = 15_000;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** How an answer is written. */
    static final class Form {

        @Option(names = "--json", description = "Answer on stdout as JSON.")
        private boolean json;

        void print(CommandSpec spec, boolean running, Optional<JsonObject> status, String sentence) {
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                JsonObject answer = status.map(JsonObject::deepCopy).orElseGet(JsonObject::new);
                answer.addProperty("running", running);
                out.println(answer);
            } else {
                out.println(sentence);
            }
        }
    }

    /** {@code backend start}. */
    @Command(name = "start", description = "Starts the backend unless it runs. Hosts do this by themselves.")
    static final class Start implements Callable<Integer> {

        @Mixin
        private Form form = new Form();

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            BackendControl.start(BackendControl.launcher());
            Optional<JsonObject> status = BackendControl.status();
            form.print(spec, status.isPresent(), status, "The backend runs" + status.map(s -> " as process " + s.get("pid")).orElse("") + ".");
            return ExitCode.DONE;
        }
    }

    /** {@code backend run}: what hosts start; serves until it is idle. */
    @Command(name = "run", description = "Serves hosts in the foreground until idle. Hosts start this by themselves.")
    static final class Run implements Callable<Integer> {

        @Override
        public Integer call() {
            return serve();
        }
    }

    /** Serves hosts until it is idle; the exit code. */
    static int serve() {
        KdenliveLists.followLater(LISTS_AFTER_MS);
        try (Studio studio = new Studio()) {
            return Backend.run(studio.pipeline()) ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    /** {@code backend stop}. */
    @Command(name = "stop", description = "Stops the backend. What is finished stays in the cache.")
    static final class Stop implements Callable<Integer> {

        @Mixin
        private Form form = new Form();

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws InterruptedException {
            Optional<JsonObject> last = BackendControl.stop();
            form.print(spec, false, last, last.isPresent() ? "The backend is stopped." : "No backend was running.");
            return ExitCode.DONE;
        }
    }

    /** {@code backend status}; exit code 1 when none runs. */
    @Command(name = "status", description = "Shows what the backend is doing; exit code 1 when none runs.")
    static final class Status implements Callable<Integer> {

        @Mixin
        private Form form = new Form();

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            Optional<JsonObject> status = BackendControl.status();
            form.print(spec, status.isPresent(), status, status.map(Status::words).orElse("No backend is running."));
            return status.isPresent() ? ExitCode.DONE : ExitCode.FAILED;
        }

        private static String words(JsonObject status) {
            StringBuilder text = new StringBuilder("The backend runs as process " + status.get("pid") + " for " + status.get("seconds") + " s, serves "
                    + status.get("hosts") + " hosts, has answered " + status.get("frames") + " frames.");
            for (JsonElement job : status.getAsJsonArray("jobs")) {
                text.append(System.lineSeparator()).append("  ").append(job.getAsString());
            }
            return text.append(System.lineSeparator()).append("Its log file is ").append(status.get("log").getAsString()).toString();
        }
    }
}
