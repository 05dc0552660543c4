package org.stablevideo.host;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Optional;
import org.stablevideo.problem.BackendGone;
import org.stablevideo.problem.ProblemException;

/** The running backend, seen from another program of the same user. */
public final class BackendControl {

    private static final int ANSWER_MS = 5000;
    private static final int START_MS = 60_000;

    private BackendControl() {}

    /** What it is doing: {@code pid, protocol, seconds, device, solver, hosts, frames, jobs, log}; empty when none runs. */
    public static Optional<JsonObject> status() {
        return ask(BridgeLibrary.TYPE_STATUS);
    }

    /** Asks it to stop and waits until it has; its last status, or empty when none ran. */
    public static Optional<JsonObject> stop() throws InterruptedException {
        Optional<JsonObject> last = ask(BridgeLibrary.TYPE_STOP);
        long deadline = System.nanoTime() + ANSWER_MS * 2_000_000L;
        while (last.isPresent() && isListening() && System.nanoTime() < deadline) {
            Thread.sleep(50);
        }
        return last;
    }

    /**
     * Starts it unless it runs already.
     *
     * @param launcher the program {@code stablevideo}
     * @throws ProblemException with {@link BackendGone} when it does not come up
     */
    public static void start(String launcher) {
        byte[] error = new byte[4096];
        if (BridgeLibrary.sv_backend_start(null, launcher, START_MS, error, error.length) != 0) {
            throw new ProblemException(new BackendGone(BridgeServer.text(error), "Its log file is " + BackendLog.file() + "."));
        }
    }

    /** The launcher of this program: {@code $STABLEVIDEO_LAUNCHER}, the one that started it, the source tree's, or the installed one. */
    public static String launcher() {
        String own = System.getenv("STABLEVIDEO_LAUNCHER");
        if (own != null && !own.isBlank()) {
            return own;
        }
        String started = System.getProperty("stablevideo.launcher", "");
        if (!started.isEmpty()) {
            return started;
        }
        return SourceTree.root().map(root -> root.resolve("packaging/stablevideo").toString()).orElse("/usr/bin/stablevideo");
    }

    private static boolean isListening() {
        return BridgeLibrary.sv_client_ask(null, BridgeLibrary.TYPE_STATUS, 500, new byte[4096], 4096) == 0;
    }

    private static Optional<JsonObject> ask(int type) {
        byte[] answer = new byte[1 << 16];
        int result = BridgeLibrary.sv_client_ask(null, type, ANSWER_MS, answer, answer.length);
        String text = BridgeServer.text(answer);
        if (result != 0) {
            if (text.startsWith("A backend listens")) {
                throw new ProblemException(new BackendGone(text, "End its process (its number is in backend.lock of the runtime folder)."));
            }
            return Optional.empty();
        }
        return Optional.of(JsonParser.parseString(text).getAsJsonObject());
    }
}
