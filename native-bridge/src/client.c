#define _GNU_SOURCE
#include "launch.h"
#include "slots.h"
#include "wire.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    HANDSHAKE_MS = 5000,
    LISTEN_MS = 100, /* how long a handshake waits before it looks whether the client closes */
    SEND_MS = 2000,
    BACKOFF_FIRST_MS = 250,
    BACKOFF_LIMIT_MS = 4000,
    LOSSES_WAITED_OUT = 3
};

/* A frame slot, and the request that is using it. Everything but `memory` is guarded by the client's lock. */
struct slot {
    struct sv_memory memory; /* touched only by the exchange that holds the slot */
    int fd;                  /* the memfd until it has been announced, else -1 */
    int busy;
    uint32_t link;           /* connection that knows this memory, 0 for none */
    uint32_t request_id;     /* 0 when nothing is awaited */
    int done;
    int lost;                /* done because the backend died */
    int status;
    uint32_t flags;
    uint32_t news;           /* counts progress messages */
    char text[SV_TEXT_BYTES];
};

enum link_state { LINK_IDLE, LINK_WANTED, LINK_READY, LINK_DOWN };

struct sv_client {
    char *runtime_dir, *launcher, *hello;
    int start_timeout_ms, silence_timeout_ms;

    pthread_mutex_t lock;  /* guards what follows; never held during I/O */
    pthread_cond_t change; /* any change of link or slots */
    enum link_state link;
    uint32_t link_number;  /* counts connections */
    int socket;            /* of the link while it is ready, else -1 */
    int64_t retry_at_ms;
    int failures;          /* attempts that failed since the last reply */
    int lost;              /* whether the link went down by the backend's end: it had worked, so that waiting for its successor is worth while */
    int silent;            /* whether it is being cut because the backend gave no sign of life */
    uint32_t last_request_id;
    char reason[SV_TEXT_BYTES]; /* why the link is down */
    struct slot slots[SV_SLOTS];

    pthread_mutex_t sending; /* one message at a time on the socket */
    pthread_t thread;
    int thread_started;
    atomic_int closing;
    int wake; /* eventfd that ends the link thread's poll */
};

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

sv_client *sv_client_open(const struct sv_client_options *options)
{
    sv_client *client = calloc(1, sizeof *client);
    if (!client)
        return NULL;
    client->runtime_dir = copy(options->runtime_dir);
    client->launcher = copy(options->launcher);
    client->hello = copy(options->hello ? options->hello : "{}");
    client->start_timeout_ms = options->start_timeout_ms;
    client->silence_timeout_ms = options->silence_timeout_ms;
    client->socket = -1;
    client->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    for (int i = 0; i < SV_SLOTS; i++)
        client->slots[i].fd = -1;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&client->change, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&client->lock, NULL);
    pthread_mutex_init(&client->sending, NULL);
    if (client->wake < 0 || !client->hello) {
        sv_client_close(client);
        return NULL;
    }
    return client;
}

/* ---------------------------------------------------------------------------------------------- the link's own thread */

enum greeting { GREETED, HUNG_UP, REFUSED };

/* Waits for the answer to hello, but not once the client closes. */
static enum sv_read await_welcome(sv_client *client, struct sv_reader *reader, int fd, int64_t deadline)
{
    enum sv_read state = SV_READ_AGAIN;
    while (state == SV_READ_AGAIN && sv_now_ms() < deadline && !atomic_load(&client->closing)) {
        int64_t until = sv_now_ms() + LISTEN_MS;
        state = sv_reader_wait(reader, fd, until < deadline ? until : deadline);
    }
    return state;
}

