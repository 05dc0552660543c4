#define _GNU_SOURCE
#include "launch.h"
#include "slots.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { SESSIONS = 256, SEND_MS = 1000, SUCCESSION_MS = 15000, STEP_MS = 50 };

/* Mapped frame memory of one host; freed when neither the session's table nor a request needs it any more. */
struct shared_memory {
    atomic_int holders;
    struct sv_memory memory;
};

/* One host. Freed when neither the server's table nor a request needs it any more. */
struct session {
    atomic_int holders;
    uint32_t number;
    int socket;
    int greeted;
    atomic_int gone;
    pthread_mutex_t sending; /* one message at a time */
    struct sv_reader reader; /* touched only by sv_server_next(), like the slots */
    struct shared_memory *slots[SV_SLOTS];
};

struct sv_request {
    struct session *session;
    struct shared_memory *memory; /* NULL for STATUS and STOP */
    uint32_t request_id;
    int32_t slot;
};

struct sv_server {
    int lock, listener, wake;
    char directory[PATH_MAX];
    char *welcome;
    struct session *sessions[SESSIONS]; /* touched only by sv_server_next() and sv_server_close() */
    uint32_t last_number;
    int last_heard;      /* place of the session that the last event came from */
    atomic_int greeted;
    char *last_body; /* what the last event's body points to */
};

static void release_memory(struct shared_memory *memory)
{
    if (memory && atomic_fetch_sub(&memory->holders, 1) == 1) {
        sv_memory_unmap(&memory->memory);
        free(memory);
    }
}

static void release_session(struct session *session)
{
    if (atomic_fetch_sub(&session->holders, 1) == 1) {
        close(session->socket);
        pthread_mutex_destroy(&session->sending);
        free(session);
    }
}

/* Sends to a host. One that does not take its messages is disconnected, so that it cannot hold up the others. */
static int tell(struct session *session, const struct sv_header *header, const char *body)
{
    pthread_mutex_lock(&session->sending);
    int result = -1;
    if (!atomic_load(&session->gone)) {
        result = sv_wire_send(session->socket, header, body, -1, sv_now_ms() + SEND_MS);
        if (result < 0) {
            atomic_store(&session->gone, 1);
            shutdown(session->socket, SHUT_RDWR);
        }
    }
    pthread_mutex_unlock(&session->sending);
    return result;
}

/* ------------------------------------------------------------------------------------------------------ opening, closing */

/* Waits for the lock of the one backend. Its holder is left alone while it listens; one that no longer does is about to end. */
static int await_lock(const char *directory, int lock)
{
    int64_t deadline = sv_now_ms() + SUCCESSION_MS;
    while (flock(lock, LOCK_EX | LOCK_NB) < 0) {
        int holder = sv_connect(directory);
        if (holder >= 0)
            close(holder);
        if (holder >= 0 || sv_now_ms() >= deadline)
            return -1;
        poll(NULL, 0, STEP_MS);
    }
    return 0;
}

