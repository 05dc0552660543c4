package org.stablevideo.host;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** A question of a host, with the memory of its frame. Must be answered exactly once; afterwards the pixels are the host's again. */
final class BridgeRequest {

    /** What becomes of a frame, in the order of {@code enum sv_status}. */
    enum Status {
        EDITED,
        PASSED,
        FAILED,
        RESULTS
    }

    private final Pointer request;
    private final ByteBuffer pixels;
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile boolean cancelled;

    BridgeRequest(Pointer request, Pointer pixels, long bytes) {
        this.request = request;
        this.pixels = pixels == null ? ByteBuffer.allocateDirect(0) : pixels.getByteBuffer(0, bytes);
    }

    /** The host's own memory, not a copy. */
    ByteBuffer pixels() {
        return pixels;
    }

    /** The host no longer wants it. */
    void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Tells the host, whose patience this renews; false when it is gone. */
    boolean progress(String text) {
        return BridgeLibrary.sv_request_progress(request, text) == 0;
    }

    /**
     * Answers.
     *
     * @param changed whether the pixels hold a new picture
     */
    void reply(Status status, boolean changed, String text) {
        if (!answered.compareAndSet(false, true)) {
            throw new IllegalStateException("request answered twice");
        }
        BridgeLibrary.sv_request_reply(request, status.ordinal(), changed ? 1 : 0, text);
    }
}