/* Says hello and checks the answer; a sentence in `error` unless it is GREETED. HUNG_UP: the backend left without a word. */
static enum greeting shake_hands(sv_client *client, int fd, char *error, size_t error_bytes)
{
    int64_t deadline = sv_now_ms() + HANDSHAKE_MS;
    struct sv_header hello = sv_wire_header(SV_HELLO, 0, client->hello);
    hello.status = SV_PROTOCOL_VERSION;
    struct sv_reader reader;
    sv_reader_start(&reader);
    enum sv_read state = SV_READ_CLOSED;
    if (sv_wire_send(fd, &hello, client->hello, -1, deadline) == 0)
        state = await_welcome(client, &reader, fd, deadline);
    enum greeting result = REFUSED;
    if (state == SV_READ_MESSAGE && reader.header.type == SV_WELCOME) {
        if (reader.header.status == SV_PROTOCOL_VERSION)
            result = GREETED;
        else
            snprintf(error, error_bytes,
                     "The running StableVideo backend speaks protocol %u, this effect %d: two versions are installed. Run \"stablevideo "
                     "backend stop\"; the right one then starts by itself.",
                     reader.header.status, SV_PROTOCOL_VERSION);
    } else if (state == SV_READ_MESSAGE || (state == SV_READ_BROKEN && reader.got >= sizeof reader.header)) {
        snprintf(error, error_bytes, "What listens on the StableVideo socket does not speak its protocol. Run \"stablevideo backend stop\".");
    } else {
        snprintf(error, error_bytes, "The StableVideo backend did not answer. Run \"stablevideo backend stop\", then try again.");
        if (state == SV_READ_CLOSED && reader.got == 0)
            result = HUNG_UP;
    }
    sv_reader_reset(&reader);
    return result;
}

/* A backend that ends hangs up on whoever has just come: then the next one is found or started. */
static int establish(sv_client *client, char *error, size_t error_bytes)
{
    char directory[PATH_MAX];
    if (sv_runtime_dir(client->runtime_dir, directory, sizeof directory) < 0) {
        sv_text_copy(error, error_bytes, directory);
        return -1;
    }
    int64_t deadline = sv_now_ms() + client->start_timeout_ms;
    for (;;) {
        int fd = sv_connect_or_launch(directory, client->launcher, deadline, &client->closing, error, error_bytes);
        if (fd < 0)
            return -1;
        enum greeting greeting = shake_hands(client, fd, error, error_bytes);
        if (greeting == GREETED)
            return fd;
        close(fd);
        if (greeting == REFUSED || atomic_load(&client->closing) || sv_now_ms() >= deadline)
            return -1;
        poll(NULL, 0, LISTEN_MS);
    }
}

/* Files one message of the backend. Answers to requests that nobody awaits any more are dropped. */
static void deliver(sv_client *client, const struct sv_reader *reader)
{
    const struct sv_header *header = &reader->header;
    if (header->type != SV_REPLY && header->type != SV_PROGRESS)
        return;
    pthread_mutex_lock(&client->lock);
    for (int i = 0; i < SV_SLOTS; i++) {
        struct slot *slot = &client->slots[i];
        if (slot->request_id == 0 || slot->request_id != header->request_id || slot->done)
            continue;
        sv_text_copy(slot->text, sizeof slot->text, reader->body);
        if (header->type == SV_PROGRESS) {
            slot->news++;
        } else {
            slot->status = header->status;
            slot->flags = header->flags;
            slot->done = 1;
            client->failures = 0;
        }
        pthread_cond_broadcast(&client->change);
    }
    pthread_mutex_unlock(&client->lock);
}

/* Reads messages until the backend is gone or the client closes. */
static void listen_to_backend(sv_client *client, int fd)
{
    struct sv_reader reader;
    sv_reader_start(&reader);
    while (!atomic_load(&client->closing)) {
        enum sv_read state = sv_reader_pump(&reader, fd);
        if (state == SV_READ_MESSAGE) {
            deliver(client, &reader);
            sv_reader_reset(&reader);
        } else if (state == SV_READ_AGAIN) {
            struct pollfd wait[2] = {{.fd = fd, .events = POLLIN}, {.fd = client->wake, .events = POLLIN}};
            if (poll(wait, 2, -1) < 0 && errno != EINTR)
                break;
        } else {
            break;
        }
    }
    sv_reader_reset(&reader);
}

