/* What most tests of the client need: a runtime directory, a fake backend in it, a client, and pictures that tell whose they are. */
#ifndef SV_STAGE_H
#define SV_STAGE_H

#include "check.h"
#include "fake_backend.h"

enum { BYTES = 64 * 36 * 3 };

struct stage {
    char directory[64];
    struct fake_backend backend;
    sv_client *client;
};

/* A client that never starts a backend, with that patience. */
sv_client *client_for(const char *directory, int silence_ms);

void stage_set(struct stage *stage, enum behaviour behaviour, int silence_ms);

/* Ends client and backend and removes the directory. */
void stage_clear(struct stage *stage);

/* A picture that differs from that of any other seed; is_inverted() and is_source() recognise it. */
void fill(uint8_t *pixels, size_t bytes, unsigned seed);
int is_inverted(const uint8_t *pixels, size_t bytes, unsigned seed);
int is_source(const uint8_t *pixels, size_t bytes, unsigned seed);

#endif
