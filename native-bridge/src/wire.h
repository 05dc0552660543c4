/* Messages on the socket: sending whole ones with a deadline, receiving them in whatever pieces they come. Private to the library. */
#ifndef SV_WIRE_H
#define SV_WIRE_H

#include "stablevideo_bridge.h"

/* The 32 bytes before every body; the layout is described in stablevideo_bridge.h. */
struct sv_header {
    uint32_t magic;
    uint16_t type;
    uint16_t status;
    uint32_t request_id;
    int32_t slot;
    uint32_t flags;
    uint32_t body_bytes;
    uint64_t pixel_bytes;
};

_Static_assert(sizeof(struct sv_header) == 32, "the header has 32 bytes");

/* A message on its way in. */
struct sv_reader {
    struct sv_header header;
    size_t got; /* bytes of header and body so far */
    char *body; /* owned, zero-terminated once the message is complete */
    int fd;     /* descriptor that came along, -1 for none; owned until somebody takes it */
};

enum sv_read { SV_READ_AGAIN = 0, SV_READ_MESSAGE = 1, SV_READ_CLOSED = -1, SV_READ_BROKEN = -2 };

void sv_reader_start(struct sv_reader *reader);

/* Frees the body and an untaken descriptor, ready for the next message. */
void sv_reader_reset(struct sv_reader *reader);

/* Reads what is there without blocking. After SV_READ_MESSAGE the message stays until sv_reader_reset(). */
enum sv_read sv_reader_pump(struct sv_reader *reader, int socket);

/* Pumps until a message is complete, the deadline has passed (SV_READ_AGAIN), or the peer is gone. */
enum sv_read sv_reader_wait(struct sv_reader *reader, int socket, int64_t deadline_ms);

/* Sends a whole message, with a descriptor where `fd` is not -1. Returns 0, or -1 when the peer is gone or did not take it in time. */
int sv_wire_send(int socket, const struct sv_header *header, const char *body, int fd, int64_t deadline_ms);

/* A header with magic and body length filled in. */
struct sv_header sv_wire_header(enum sv_type type, uint32_t request_id, const char *body);

/* Milliseconds of a clock that never jumps. */
int64_t sv_now_ms(void);

/* Copies text, cutting it at the start of a UTF-8 character when it is too long. */
void sv_text_copy(char *to, size_t bytes, const char *from);

/* Fills in the address of a socket in the runtime directory. Returns -1 when the path is too long for one. */
struct sockaddr_un;
int sv_wire_address(struct sockaddr_un *address, const char *runtime_dir);

/* Whether the process at the other end belongs to the same user. */
int sv_wire_same_user(int socket);

#endif
