package org.stablevideo.tensor;

import java.util.Locale;

/** There was no memory, on the processor or the graphics card, for what a network wanted to compute; a smaller piece may still fit. */
public final class MemoryShortException extends RuntimeException {

    /** With what the engine said. */
    public MemoryShortException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether an engine's words mean this. */
    static boolean isMeant(String message) {
        String text = message == null ? "" : message.toLowerCase(Locale.ROOT);
        return text.contains("can't allocate memory") || text.contains("not enough memory") || text.contains("out of memory")
                || text.contains("bad_alloc") || text.contains("bad alloc");
    }
}
