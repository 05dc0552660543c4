/* Backends for tests: the real server end in a thread, behaving as a test wants. */
#ifndef SV_FAKE_BACKEND_H
#define SV_FAKE_BACKEND_H

#include "stablevideo_bridge.h"
#include <pthread.h>
#include <stdatomic.h>

enum behaviour {
    INVERT,        /* inverts every byte, EDITED */
    PASS,          /* leaves the pixels alone, PASSED with a text */
    SLOW,          /* three progress messages 100 ms apart, then as INVERT */
    STALL,         /* takes requests and never answers */
    LATE_AND_BACK, /* answers pairs of requests in the opposite order */
    WAIT_FOR_CANCEL /* progress until the host cancels, then PASSED */
};

struct fake_backend {
    char directory[64];
    enum behaviour behaviour;
    sv_server *server;
    pthread_t thread;
    atomic_int stop, hellos, byes, cancels, requests;
    sv_request *held[64];
    struct sv_event held_event[64];
    int held_count;
};

/* A fresh runtime directory, removed by fake_directory_remove(). */
void fake_directory(char directory[64]);
void fake_directory_remove(const char *directory);

void fake_start(struct fake_backend *backend, const char *directory, enum behaviour behaviour);
void fake_stop(struct fake_backend *backend);

#endif
