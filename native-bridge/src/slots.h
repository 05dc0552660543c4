/* Frame memory that both ends map: a memfd sealed so that nobody can pull the pages away from under the other. Private. */
#ifndef SV_SLOTS_H
#define SV_SLOTS_H

#include <stddef.h>
#include <stdint.h>

/* One mapped piece of frame memory. */
struct sv_memory {
    uint8_t *pixels; /* NULL when there is none */
    size_t bytes;
};

/* Makes and maps a sealed memory of `bytes`. Returns its descriptor, owned by the caller, or -1. */
int sv_memory_create(struct sv_memory *memory, size_t bytes);

/* Maps memory that a peer made, after checking that it is sealed and as long as the peer says. Returns 0 or -1; leaves `fd` open. */
int sv_memory_adopt(struct sv_memory *memory, int fd, uint64_t bytes);

void sv_memory_unmap(struct sv_memory *memory);

#endif