/* Called with the lock held: the link is down for now, and nothing that was asked will be answered. */
static void fall(sv_client *client, int lost, const char *reason)
{
    client->lost = (lost || client->lost) && !client->silent; /* a successor that did not come up is no reason to lose hope at once */
    client->silent = 0;
    int64_t pause = BACKOFF_FIRST_MS;
    for (int i = 0; i < client->failures && pause < BACKOFF_LIMIT_MS; i++)
        pause *= 2;
    client->failures++;
    client->retry_at_ms = sv_now_ms() + (pause < BACKOFF_LIMIT_MS ? pause : BACKOFF_LIMIT_MS);
    client->link = LINK_DOWN;
    if (!client->reason[0])
        sv_text_copy(client->reason, sizeof client->reason, reason);
    for (int i = 0; i < SV_SLOTS; i++) {
        struct slot *slot = &client->slots[i];
        slot->link = 0;
        if (slot->request_id && !slot->done) {
            slot->status = SV_NO_BACKEND;
            slot->flags = 0;
            sv_text_copy(slot->text, sizeof slot->text, client->reason);
            slot->lost = client->lost;
            slot->done = 1;
        }
    }
    pthread_cond_broadcast(&client->change);
}

static void *keep_link(void *context)
{
    sv_client *client = context;
    pthread_mutex_lock(&client->lock);
    while (!atomic_load(&client->closing)) {
        if (client->link != LINK_WANTED) {
            pthread_cond_wait(&client->change, &client->lock);
            continue;
        }
        client->reason[0] = 0;
        pthread_mutex_unlock(&client->lock);
        char error[SV_TEXT_BYTES] = "";
        int fd = establish(client, error, sizeof error);
        pthread_mutex_lock(&client->lock);
        if (fd < 0) {
            fall(client, 0, error[0] ? error : "The StableVideo backend is not there.");
            continue;
        }
        client->link = LINK_READY;
        client->socket = fd;
        client->link_number++;
        pthread_cond_broadcast(&client->change);
        pthread_mutex_unlock(&client->lock);

        listen_to_backend(client, fd);

        pthread_mutex_lock(&client->lock);
        client->socket = -1;
        fall(client, 1, "The StableVideo backend stopped in the middle of its work. It is started again; its log file says why it stopped "
                        "(\"stablevideo backend status\" names it).");
        pthread_mutex_unlock(&client->lock);
        pthread_mutex_lock(&client->sending); /* nobody writes to a descriptor that is being closed */
        close(fd);
        pthread_mutex_unlock(&client->sending);
        pthread_mutex_lock(&client->lock);
    }
    pthread_mutex_unlock(&client->lock);
    return NULL;
}

/* ------------------------------------------------------------------------------------------------------- exchanges */

static void wait_for_change(sv_client *client, int64_t until_ms)
{
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    pthread_cond_timedwait(&client->change, &client->lock, &until);
}

static void answer_with(struct sv_answer *answer, int status, const char *text)
{
    answer->status = status;
    sv_text_copy(answer->text, sizeof answer->text, text);
}

/* Called with the lock held: sets the link's thread going where it may try. Returns -1 when there can be none. */
static int want_link(sv_client *client)
{
    if (client->link != LINK_IDLE && (client->link != LINK_DOWN || sv_now_ms() < client->retry_at_ms))
        return 0;
    if (!client->thread_started && pthread_create(&client->thread, NULL, keep_link, client) != 0)
        return -1;
    client->thread_started = 1;
    client->link = LINK_WANTED;
    pthread_cond_broadcast(&client->change);
    return 0;
}

/*
 * Called with the lock held. Returns whether the link is ready; fills in the answer where it is not. A backend that died is waited for again,
 * unless its successors died as well; one that cannot be started, or was silent, is not.
 */
