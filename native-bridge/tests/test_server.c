/* The server against hosts that send nonsense, half messages, unsealed memory, or leave in the middle. */
#define _GNU_SOURCE
#include "../src/launch.h"
#include "../src/slots.h"
#include "../src/wire.h"
#include "check.h"
#include "fake_backend.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int greeted(const char *directory)
{
    int fd = sv_connect(directory);
    CHECK(fd >= 0);
    struct sv_header hello = sv_wire_header(SV_HELLO, 0, "{}");
    hello.status = SV_PROTOCOL_VERSION;
    CHECK(sv_wire_send(fd, &hello, "{}", -1, sv_now_ms() + 1000) == 0);
    struct sv_reader reader;
    sv_reader_start(&reader);
    CHECK(sv_reader_wait(&reader, fd, sv_now_ms() + 2000) == SV_READ_MESSAGE && reader.header.type == SV_WELCOME);
    sv_reader_reset(&reader);
    return fd;
}

/* Whether the server hangs up within two seconds. */
static int is_dropped(int fd)
{
    struct sv_reader reader;
    sv_reader_start(&reader);
    enum sv_read state = sv_reader_wait(&reader, fd, sv_now_ms() + 2000);
    sv_reader_reset(&reader);
    return state == SV_READ_CLOSED || state == SV_READ_BROKEN;
}

/* The server still serves a well-behaved host. */
static void check_alive(const char *directory)
{
    struct sv_client_options options = {.runtime_dir = directory, .start_timeout_ms = 2000, .silence_timeout_ms = 2000};
    sv_client *client = sv_client_open(&options);
    uint8_t pixels[3] = {1, 2, 3};
    struct sv_answer answer;
    sv_client_exchange(client, "{}", pixels, sizeof pixels, 2000, NULL, NULL, &answer);
    CHECK(answer.status == SV_EDITED && pixels[0] == 254);
    sv_client_close(client);
}

static void send_slot(int fd, int slot, uint64_t bytes, int memory)
{
    struct sv_header header = sv_wire_header(SV_SLOT, 0, NULL);
    header.slot = slot;
    header.pixel_bytes = bytes;
    CHECK(sv_wire_send(fd, &header, NULL, memory, sv_now_ms() + 1000) == 0);
}

static void should_refuse_bad_memory(const char *directory)
{
    struct sv_memory memory = {0};
    int sealed = sv_memory_create(&memory, 4096);
    CHECK(sealed >= 0);
    int unsealed = memfd_create("unsealed", MFD_CLOEXEC);
    CHECK(unsealed >= 0 && ftruncate(unsealed, 4096) == 0);
    const struct {
        int slot;
        uint64_t bytes;
        int memory;
    } bad[] = {{0, 4096, -1}, {-1, 4096, sealed}, {SV_SLOTS, 4096, sealed}, {0, 8192, sealed}, {0, 0, sealed}, {0, 4096, unsealed}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int fd = greeted(directory);
        send_slot(fd, bad[i].slot, bad[i].bytes, bad[i].memory);
        CHECK(is_dropped(fd));
        close(fd);
    }
    close(unsealed);
    close(sealed);
    sv_memory_unmap(&memory);
    check_alive(directory);
}

static void should_refuse_bad_requests(const char *directory)
{
    struct sv_memory memory = {0};
    int sealed = sv_memory_create(&memory, 4096);
    const struct {
        uint32_t id;
        int slot;
        uint64_t bytes;
    } bad[] = {{0, 0, 3}, {1, 1, 3}, {1, -1, 3}, {1, 99, 3}, {1, 0, 0}, {1, 0, 4097}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int fd = greeted(directory);
        send_slot(fd, 0, 4096, sealed);
        struct sv_header request = sv_wire_header(SV_REQUEST, bad[i].id, "{}");
        request.slot = bad[i].slot;
        request.pixel_bytes = bad[i].bytes;
        CHECK(sv_wire_send(fd, &request, "{}", -1, sv_now_ms() + 1000) == 0);
        CHECK(is_dropped(fd));
        close(fd);
    }
    close(sealed);
    sv_memory_unmap(&memory);
    check_alive(directory);
}

static void should_survive_messages_cut_at_every_byte(const char *directory)
{
    const char *body = "{\"a\":\"b\"}";
    char whole[3 * 64];
    struct sv_header hello = sv_wire_header(SV_HELLO, 0, body);
    hello.status = SV_PROTOCOL_VERSION;
    struct sv_header cancel = sv_wire_header(SV_CANCEL, 7, body);
    size_t length = 0, one = sizeof hello + strlen(body);
    memcpy(whole, &hello, sizeof hello);
    memcpy(whole + sizeof hello, body, strlen(body));
    memcpy(whole + one, &cancel, sizeof cancel);
    memcpy(whole + one + sizeof cancel, body, strlen(body));
    for (length = 0; length <= 2 * one; length++) {
        int fd = sv_connect(directory);
        CHECK(fd >= 0 && send(fd, whole, length, MSG_NOSIGNAL) == (ssize_t) length);
        close(fd);
    }
    /* byte by byte is a whole message in the end */
    int fd = sv_connect(directory);
    for (size_t i = 0; i < one; i++)
        CHECK(send(fd, whole + i, 1, MSG_NOSIGNAL) == 1);
    struct sv_reader reader;
    sv_reader_start(&reader);
    CHECK(sv_reader_wait(&reader, fd, sv_now_ms() + 2000) == SV_READ_MESSAGE && reader.header.type == SV_WELCOME);
    sv_reader_reset(&reader);
    close(fd);
    check_alive(directory);
}

