package org.stablevideo.host;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.stablevideo.problem.BackendGone;
import org.stablevideo.problem.ProblemException;

/**
 * The server end of the bridge: hosts come, ask and leave. {@link #next} belongs to one thread, the rest to any. Close it after every request
 * has been answered.
 */
final class BridgeServer implements AutoCloseable {

    /** Offsets in {@code struct sv_event}. */
    private static final int TYPE = 0;

    private static final int SESSION = 4;
    private static final int REQUEST_ID = 8;
    private static final int REQUEST = 16;
    private static final int PIXELS = 24;
    private static final int PIXEL_BYTES = 32;
    private static final int BODY = 40;
    static final int EVENT_BYTES = 48;

    private final Pointer server;
    private final Memory event = new Memory(EVENT_BYTES);

    private BridgeServer(Pointer server) {
        this.server = server;
    }

    /**
     * Opens the one server of a runtime folder.
     *
     * @param runtimeDir null takes the user's
     * @param welcome JSON that every host gets
     * @return empty when another backend runs there
     * @throws ProblemException with {@link BackendGone} when the folder is not usable
     */
    static Optional<BridgeServer> open(String runtimeDir, String welcome) {
        byte[] error = new byte[4096];
        Pointer server = BridgeLibrary.sv_server_open(runtimeDir, welcome, error, error.length);
        if (server != null) {
            return Optional.of(new BridgeServer(server));
        }
        String reason = text(error);
        if (reason.startsWith("busy")) {
            return Optional.empty();
        }
        throw new ProblemException(new BackendGone(reason, "Run \"stablevideo doctor\"."));
    }

    /** Waits for something to happen; empty after the time or after {@link #wake}. */
    Optional<BridgeEvent> next(int timeoutMs) {
        int got = BridgeLibrary.sv_server_next(server, event, timeoutMs);
        if (got < 0) {
            throw new ProblemException(new BackendGone("The backend's socket failed.", "Start the backend again."));
        }
        if (got == 0) {
            return Optional.empty();
        }
        Pointer body = event.getPointer(BODY);
        String text = body == null ? "" : body.getString(0, StandardCharsets.UTF_8.name());
        Pointer request = event.getPointer(REQUEST);
        return Optional.of(new BridgeEvent(
                BridgeEvent.Type.of(event.getInt(TYPE)),
                event.getInt(SESSION),
                event.getInt(REQUEST_ID),
                request == null ? null : new BridgeRequest(request, event.getPointer(PIXELS), event.getLong(PIXEL_BYTES)),
                text));
    }

    /** Ends a {@link #next} that waits. */
    void wake() {
        BridgeLibrary.sv_server_wake(server);
    }

    /** Lets nobody in any more and leaves all hosts, whose requests stay to be answered. By the thread of {@link #next}, which must not be called again. */
    void hangUp() {
        BridgeLibrary.sv_server_hang_up(server);
    }

    /** Number of hosts that are here. */
    int sessions() {
        return BridgeLibrary.sv_server_sessions(server);
    }

    @Override
    public void close() {
        BridgeLibrary.sv_server_close(server);
    }

    static String text(byte[] zeroTerminated) {
        return Native.toString(zeroTerminated, StandardCharsets.UTF_8.name());
    }
}