static int await_link(sv_client *client, int64_t deadline, struct sv_answer *answer)
{
    while (client->link != LINK_READY) {
        if (want_link(client) < 0) {
            answer_with(answer, SV_NO_BACKEND, "No thread is left to talk to the StableVideo backend. Close other programs.");
            return 0;
        }
        int down = client->link == LINK_DOWN;
        if (sv_now_ms() >= deadline || (down && (!client->lost || client->failures > LOSSES_WAITED_OUT)))
            break;
        wait_for_change(client, down && client->retry_at_ms < deadline ? client->retry_at_ms : deadline);
    }
    if (client->link == LINK_WANTED)
        answer_with(answer, SV_STARTING, "starting");
    else if (client->link != LINK_READY)
        answer_with(answer, SV_NO_BACKEND, client->reason);
    return client->link == LINK_READY;
}

/* Called with the lock held. Takes a free slot, preferring one that is large enough and known to the backend; NULL after the deadline. */
static struct slot *take_slot(sv_client *client, size_t bytes, int64_t deadline)
{
    for (;;) {
        struct slot *found = NULL;
        for (int i = 0; i < SV_SLOTS; i++) {
            struct slot *slot = &client->slots[i];
            if (slot->busy)
                continue;
            if (!found)
                found = slot;
            if (slot->memory.bytes >= bytes && slot->link == client->link_number) {
                found = slot;
                break;
            }
        }
        if (found) {
            found->busy = 1;
            return found;
        }
        if (sv_now_ms() >= deadline)
            return NULL;
        wait_for_change(client, deadline);
    }
}

/* Gives the slot fresh memory when it is too small or unknown to the backend. Returns -1 when there is no memory. */
static int furnish(struct slot *slot, uint32_t link, size_t bytes)
{
    if (slot->memory.bytes >= bytes && slot->link == link)
        return 0;
    sv_memory_unmap(&slot->memory);
    slot->fd = sv_memory_create(&slot->memory, bytes);
    return slot->fd < 0 ? -1 : 0;
}

enum posted { POSTED, LINK_OVER, NOT_TAKEN };

/* Sends slot (when new) and request. LINK_OVER: the link is another one by now, or its backend has gone; NOT_TAKEN: it takes nothing. */
static enum posted post(sv_client *client, struct slot *slot, uint32_t link, const char *body, size_t bytes)
{
    int64_t deadline = sv_now_ms() + SEND_MS;
    int index = (int) (slot - client->slots), result = -1;
    pthread_mutex_lock(&client->sending);
    pthread_mutex_lock(&client->lock);
    int fd = client->link_number == link ? client->socket : -1;
    pthread_mutex_unlock(&client->lock);
    if (fd >= 0) {
        result = 0;
        if (slot->fd >= 0) {
            struct sv_header memory = sv_wire_header(SV_SLOT, 0, NULL);
            memory.slot = index;
            memory.pixel_bytes = slot->memory.bytes;
            result = sv_wire_send(fd, &memory, NULL, slot->fd, deadline);
        }
        if (result == 0) {
            struct sv_header request = sv_wire_header(SV_REQUEST, slot->request_id, body);
            request.slot = index;
            request.pixel_bytes = bytes;
            result = sv_wire_send(fd, &request, body, -1, deadline);
        }
        if (result < 0)
            shutdown(fd, SHUT_RDWR); /* half a message may be out: this link is over */
    }
    pthread_mutex_unlock(&client->sending);
    if (slot->fd >= 0)
        close(slot->fd);
    slot->fd = -1;
    if (result == 0)
        return POSTED;
    return fd >= 0 && sv_now_ms() >= deadline ? NOT_TAKEN : LINK_OVER;
}

/* Tells the backend that the request is no longer wanted. A link that does not take this is about to be found dead anyway. */
static void cancel(sv_client *client, const struct slot *slot, uint32_t link)
{
    struct sv_header message = sv_wire_header(SV_CANCEL, slot->request_id, NULL);
    pthread_mutex_lock(&client->sending);
    pthread_mutex_lock(&client->lock);
    int fd = client->link_number == link ? client->socket : -1;
    pthread_mutex_unlock(&client->lock);
    if (fd >= 0 && sv_wire_send(fd, &message, NULL, -1, sv_now_ms() + SEND_MS) < 0)
        shutdown(fd, SHUT_RDWR);
    pthread_mutex_unlock(&client->sending);
}

