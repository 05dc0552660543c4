/* Finding a backend, or starting one. Private to the library. */
#ifndef SV_LAUNCH_H
#define SV_LAUNCH_H

#include "stablevideo_bridge.h"
#include <stdatomic.h>

/* Connects to a listening backend. Returns the socket or -1. */
int sv_connect(const char *runtime_dir);

/*
 * Connects to the backend, starting it by `launcher` where none listens. Gives up at the deadline or when `*giving_up` is set.
 * Returns the socket, or -1 with a sentence in `error`.
 */
int sv_connect_or_launch(const char *runtime_dir, const char *launcher, int64_t deadline_ms, const atomic_int *giving_up,
                         char *error, size_t error_bytes);

#endif