static void should_refuse_nonsense(const char *directory)
{
    unsigned seed = 20260101;
    for (int round = 0; round < 200; round++) {
        char noise[200];
        for (size_t i = 0; i < sizeof noise; i++)
            noise[i] = (char) rand_r(&seed);
        if (round % 2) { /* a good start, then anything */
            struct sv_header header = sv_wire_header((enum sv_type)(rand_r(&seed) % 12), 1, NULL);
            memcpy(noise, &header, 20);
        }
        int fd = sv_connect(directory);
        CHECK(fd >= 0);
        CHECK(send(fd, noise, sizeof noise, MSG_NOSIGNAL) > 0);
        close(fd);
    }
    check_alive(directory);
}

static void should_refuse_another_version_by_name(const char *directory)
{
    int fd = sv_connect(directory);
    struct sv_header hello = sv_wire_header(SV_HELLO, 0, "{}");
    hello.status = SV_PROTOCOL_VERSION + 1;
    CHECK(sv_wire_send(fd, &hello, "{}", -1, sv_now_ms() + 1000) == 0);
    struct sv_reader reader;
    sv_reader_start(&reader);
    CHECK(sv_reader_wait(&reader, fd, sv_now_ms() + 2000) == SV_READ_MESSAGE);
    CHECK(reader.header.type == SV_WELCOME && reader.header.status == SV_PROTOCOL_VERSION);
    sv_reader_reset(&reader);
    CHECK(is_dropped(fd));
    close(fd);
}

/* The memory of a request outlives its host. */
static void should_keep_memory_until_the_reply(void)
{
    char directory[64], error[256];
    fake_directory(directory);
    sv_server *server = sv_server_open(directory, "{}", error, sizeof error);
    CHECK(server);
    int fd = sv_connect(directory);
    struct sv_header hello = sv_wire_header(SV_HELLO, 0, NULL);
    hello.status = SV_PROTOCOL_VERSION;
    CHECK(sv_wire_send(fd, &hello, NULL, -1, sv_now_ms() + 1000) == 0);
    struct sv_memory memory = {0};
    int sealed = sv_memory_create(&memory, 1 << 20);
    send_slot(fd, 3, 1 << 20, sealed);
    struct sv_header request = sv_wire_header(SV_REQUEST, 5, "{}");
    request.slot = 3;
    request.pixel_bytes = 1 << 20;
    CHECK(sv_wire_send(fd, &request, "{}", -1, sv_now_ms() + 1000) == 0);
    struct sv_event event;
    CHECK(sv_server_next(server, &event, 1000) == 1 && event.type == SV_EVENT_HELLO && sv_server_sessions(server) == 1);
    CHECK(sv_server_next(server, &event, 1000) == 1 && event.type == SV_EVENT_REQUEST && event.request_id == 5);
    struct sv_event asked = event;
    close(fd);
    close(sealed);
    sv_memory_unmap(&memory);
    CHECK(sv_server_next(server, &event, 1000) == 1 && event.type == SV_EVENT_BYE && event.session == asked.session);
    memset(asked.pixels, 1, asked.pixel_bytes);
    CHECK(sv_server_sessions(server) == 0);
    CHECK(sv_request_progress(asked.request, "still here") == -1);
    CHECK(sv_request_reply(asked.request, SV_EDITED, 1, "") == -1);
    sv_server_close(server);
    fake_directory_remove(directory);
}

static void should_refuse_a_folder_that_others_can_enter(void)
{
    char directory[64], error[512];
    fake_directory(directory);
    CHECK(chmod(directory, 0755) == 0);
    CHECK(sv_server_open(directory, "{}", error, sizeof error) == NULL && strstr(error, "chmod 700"));
    fake_directory_remove(directory);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    char directory[64];
    struct fake_backend backend;
    fake_directory(directory);
    fake_start(&backend, directory, INVERT);
    should_refuse_bad_memory(directory);
    should_refuse_bad_requests(directory);
    should_survive_messages_cut_at_every_byte(directory);
    should_refuse_nonsense(directory);
    should_refuse_another_version_by_name(directory);
    fake_stop(&backend);
    fake_directory_remove(directory);
    should_keep_memory_until_the_reply();
    should_refuse_a_folder_that_others_can_enter();
    puts("server: all as it should be");
    return 0;
}
