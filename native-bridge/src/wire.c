#define _GNU_SOURCE
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

int64_t sv_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sv_text_copy(char *to, size_t bytes, const char *from)
{
    size_t length = strlen(from);
    if (length >= bytes) {
        length = bytes - 1;
        while (length > 0 && ((unsigned char) from[length] & 0xC0) == 0x80)
            length--;
    }
    memmove(to, from, length);
    to[length] = 0;
}

int sv_wire_address(struct sockaddr_un *address, const char *runtime_dir)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    int length = snprintf(address->sun_path, sizeof address->sun_path, "%s/backend.sock", runtime_dir);
    return length < (int) sizeof address->sun_path ? 0 : -1;
}

int sv_wire_same_user(int socket)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == geteuid();
}

struct sv_header sv_wire_header(enum sv_type type, uint32_t request_id, const char *body)
{
    struct sv_header header = {.magic = SV_MAGIC, .type = (uint16_t) type, .request_id = request_id, .slot = -1};
    header.body_bytes = body ? (uint32_t) strlen(body) : 0;
    return header;
}

void sv_reader_start(struct sv_reader *reader)
{
    memset(reader, 0, sizeof *reader);
    reader->fd = -1;
}

void sv_reader_reset(struct sv_reader *reader)
{
    free(reader->body);
    if (reader->fd >= 0)
        close(reader->fd);
    sv_reader_start(reader);
}

/* Keeps the one descriptor that belongs to a message and closes any other. */
static void take_descriptors(struct sv_reader *reader, struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (reader->fd < 0)
                reader->fd = fd;
            else
                close(fd);
        }
    }
}

/* Never reads past the message in progress, so a descriptor always arrives with the message that it was sent with. */
static ssize_t receive(struct sv_reader *reader, int socket, void *to, size_t bytes)
{
    struct iovec part = {.iov_base = to, .iov_len = bytes};
    union {
        char bytes[CMSG_SPACE(4 * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t got;
    do {
        got = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got > 0)
        take_descriptors(reader, &message);
    return got;
}

enum sv_read sv_reader_pump(struct sv_reader *reader, int socket)
{
    const size_t head = sizeof reader->header;
    for (;;) {
        size_t want = head;
        if (reader->got >= head) {
            if (!reader->body) {
                if (reader->header.magic != SV_MAGIC || reader->header.body_bytes > SV_BODY_LIMIT)
                    return SV_READ_BROKEN;
                reader->body = calloc(1, (size_t) reader->header.body_bytes + 1);
                if (!reader->body)
                    return SV_READ_BROKEN;
            }
            want = head + reader->header.body_bytes;
            if (reader->got == want)
                return SV_READ_MESSAGE;
        }
        char *to = reader->got < head ? (char *) &reader->header + reader->got : reader->body + (reader->got - head);
        ssize_t got = receive(reader, socket, to, want - reader->got);
        if (got == 0)
            return reader->got == 0 ? SV_READ_CLOSED : SV_READ_BROKEN;
        if (got < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? SV_READ_AGAIN : SV_READ_CLOSED;
        reader->got += (size_t) got;
    }
}

enum sv_read sv_reader_wait(struct sv_reader *reader, int socket, int64_t deadline_ms)
{
    for (;;) {
        enum sv_read state = sv_reader_pump(reader, socket);
        if (state != SV_READ_AGAIN)
            return state;
        int64_t left = deadline_ms - sv_now_ms();
        if (left <= 0)
            return SV_READ_AGAIN;
        struct pollfd wait = {.fd = socket, .events = POLLIN};
        if (poll(&wait, 1, (int) left) < 0 && errno != EINTR)
            return SV_READ_CLOSED;
    }
}

int sv_wire_send(int socket, const struct sv_header *header, const char *body, int fd, int64_t deadline_ms)
{
    const size_t head = sizeof *header, total = head + header->body_bytes;
    size_t sent = 0;
    while (sent < total) {
        struct iovec parts[2];
        int count = 0;
        if (sent < head)
            parts[count++] = (struct iovec){.iov_base = (char *) header + sent, .iov_len = head - sent};
        size_t body_sent = sent > head ? sent - head : 0;
        if (header->body_bytes > body_sent)
            parts[count++] =
                (struct iovec){.iov_base = (char *) (uintptr_t) body + body_sent, .iov_len = header->body_bytes - body_sent};
        union {
            char bytes[CMSG_SPACE(sizeof(int))];
            struct cmsghdr align;
        } control;
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t) count};
        if (fd >= 0 && sent == 0) {
            memset(&control, 0, sizeof control);
            message.msg_control = control.bytes;
            message.msg_controllen = sizeof control.bytes;
            struct cmsghdr *c = CMSG_FIRSTHDR(&message);
            c->cmsg_level = SOL_SOCKET;
            c->cmsg_type = SCM_RIGHTS;
            c->cmsg_len = CMSG_LEN(sizeof fd);
            memcpy(CMSG_DATA(c), &fd, sizeof fd);
        }
        ssize_t done = sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (done > 0) {
            sent += (size_t) done;
            continue;
        }
        if (done < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            return -1;
        int64_t left = deadline_ms - sv_now_ms();
        if (left <= 0)
            return -1;
        struct pollfd wait = {.fd = socket, .events = POLLOUT};
        if (poll(&wait, 1, (int) left) < 0 && errno != EINTR)
            return -1;
    }
    return 0;
}

int sv_protocol_version(void)
{
    return SV_PROTOCOL_VERSION;
}

size_t sv_event_bytes(void)
{
    return sizeof(struct sv_event);
}