/* Takes the lock of the one backend and writes the process id into it. */
static int take_lock(const char *directory, char *error, size_t error_bytes)
{
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/backend.lock", directory);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        snprintf(error, error_bytes, "%s cannot be written (%s).", path, strerror(errno));
        return -1;
    }
    if (await_lock(directory, fd) < 0) {
        snprintf(error, error_bytes, "busy: another StableVideo backend runs already in %s.", directory);
        close(fd);
        return -1;
    }
    if (ftruncate(fd, 0) < 0 || dprintf(fd, "%d\n", (int) getpid()) < 0) {
        snprintf(error, error_bytes, "%s cannot be written (%s).", path, strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

/* Binds the socket; holding the lock, a file that is there already can only be a dead backend's. */
static int start_listening(const char *directory, char *error, size_t error_bytes)
{
    struct sockaddr_un address;
    if (sv_wire_address(&address, directory) < 0)
        return -1;
    unlink(address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *) &address, sizeof address) == 0 && listen(fd, 64) == 0)
        return fd;
    snprintf(error, error_bytes, "The socket %s cannot be opened (%s).", address.sun_path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

sv_server *sv_server_open(const char *runtime_dir, const char *welcome, char *error, size_t error_bytes)
{
    sv_server *server = calloc(1, sizeof *server);
    if (!server)
        return NULL;
    server->lock = server->listener = server->wake = server->last_heard = -1;
    server->welcome = strdup(welcome ? welcome : "{}");
    if (sv_runtime_dir(runtime_dir, server->directory, sizeof server->directory) < 0) {
        sv_text_copy(error, error_bytes, server->directory);
        server->directory[0] = 0;
    } else if ((server->lock = take_lock(server->directory, error, error_bytes)) >= 0 &&
               (server->listener = start_listening(server->directory, error, error_bytes)) >= 0) {
        server->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }
    if (server->wake < 0 || !server->welcome) {
        sv_server_close(server);
        return NULL;
    }
    return server;
}

/* The host is gone: its memory goes when the last request is done, its place is free at once. */
static void drop(sv_server *server, int place)
{
    struct session *session = server->sessions[place];
    pthread_mutex_lock(&session->sending);
    atomic_store(&session->gone, 1);
    shutdown(session->socket, SHUT_RDWR);
    pthread_mutex_unlock(&session->sending);
    sv_reader_reset(&session->reader);
    for (int i = 0; i < SV_SLOTS; i++) {
        release_memory(session->slots[i]);
        session->slots[i] = NULL;
    }
    if (session->greeted)
        atomic_fetch_sub(&server->greeted, 1);
    server->sessions[place] = NULL;
    release_session(session);
}

void sv_server_hang_up(sv_server *server)
{
    if (server->listener >= 0) {
        struct sockaddr_un address;
        if (sv_wire_address(&address, server->directory) == 0)
            unlink(address.sun_path);
        close(server->listener);
        server->listener = -1;
    }
    for (int i = 0; i < SESSIONS; i++)
        if (server->sessions[i])
            drop(server, i);
}

void sv_server_close(sv_server *server)
{
    if (!server)
        return;
    sv_server_hang_up(server);
    if (server->wake >= 0)
        close(server->wake);
    if (server->lock >= 0)
        close(server->lock);
    free(server->last_body);
    free(server->welcome);
    free(server);
}

void sv_server_wake(sv_server *server)
{
    uint64_t one = 1;
    while (write(server->wake, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

int sv_server_sessions(sv_server *server)
{
    return atomic_load(&server->greeted);
}

/* -------------------------------------------------------------------------------------------------------------- events */

static void welcome_hosts(sv_server *server)
{
    for (;;) {
        int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            return;
        int place = 0;
        while (place < SESSIONS && server->sessions[place])
            place++;
        struct session *session = place < SESSIONS && sv_wire_same_user(fd) ? calloc(1, sizeof *session) : NULL;
        if (!session) {
            close(fd);
            continue;
        }
        atomic_init(&session->holders, 1);
        session->number = ++server->last_number;
        session->socket = fd;
        pthread_mutex_init(&session->sending, NULL);
        sv_reader_start(&session->reader);
        server->sessions[place] = session;
    }
}

static sv_request *new_request(struct session *session, const struct sv_header *header, struct shared_memory *memory)
{
    sv_request *request = calloc(1, sizeof *request);
    if (!request)
        return NULL;
    request->session = session;
    atomic_fetch_add(&session->holders, 1);
    request->memory = memory;
    if (memory)
        atomic_fetch_add(&memory->holders, 1);
    request->request_id = header->request_id;
    request->slot = header->slot;
    return request;
}

static int adopt_slot(struct session *session)
{
    const struct sv_header *header = &session->reader.header;
    if (header->slot < 0 || header->slot >= SV_SLOTS || session->reader.fd < 0)
        return -1;
    struct shared_memory *memory = calloc(1, sizeof *memory);
    if (!memory)
        return -1;
    atomic_init(&memory->holders, 1);
    if (sv_memory_adopt(&memory->memory, session->reader.fd, header->pixel_bytes) < 0) {
        free(memory);
        return -1;
    }
    release_memory(session->slots[header->slot]);
    session->slots[header->slot] = memory;
    return 0;
}

static int greet(sv_server *server, struct session *session)
{
    struct sv_header reply = sv_wire_header(SV_WELCOME, 0, server->welcome);
    reply.status = SV_PROTOCOL_VERSION;
    if (tell(session, &reply, server->welcome) < 0 || session->greeted || session->reader.header.status != SV_PROTOCOL_VERSION)
        return -1;
    session->greeted = 1;
    atomic_fetch_add(&server->greeted, 1);
    return 0;
}

static int is_ready(const struct session *session)
{
    const struct sv_header *header = &session->reader.header;
    return session->greeted && header->request_id != 0 && header->slot >= 0 && header->slot < SV_SLOTS &&
           session->slots[header->slot] && header->pixel_bytes > 0 &&
           header->pixel_bytes <= session->slots[header->slot]->memory.bytes;
}

/* Turns the session's complete message into an event. Returns 1 with one, 0 when there is nothing to tell, -1 when the host must go. */
static int interpret(sv_server *server, struct session *session, struct sv_event *event)
{
    const struct sv_header *header = &session->reader.header;
    event->session = session->number;
    event->request_id = header->request_id;
    switch (header->type) {
    case SV_HELLO:
        event->type = SV_EVENT_HELLO;
        return greet(server, session) < 0 ? -1 : 1;
    case SV_SLOT:
        return session->greeted ? adopt_slot(session) : -1;
    case SV_REQUEST:
        if (!is_ready(session))
            return -1;
        event->type = SV_EVENT_REQUEST;
        event->request = new_request(session, header, session->slots[header->slot]);
        event->pixels = session->slots[header->slot]->memory.pixels;
        event->pixel_bytes = header->pixel_bytes;
        return event->request ? 1 : -1;
    case SV_CANCEL:
        event->type = SV_EVENT_CANCEL;
        return session->greeted ? 1 : -1;
    case SV_STATUS:
    case SV_STOP:
        event->type = header->type == SV_STATUS ? SV_EVENT_STATUS : SV_EVENT_STOP;
        event->request = new_request(session, header, NULL);
        return event->request ? 1 : -1;
    default:
        return -1;
    }
}

/* Reads one session until it has an event, nothing more to read (0), or is over, which is an event when its host had said hello. */
static int hear(sv_server *server, int place, struct sv_event *event)
{
    struct session *session = server->sessions[place];
    for (;;) {
        enum sv_read state = sv_reader_pump(&session->reader, session->socket);
        if (state == SV_READ_AGAIN)
            return 0;
        int told = -1;
        if (state == SV_READ_MESSAGE) {
            memset(event, 0, sizeof *event);
            told = interpret(server, session, event);
        }
        if (told < 0) {
            memset(event, 0, sizeof *event);
            event->type = SV_EVENT_BYE;
            event->session = session->number;
            int greeted = session->greeted;
            drop(server, place);
            return greeted;
        }
        if (told == 1) {
            free(server->last_body);
            server->last_body = session->reader.body;
            session->reader.body = NULL;
            event->body = server->last_body;
        }
        sv_reader_reset(&session->reader);
        if (told == 1)
            return 1;
    }
}

int sv_server_next(sv_server *server, struct sv_event *event, int timeout_ms)
{
    int64_t deadline = sv_now_ms() + timeout_ms;
    for (;;) {
        struct pollfd wait[SESSIONS + 2];
        int places[SESSIONS], count = 0;
        for (int i = 0; i < SESSIONS; i++) {
            if (!server->sessions[i])
                continue;
            places[count] = i;
            wait[count++] = (struct pollfd){.fd = server->sessions[i]->socket, .events = POLLIN};
        }
        wait[count] = (struct pollfd){.fd = server->listener, .events = POLLIN};
        wait[count + 1] = (struct pollfd){.fd = server->wake, .events = POLLIN};
        int64_t left = deadline - sv_now_ms();
        int ready = poll(wait, (nfds_t) count + 2, left > 0 ? (int) left : 0);
        if (ready < 0 && errno != EINTR)
            return -1;
        if (ready <= 0) {
            if (sv_now_ms() >= deadline)
                return 0;
            continue;
        }
        if (wait[count + 1].revents) {
            uint64_t times;
            if (read(server->wake, &times, sizeof times) > 0)
                return 0;
        }
        if (wait[count].revents)
            welcome_hosts(server);
        /* Hosts are heard in turn, so that a busy one does not keep the others waiting. */
        int begin = 0;
        while (begin < count && places[begin] <= server->last_heard)
            begin++;
        for (int k = 0; k < count; k++) {
            int i = (begin + k) % count;
            if (wait[i].revents && hear(server, places[i], event)) {
                server->last_heard = places[i];
                return 1;
            }
        }
    }
}

/* ------------------------------------------------------------------------------------------------------------- replies */

int sv_request_reply(sv_request *request, int status, int pixels_changed, const char *text)
{
    const char *body = text ? text : "";
    struct sv_header reply = sv_wire_header(SV_REPLY, request->request_id, body);
    reply.status = (uint16_t) status;
    reply.slot = request->slot;
    reply.flags = pixels_changed ? SV_FLAG_PIXELS : 0;
    release_memory(request->memory);
    int result = tell(request->session, &reply, body);
    release_session(request->session);
    free(request);
    return result;
}

int sv_request_progress(sv_request *request, const char *text)
{
    const char *body = text ? text : "";
    struct sv_header progress = sv_wire_header(SV_PROGRESS, request->request_id, body);
    progress.slot = request->slot;
    return tell(request->session, &progress, body);
}
