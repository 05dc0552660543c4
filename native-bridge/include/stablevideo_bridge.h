/*
 * NAME
 *     stablevideo_bridge - frames between a video host and the StableVideo backend
 *
 * SYNOPSIS
 *     #include <stablevideo_bridge.h>
 *     cc ... -lstablevideo_bridge
 *
 * DESCRIPTION
 *     One library with both ends. A host (an MLT filter) opens a client, hands over frames and gets frames back; the backend opens the
 *     server, takes events and replies. Small messages go over a Unix socket and carry meaning; pixels lie in sealed memfd slots that
 *     both sides map. The message is the hand-over: whoever sent last leaves the slot alone until the other one has answered.
 *
 * MESSAGES
 *     Each is a header of 32 bytes in the machine's byte order, then `body_bytes` of UTF-8 text:
 *
 *         offset 0   u32  magic        "SVB1"
 *                4   u16  type         enum sv_type
 *                6   u16  status       HELLO, WELCOME: protocol version; REPLY: enum sv_status; else 0
 *                8   u32  request_id   chosen by the client, never 0, not used twice on one connection; echoed by every answer
 *                12  i32  slot         index of the frame slot, -1 where there is none
 *                16  u32  flags        REPLY: SV_FLAG_PIXELS when the slot holds a new picture
 *                20  u32  body_bytes   at most SV_BODY_LIMIT
 *                24  u64  pixel_bytes  SLOT: size of the memory; REQUEST: bytes of it in use
 *
 *     client                                server
 *     HELLO    version, {host, clip}   ->
 *                                      <-   WELCOME  version, {backend}
 *     SLOT     slot, size, memfd       ->             (again whenever a slot is replaced)
 *     REQUEST  id, slot, {frame}       ->
 *                                      <-   PROGRESS id, text      (any number; each renews the client's deadline)
 *                                      <-   REPLY    id, status, text
 *     CANCEL   id                      ->             (the reply still comes, at once)
 *     STATUS or STOP                   ->             (allowed without HELLO, whatever the version)
 *                                      <-   REPLY    id, {status}
 *
 *     Bodies of HELLO and REQUEST are flat JSON objects of strings. This library forwards them and never looks inside.
 *     End of file on the socket means that the peer died or left: everything that it had asked for is cancelled.
 *
 * FILES
 *     The runtime directory is $STABLEVIDEO_RUNTIME, else $XDG_RUNTIME_DIR/stablevideo, else /tmp/stablevideo-UID; mode 0700, owned by
 *     the user, refused otherwise. In it:
 *         backend.sock   where the backend listens
 *         backend.lock   held by the running backend for as long as it lives; contains its process id
 *         start.lock     held while a host starts a backend, so that two hosts start only one
 *         start.log      what the launcher said before the backend's own log file took over
 *
 * THREADS
 *     Every function may be called from any thread unless it says otherwise.
 */
#ifndef STABLEVIDEO_BRIDGE_H
#define STABLEVIDEO_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SV_PROTOCOL_VERSION 1
#define SV_MAGIC 0x31425653u /* "SVB1" */
#define SV_BODY_LIMIT (1u << 20)
#define SV_SLOT_LIMIT (1ull << 30)
#define SV_SLOTS 16
#define SV_TEXT_BYTES 4096
#define SV_FLAG_PIXELS 1u

enum sv_type {
    SV_HELLO = 1,
    SV_WELCOME = 2,
    SV_SLOT = 3,
    SV_REQUEST = 4,
    SV_REPLY = 5,
    SV_PROGRESS = 6,
    SV_CANCEL = 7,
    SV_STATUS = 8,
    SV_STOP = 9
};

/* What became of a frame. Values below 16 travel in REPLY; the others are made by the client itself. */
enum sv_status {
    SV_EDITED = 0,     /* the picture is the edit */
    SV_PASSED = 1,     /* the picture is the source, on purpose: the text says why */
    SV_FAILED = 2,     /* the picture is the source, because of a problem: the text says which, and the way out */
    SV_RESULTS = 3,    /* analysis is complete; the text is the value for the `results` property */
    SV_STARTING = 16,  /* no backend yet; it is being started */
    SV_NO_BACKEND = 17 /* no backend: the text says why */
};

/* ------------------------------------------------------------------------------------------------------------------ client */

typedef struct sv_client sv_client;

/* How a client behaves. Strings are copied. */
struct sv_client_options {
    const char *runtime_dir; /* NULL: the user's, see FILES */
    const char *launcher;    /* program that is run with "backend run" when no backend listens; NULL: never start one */
    const char *hello;       /* JSON body of HELLO; NULL: "{}" */
    int start_timeout_ms;    /* how long a started backend may take until it answers */
    int silence_timeout_ms;  /* how long a backend may be silent about a request before it counts as stalled */
};

/* The end of one exchange. */
struct sv_answer {
    int status;               /* enum sv_status */
    char text[SV_TEXT_BYTES]; /* for a person; truncated at a character when longer */
};

/*
 * Hears about a request that takes long; called from the thread that waits in sv_client_exchange(). Returns 0 to go on waiting, anything
 * else to cancel the request (its reply is then awaited still, which a backend gives at once).
 */
typedef int (*sv_progress)(void *context, const char *text);

/*
 * Makes a client. Nothing is connected before the first exchange or sv_client_prepare(). Returns NULL only when memory or threads have run out.
 * The caller ends it with sv_client_close().
 */
sv_client *sv_client_open(const struct sv_client_options *options);