/* Called with the lock held: waits for the reply; every progress message renews the time allowed. Returns whether it came. */
static int await_reply(sv_client *client, struct slot *slot, sv_progress progress, void *context)
{
    uint32_t news = 0;
    int64_t deadline = sv_now_ms() + client->silence_timeout_ms;
    while (!slot->done && sv_now_ms() < deadline) {
        wait_for_change(client, deadline);
        if (slot->news != news && !slot->done) {
            news = slot->news;
            deadline = sv_now_ms() + client->silence_timeout_ms;
            if (progress) {
                char text[SV_TEXT_BYTES];
                sv_text_copy(text, sizeof text, slot->text);
                uint32_t link = client->link_number;
                pthread_mutex_unlock(&client->lock);
                if (progress(context, text) != 0) {
                    cancel(client, slot, link);
                    progress = NULL;
                }
                pthread_mutex_lock(&client->lock);
            }
        }
    }
    return slot->done;
}

/* The backend is silent or takes nothing: it is as good as gone. Called with the lock held. */
static void give_up(sv_client *client, uint32_t link)
{
    if (client->link_number != link || client->link != LINK_READY || client->socket < 0)
        return;
    sv_text_copy(client->reason, sizeof client->reason,
                 "The StableVideo backend gave no sign of life in time. Run \"stablevideo backend stop\"; the next frame starts a new one.");
    client->silent = 1;
    shutdown(client->socket, SHUT_RDWR);
}

/* Called with the lock held: waits until the link's thread has seen that a link is over. Returns whether the backend died. */
static int await_fall(sv_client *client, uint32_t link)
{
    int64_t deadline = sv_now_ms() + SEND_MS;
    while (client->link_number == link && client->link == LINK_READY && sv_now_ms() < deadline)
        wait_for_change(client, deadline);
    return client->lost;
}

/* One attempt at sv_client_exchange(). Returns whether the backend died with the frame in its hands, so that another one may take it. */
static int attempt(sv_client *client, const char *body, uint8_t *pixels, size_t bytes, int connect_wait_ms, sv_progress progress,
                   void *context, struct sv_answer *answer)
{
    pthread_mutex_lock(&client->lock);
    struct slot *slot = NULL;
    if (await_link(client, sv_now_ms() + connect_wait_ms, answer)) {
        slot = take_slot(client, bytes, sv_now_ms() + client->silence_timeout_ms);
        if (!slot)
            answer_with(answer, SV_FAILED, "Too many frames are waiting for the StableVideo backend at once. Use fewer render threads.");
    }
    if (!slot) {
        pthread_mutex_unlock(&client->lock);
        return 0;
    }
    uint32_t link = client->link_number;
    slot->done = slot->lost = 0;
    slot->news = 0;
    if (++client->last_request_id == 0)
        client->last_request_id = 1;
    int furnished = furnish(slot, link, bytes);
    slot->link = furnished == 0 ? link : 0;
    slot->request_id = client->last_request_id;
    pthread_mutex_unlock(&client->lock);

    enum posted posted = LINK_OVER;
    if (furnished == 0) {
        memcpy(slot->memory.pixels, pixels, bytes);
        posted = post(client, slot, link, body, bytes);
    }

    pthread_mutex_lock(&client->lock);
    int replied = posted == POSTED && await_reply(client, slot, progress, context);
    int lost = 0;
    if (replied) {
        answer_with(answer, slot->status, slot->text);
        lost = slot->lost;
    } else if (furnished < 0) {
        answer_with(answer, SV_FAILED, "There is no memory for a frame. Close other programs, or render with fewer threads.");
    } else {
        if (posted == LINK_OVER)
            lost = await_fall(client, link);
        else
            give_up(client, link); /* it may still write into the slot, so both are left */
        answer_with(answer, SV_NO_BACKEND, client->reason[0] ? client->reason : "The StableVideo backend is gone.");
    }
    int changed = replied && (slot->flags & SV_FLAG_PIXELS);
    slot->request_id = 0;
    pthread_mutex_unlock(&client->lock);

    if (changed)
        memcpy(pixels, slot->memory.pixels, bytes);
    if (!replied || answer->status == SV_NO_BACKEND)
        sv_memory_unmap(&slot->memory);

    pthread_mutex_lock(&client->lock);
    if (!slot->memory.pixels)
        slot->link = 0;
    slot->busy = 0;
    pthread_cond_broadcast(&client->change);
    pthread_mutex_unlock(&client->lock);
    return lost;
}

