#define _GNU_SOURCE
#include "fake_backend.h"

#include "check.h"
#include <dirent.h>
#include <string.h>
#include <unistd.h>

void fake_directory(char directory[64])
{
    strcpy(directory, "/tmp/stablevideo-test-XXXXXX");
    CHECK(mkdtemp(directory));
}

void fake_directory_remove(const char *directory)
{
    DIR *folder = opendir(directory);
    CHECK(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    rmdir(directory);
}

static void invert(uint8_t *pixels, uint64_t bytes)
{
    for (uint64_t i = 0; i < bytes; i++)
        pixels[i] = (uint8_t) ~pixels[i];
}

static void answer_inverted(const struct sv_event *event)
{
    invert(event->pixels, event->pixel_bytes);
    sv_request_reply(event->request, SV_EDITED, 1, "");
}

static void hold(struct fake_backend *backend, const struct sv_event *event)
{
    CHECK(backend->held_count < 64);
    backend->held_event[backend->held_count] = *event;
    backend->held[backend->held_count++] = event->request;
}

static void release_held(struct fake_backend *backend)
{
    while (backend->held_count > 0) {
        backend->held_count--;
        answer_inverted(&backend->held_event[backend->held_count]);
    }
}

static void on_request(struct fake_backend *backend, const struct sv_event *event)
{
    atomic_fetch_add(&backend->requests, 1);
    switch (backend->behaviour) {
    case INVERT:
        answer_inverted(event);
        break;
    case PASS:
        sv_request_reply(event->request, SV_PASSED, 0, event->body);
        break;
    case SLOW:
        for (int i = 0; i < 3; i++) {
            usleep(100000);
            sv_request_progress(event->request, "working");
        }
        answer_inverted(event);
        break;
    case WAIT_FOR_CANCEL:
        sv_request_progress(event->request, "working");
        hold(backend, event);
        break;
    case STALL:
        hold(backend, event);
        break;
    case LATE_AND_BACK:
        hold(backend, event);
        if (backend->held_count == 2)
            release_held(backend);
        break;
    }
}

static void on_cancel(struct fake_backend *backend)
{
    atomic_fetch_add(&backend->cancels, 1);
    while (backend->held_count > 0)
        sv_request_reply(backend->held[--backend->held_count], SV_PASSED, 0, "cancelled");
}

static void *serve(void *context)
{
    struct fake_backend *backend = context;
    struct sv_event event;
    while (!atomic_load(&backend->stop)) {
        int got = sv_server_next(backend->server, &event, 50);
        CHECK(got >= 0);
        if (got == 0) {
            if (backend->behaviour == LATE_AND_BACK)
                release_held(backend);
            continue;
        }
        switch (event.type) {
        case SV_EVENT_HELLO:
            atomic_fetch_add(&backend->hellos, 1);
            break;
        case SV_EVENT_BYE:
            atomic_fetch_add(&backend->byes, 1);
            break;
        case SV_EVENT_CANCEL:
            on_cancel(backend);
            break;
        case SV_EVENT_REQUEST:
            on_request(backend, &event);
            break;
        case SV_EVENT_STATUS:
            sv_request_reply(event.request, SV_EDITED, 0, "{\"fake\":\"1\"}");
            break;
        case SV_EVENT_STOP:
            sv_request_reply(event.request, SV_EDITED, 0, "{}");
            atomic_store(&backend->stop, 1);
            break;
        default:
            CHECK(0);
        }
    }
    return NULL;
}

void fake_start(struct fake_backend *backend, const char *directory, enum behaviour behaviour)
{
    memset(backend, 0, sizeof *backend);
    backend->behaviour = behaviour;
    char error[512] = "";
    backend->server = sv_server_open(directory, "{\"backend\":\"fake\"}", error, sizeof error);
    if (!backend->server)
        fprintf(stderr, "%s\n", error);
    CHECK(backend->server);
    CHECK(pthread_create(&backend->thread, NULL, serve, backend) == 0);
}

void fake_stop(struct fake_backend *backend)
{
    atomic_store(&backend->stop, 1);
    sv_server_wake(backend->server);
    pthread_join(backend->thread, NULL);
    while (backend->held_count > 0)
        sv_request_reply(backend->held[--backend->held_count], SV_FAILED, 0, "stopped");
    sv_server_close(backend->server);
}
