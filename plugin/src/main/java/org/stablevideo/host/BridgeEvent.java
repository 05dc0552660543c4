package org.stablevideo.host;

/**
 * Something that a host did.
 *
 * @param type what
 * @param session number of the host's connection
 * @param requestId the host's number for the request
 * @param request to be answered exactly once; null where nothing waits for an answer
 * @param body JSON
 */
record BridgeEvent(Type type, int session, int requestId, BridgeRequest request, String body) {

    /** In the order of {@code enum sv_event_type}. */
    enum Type {
        HELLO,
        REQUEST,
        CANCEL,
        BYE,
        STATUS,
        STOP;

        static Type of(int code) {
            return values()[code - 1];
        }
    }
}