void sv_client_prepare(sv_client *client)
{
    pthread_mutex_lock(&client->lock);
    want_link(client);
    pthread_mutex_unlock(&client->lock);
}

void sv_client_exchange(sv_client *client, const char *body, uint8_t *pixels, size_t bytes, int connect_wait_ms,
                        sv_progress progress, void *context, struct sv_answer *answer)
{
    if (bytes == 0 || bytes > SV_SLOT_LIMIT || strlen(body) > SV_BODY_LIMIT) {
        answer_with(answer, SV_FAILED, "The frame or its parameters are too large for the StableVideo backend. Use a smaller frame or text.");
        return;
    }
    if (attempt(client, body, pixels, bytes, connect_wait_ms, progress, context, answer) && connect_wait_ms > 0)
        attempt(client, body, pixels, bytes, connect_wait_ms, progress, context, answer);
}

void sv_client_close(sv_client *client)
{
    if (!client)
        return;
    if (client->thread_started) {
        atomic_store(&client->closing, 1);
        pthread_mutex_lock(&client->lock);
        pthread_cond_broadcast(&client->change);
        pthread_mutex_unlock(&client->lock);
        uint64_t one = 1;
        if (write(client->wake, &one, sizeof one) < 0)
            atomic_store(&client->closing, 2); /* an eventfd that is full wakes the poll as well */
        pthread_join(client->thread, NULL);
    }
    for (int i = 0; i < SV_SLOTS; i++) {
        sv_memory_unmap(&client->slots[i].memory);
        if (client->slots[i].fd >= 0)
            close(client->slots[i].fd);
    }
    if (client->wake >= 0)
        close(client->wake);
    pthread_cond_destroy(&client->change);
    pthread_mutex_destroy(&client->lock);
    pthread_mutex_destroy(&client->sending);
    free(client->runtime_dir);
    free(client->launcher);
    free(client->hello);
    free(client);
}

int sv_client_ask(const char *runtime_dir, int type, int timeout_ms, char *answer, size_t answer_bytes)
{
    char directory[PATH_MAX];
    if (sv_runtime_dir(runtime_dir, directory, sizeof directory) < 0) {
        sv_text_copy(answer, answer_bytes, directory);
        return -1;
    }
    int fd = sv_connect(directory);
    if (fd < 0) {
        sv_text_copy(answer, answer_bytes, "No backend is running.");
        return -1;
    }
    int64_t deadline = sv_now_ms() + timeout_ms;
    struct sv_header question = sv_wire_header((enum sv_type) type, 1, NULL);
    struct sv_reader reader;
    sv_reader_start(&reader);
    int result = -1;
    if (sv_wire_send(fd, &question, NULL, -1, deadline) == 0 && sv_reader_wait(&reader, fd, deadline) == SV_READ_MESSAGE &&
        reader.header.type == SV_REPLY) {
        sv_text_copy(answer, answer_bytes, reader.body);
        result = 0;
    } else {
        sv_text_copy(answer, answer_bytes, "A backend listens but does not answer.");
    }
    sv_reader_reset(&reader);
    close(fd);
    return result;
}