/* Connects, or starts the backend, ahead of the first exchange; returns at once. */
void sv_client_prepare(sv_client *client);

/*
 * Hands one frame to the backend and waits for the answer.
 *
 * `pixels` holds `bytes` bytes, which are replaced when the backend made a new picture and left alone otherwise. `body` is the JSON of
 * the request. Where no backend is connected, waits up to `connect_wait_ms` for it (0: asks for it and returns SV_STARTING at once).
 * After a failure further attempts are spaced by 0.25 s, doubling up to 4 s; exchanges in between return SV_NO_BACKEND at once, unless the
 * backend died (up to three times in a row): then the frame waits for its successor, and one that it had in its hands is handed to that
 * once, as long as `connect_wait_ms` is not 0. A backend that was silent for `silence_timeout_ms` is left, and its frame is given up.
 * Up to SV_SLOTS exchanges run at the same time on one client.
 */
void sv_client_exchange(sv_client *client, const char *body, uint8_t *pixels, size_t bytes, int connect_wait_ms,
                        sv_progress progress, void *context, struct sv_answer *answer);

/* Leaves the backend, which cancels whatever this client still waits for. No exchange may be running. NULL is allowed. */
void sv_client_close(sv_client *client);

/*
 * Asks a running backend for its status (SV_STATUS) or to stop (SV_STOP), over a connection of its own; starts none.
 * Writes the JSON answer, or the reason of failure, as a string of at most `answer_bytes`. Returns 0, or -1 when none answered in time.
 */
int sv_client_ask(const char *runtime_dir, int type, int timeout_ms, char *answer, size_t answer_bytes);

/*
 * Makes sure that a backend is running, starting it by `launcher` where none listens. Returns 0, or -1 with a sentence in `error`.
 */
int sv_backend_start(const char *runtime_dir, const char *launcher, int timeout_ms, char *error, size_t error_bytes);

/* ------------------------------------------------------------------------------------------------------------------ server */

typedef struct sv_server sv_server;
typedef struct sv_request sv_request;

enum sv_event_type {
    SV_EVENT_HELLO = 1,   /* a host came: session, body */
    SV_EVENT_REQUEST = 2, /* a frame: session, request_id, request, pixels, pixel_bytes, body */
    SV_EVENT_CANCEL = 3,  /* the host no longer wants request_id of session */
    SV_EVENT_BYE = 4,     /* the host of session left or died */
    SV_EVENT_STATUS = 5,  /* reply with the status: request */
    SV_EVENT_STOP = 6     /* reply, then stop: request */
};

/* One thing that happened; drawn again on the Java side in NativeBridge.Event, and sv_event_bytes() lets a test compare. */
struct sv_event {
    int32_t type;        /* enum sv_event_type */
    uint32_t session;    /* number of the connection, never 0, never reused */
    uint32_t request_id; /* as the host numbered it */
    uint32_t reserved;
    sv_request *request;  /* owned by the taker until sv_request_reply(); NULL where nothing waits for a reply */
    uint8_t *pixels;      /* the host's frame, writable in place until the reply; NULL where there is none */
    uint64_t pixel_bytes; /* length of it */
    const char *body;     /* UTF-8, zero-terminated, valid until the next call of sv_server_next() */
};

/*
 * Opens the user's one backend. `welcome` is the JSON body that every host gets. Returns NULL with a sentence in `error` when another
 * backend runs (the sentence then starts with "busy") or the runtime directory is not usable.
 */
sv_server *sv_server_open(const char *runtime_dir, const char *welcome, char *error, size_t error_bytes);

/*
 * Waits for the next event: 1 with `event` filled in, 0 after `timeout_ms` without one or after sv_server_wake(), -1 when the server
 * cannot go on. One thread at a time. A host that breaks the protocol is dropped (SV_EVENT_BYE) and hurts nobody else.
 */
int sv_server_next(sv_server *server, struct sv_event *event, int timeout_ms);

/* Makes a waiting sv_server_next() return 0. */
void sv_server_wake(sv_server *server);

/* Number of hosts that said hello and have not left. */
int sv_server_sessions(sv_server *server);

/*
 * Answers a request and frees it, also when its host is gone. `pixels_changed` is not 0 when the slot holds a new picture.
 * Returns 0, or -1 when the host is gone. The pixels must not be touched afterwards.
 */
int sv_request_reply(sv_request *request, int status, int pixels_changed, const char *text);

/* Tells the host that its request is still being worked on. Returns 0, or -1 when the host is gone. */
int sv_request_progress(sv_request *request, const char *text);

/*
 * Stops listening and drops all hosts: who comes from now on starts a backend of its own, which waits for this one's lock. To be called by the
 * thread of sv_server_next(), which must not be called afterwards.
 */
void sv_server_hang_up(sv_server *server);

/* Stops listening, drops all hosts, gives up the lock. Every request must have been replied to. NULL is allowed. */
void sv_server_close(sv_server *server);

/* -------------------------------------------------------------------------------------------------------------- both ends */

/*
 * Writes the path of the runtime directory, which is made when missing. Returns 0, or -1 with a sentence in `path` when it is not usable.
 * `wanted` NULL takes the user's, see FILES.
 */
int sv_runtime_dir(const char *wanted, char *path, size_t path_bytes);

/* The protocol version of this library, SV_PROTOCOL_VERSION when it was built. */
int sv_protocol_version(void);

/* sizeof(struct sv_event), for whoever draws the struct again. */
size_t sv_event_bytes(void);

#ifdef __cplusplus
}
#endif

#endif
