/* The client against backends that work, stall, die, come late, or are of another version. */
#define _GNU_SOURCE
#include "../src/wire.h"
#include "stage.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void should_bring_the_edited_frame_back(void)
{
    struct stage stage;
    stage_set(&stage, INVERT, 2000);
    static uint8_t pixels[4 * BYTES];
    struct sv_answer answer;
    /* growing, shrinking and single-byte frames on the same slots */
    const size_t sizes[] = {BYTES, 4 * BYTES, 1, BYTES + 1};
    for (unsigned i = 0; i < 4; i++) {
        fill(pixels, sizeof pixels, i);
        sv_client_exchange(stage.client, "{}", pixels, sizes[i], 2000, NULL, NULL, &answer);
        CHECK(answer.status == SV_EDITED);
        CHECK(is_inverted(pixels, sizes[i], i));
        CHECK(sizes[i] == sizeof pixels || pixels[sizes[i]] == (uint8_t) (sizes[i] * 7 + i * 31));
    }
    sv_client_close(stage.client);
    for (int i = 0; i < 100 && atomic_load(&stage.backend.byes) == 0; i++)
        usleep(10000);
    CHECK(atomic_load(&stage.backend.hellos) == 1 && atomic_load(&stage.backend.byes) == 1);
    stage.client = NULL;
    stage_clear(&stage);
}

static void should_connect_ahead_of_the_first_frame(void)
{
    struct stage stage;
    stage_set(&stage, INVERT, 2000);
    sv_client_prepare(stage.client);
    for (int i = 0; i < 200 && atomic_load(&stage.backend.hellos) == 0; i++)
        usleep(10000);
    CHECK(atomic_load(&stage.backend.hellos) == 1);
    sv_client_prepare(stage.client); /* once is enough */
    usleep(50000);
    uint8_t pixels[BYTES];
    struct sv_answer answer;
    fill(pixels, sizeof pixels, 1);
    sv_client_exchange(stage.client, "{}", pixels, sizeof pixels, 0, NULL, NULL, &answer);
    CHECK(answer.status == SV_EDITED && is_inverted(pixels, sizeof pixels, 1)); /* without any wait for a connection */
    CHECK(atomic_load(&stage.backend.hellos) == 1);
    stage_clear(&stage);
}

static void should_carry_any_text_unharmed(void)
{
    struct stage stage;
    stage_set(&stage, PASS, 2000);
    uint8_t pixels[3] = {1, 2, 3};
    struct sv_answer answer;
    const char *text = "{\"foreground\":\"\\\"quoted\\\" = a\\nb; 🚗 ünï %s &<>|#\"}";
    sv_client_exchange(stage.client, text, pixels, sizeof pixels, 2000, NULL, NULL, &answer);
    CHECK(answer.status == SV_PASSED && strcmp(answer.text, text) == 0 && pixels[0] == 1);

    /* a long one is cut at the start of a character */
    size_t length = 3 * 5000;
    char *prompt = malloc(length + 1);
    for (size_t i = 0; i < length; i += 3)
        memcpy(prompt + i, "€", 3);
    prompt[length] = 0;
    sv_client_exchange(stage.client, prompt, pixels, sizeof pixels, 2000, NULL, NULL, &answer);
    CHECK(answer.status == SV_PASSED && strlen(answer.text) % 3 == 0 && strlen(answer.text) > SV_TEXT_BYTES - 4);
    free(prompt);
    stage_clear(&stage);
}

struct worker {
    sv_client *client;
    unsigned seed;
    pthread_t thread;
};

static void *exchange_many(void *context)
{
    struct worker *worker = context;
    static const size_t sizes[] = {BYTES, BYTES / 2, BYTES * 2};
    uint8_t *pixels = malloc(BYTES * 2);
    for (unsigned i = 0; i < 40; i++) {
        size_t bytes = sizes[(i + worker->seed) % 3];
        struct sv_answer answer;
        fill(pixels, bytes, worker->seed * 100 + i);
        sv_client_exchange(worker->client, "{}", pixels, bytes, 5000, NULL, NULL, &answer);
        CHECK(answer.status == SV_EDITED);
        CHECK(is_inverted(pixels, bytes, worker->seed * 100 + i));
    }
    free(pixels);
    return NULL;
}

static void should_keep_many_requests_apart(enum behaviour behaviour, int workers)
{
    struct stage stage;
    stage_set(&stage, behaviour, 10000);
    struct worker all[24];
    for (int i = 0; i < workers; i++) {
        all[i] = (struct worker){.client = stage.client, .seed = (unsigned) i + 1};
        CHECK(pthread_create(&all[i].thread, NULL, exchange_many, &all[i]) == 0);
    }
    for (int i = 0; i < workers; i++)
        pthread_join(all[i].thread, NULL);
    CHECK(atomic_load(&stage.backend.hellos) == 1 && atomic_load(&stage.backend.requests) == 40 * workers);
    stage_clear(&stage);
}

static int count_news(void *context, const char *text)
{
    CHECK(strcmp(text, "working") == 0);
    ++*(int *) context;
    return 0;
}

static void should_wait_as_long_as_there_is_progress(void)
{
    struct stage stage;
    stage_set(&stage, SLOW, 250); /* shorter than the whole, longer than each step */
    static uint8_t pixels[BYTES];
    struct sv_answer answer;
    int news = 0;
    fill(pixels, BYTES, 5);
    sv_client_exchange(stage.client, "{}", pixels, BYTES, 2000, count_news, &news, &answer);
    CHECK(answer.status == SV_EDITED && news >= 1 && is_inverted(pixels, BYTES, 5));
    stage_clear(&stage);
}

static int lose_interest(void *context, const char *text)
{
    (void) context;
    (void) text;
    return 1;
}

static void should_cancel(void)
{
    struct stage stage;
    stage_set(&stage, WAIT_FOR_CANCEL, 2000);
    uint8_t pixels[3] = {1, 2, 3};
    struct sv_answer answer;
    sv_client_exchange(stage.client, "{}", pixels, sizeof pixels, 2000, lose_interest, NULL, &answer);
    CHECK(answer.status == SV_PASSED && strcmp(answer.text, "cancelled") == 0 && atomic_load(&stage.backend.cancels) == 1);
    stage_clear(&stage);
}

static void should_leave_a_stalled_backend(void)
{
    struct stage stage;
    stage_set(&stage, STALL, 200);
    static uint8_t pixels[BYTES];
    struct sv_answer answer;
    fill(pixels, BYTES, 9);
    int64_t start = sv_now_ms();
    sv_client_exchange(stage.client, "{}", pixels, BYTES, 2000, NULL, NULL, &answer);
    int64_t took = sv_now_ms() - start;
    CHECK(answer.status == SV_NO_BACKEND && strstr(answer.text, "backend stop") && is_source(pixels, BYTES, 9));
    CHECK(took >= 200 && took < 1500);
    /* while it backs off, frames do not wait at all */
    start = sv_now_ms();
    sv_client_exchange(stage.client, "{}", pixels, BYTES, 2000, NULL, NULL, &answer);
    CHECK(answer.status == SV_NO_BACKEND && sv_now_ms() - start < 150);
    stage_clear(&stage);
}

/* A backend in a process of its own that answers `frames` frames and then dies with a request in its hands. */
static pid_t start_dying(const char *directory, int frames)
{
    pid_t child = fork();
    CHECK(child >= 0);
    if (child != 0)
        return child;
    char error[512];
    sv_server *server = sv_server_open(directory, "{}", error, sizeof error);
    CHECK(server);
    struct sv_event event;
    for (;;) {
        if (sv_server_next(server, &event, 10000) <= 0)
            _exit(3);
        if (event.type != SV_EVENT_REQUEST)
            continue;
        if (frames-- == 0)
            _exit(0);
        sv_request_reply(event.request, SV_EDITED, 1, "");
    }
}

static void should_see_death_at_once_and_come_back(void)
{
    char directory[64];
    fake_directory(directory);
    pid_t child = start_dying(directory, 2);
    static uint8_t pixels[BYTES];
    struct sv_answer answer = {.status = SV_NO_BACKEND};
    sv_client *client = client_for(directory, 20000);
    for (int i = 0; i < 200 && answer.status == SV_NO_BACKEND; i++) { /* the other process has to come up */
        sv_client_exchange(client, "{}", pixels, BYTES, 2000, NULL, NULL, &answer);
        usleep(20000);
    }
    CHECK(answer.status == SV_EDITED);
    sv_client_exchange(client, "{}", pixels, BYTES, 0, NULL, NULL, &answer);
    CHECK(answer.status == SV_EDITED);
    fill(pixels, BYTES, 3);
    int64_t start = sv_now_ms();
    sv_client_exchange(client, "{}", pixels, BYTES, 0, NULL, NULL, &answer);
    CHECK(answer.status == SV_NO_BACKEND && is_source(pixels, BYTES, 3));
    CHECK(sv_now_ms() - start < 2000); /* end-of-file, not the 20 s of silence */
    int status;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);

    /* its stale socket and lock are no obstacle for the next one */
    struct fake_backend backend;
    fake_start(&backend, directory, INVERT);
    for (int i = 0; i < 100 && answer.status != SV_EDITED; i++) {
        usleep(20000);
        fill(pixels, BYTES, 4);
        sv_client_exchange(client, "{}", pixels, BYTES, 2000, NULL, NULL, &answer);
    }
    CHECK(answer.status == SV_EDITED && is_inverted(pixels, BYTES, 4));
    sv_client_close(client);
    fake_stop(&backend);
    fake_directory_remove(directory);
}

static int listen_raw(const char *directory)
{
    struct sockaddr_un address;
    CHECK(sv_wire_address(&address, directory) == 0);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *) &address, sizeof address) == 0 && listen(fd, 8) == 0);
    return fd;
}

/* A server that sends the first `bytes` bytes of an answer to hello and then hangs up. */
struct liar {
    int listener;
    struct sv_header header;
    const char *body;
    size_t bytes;
    pthread_t thread;
};

static void *lie(void *context)
{
    struct liar *liar = context;
    int fd = accept(liar->listener, NULL, NULL);
    CHECK(fd >= 0);
    close(liar->listener);
    char whole[256];
    memcpy(whole, &liar->header, sizeof liar->header);
    memcpy(whole + sizeof liar->header, liar->body, strlen(liar->body));
    CHECK(send(fd, whole, liar->bytes, MSG_NOSIGNAL) == (ssize_t) liar->bytes);
    shutdown(fd, SHUT_WR);
    char drain[512];
    while (read(fd, drain, sizeof drain) > 0)
        continue;
    close(fd);
    return NULL;
}

static void exchange_with_liar(const char *directory, const struct sv_header *header, const char *body, size_t bytes, struct sv_answer *answer)
{
    struct liar liar = {.listener = listen_raw(directory), .header = *header, .body = body, .bytes = bytes};
    CHECK(pthread_create(&liar.thread, NULL, lie, &liar) == 0);
    sv_client *client = client_for(directory, 500);
    uint8_t pixels[3] = {1, 2, 3};
    sv_client_exchange(client, "{}", pixels, sizeof pixels, 2000, NULL, NULL, answer);
    CHECK(pixels[0] == 1 && pixels[1] == 2 && pixels[2] == 3);
    sv_client_close(client);
    pthread_join(liar.thread, NULL);
    char path[128];
    snprintf(path, sizeof path, "%s/backend.sock", directory);
    unlink(path);
}

static void should_name_a_backend_of_another_version(void)
{
    char directory[64];
    fake_directory(directory);
    const char *body = "{}";
    struct sv_header header = sv_wire_header(SV_WELCOME, 0, body);
    struct sv_answer answer;
    header.status = SV_PROTOCOL_VERSION + 1;
    exchange_with_liar(directory, &header, body, sizeof header + 2, &answer);
    CHECK(answer.status == SV_NO_BACKEND && strstr(answer.text, "protocol 2") && strstr(answer.text, "stablevideo backend stop"));
    fake_directory_remove(directory);
}

static void should_survive_a_welcome_cut_at_every_byte(void)
{
    char directory[64];
    fake_directory(directory);
    const char *body = "{\"backend\":\"x\"}";
    struct sv_header header = sv_wire_header(SV_WELCOME, 0, body);
    header.status = SV_PROTOCOL_VERSION;
    struct sv_answer answer;
    for (size_t bytes = 0; bytes < sizeof header + strlen(body); bytes++) {
        exchange_with_liar(directory, &header, body, bytes, &answer);
        CHECK(answer.status == SV_NO_BACKEND && answer.text[0]);
    }
    header.body_bytes = SV_BODY_LIMIT + 1;
    exchange_with_liar(directory, &header, body, sizeof header + 2, &answer);
    CHECK(answer.status == SV_NO_BACKEND);
    header.magic = 7;
    exchange_with_liar(directory, &header, body, sizeof header, &answer);
    CHECK(answer.status == SV_NO_BACKEND);
    fake_directory_remove(directory);
}

static void should_say_what_is_missing_without_a_backend(void)
{
    char directory[64];
    fake_directory(directory);
    uint8_t pixels[3] = {1, 2, 3};
    struct sv_answer answer;
    sv_client *client = client_for(directory, 500);
    sv_client_exchange(client, "{}", pixels, sizeof pixels, 2000, NULL, NULL, &answer);
    CHECK(answer.status == SV_NO_BACKEND && strstr(answer.text, "backend start"));
    sv_client_close(client);

    struct sv_client_options options = {
        .runtime_dir = directory, .launcher = "/nonexistent/stablevideo", .start_timeout_ms = 1000, .silence_timeout_ms = 500};
    client = sv_client_open(&options);
    sv_client_exchange(client, "{}", pixels, sizeof pixels, 2000, NULL, NULL, &answer);
    CHECK(answer.status == SV_NO_BACKEND && strstr(answer.text, "/nonexistent/stablevideo"));
    sv_client_close(client);

    /* a launcher that gives up is noticed at once, and its last words are passed on */
    char launcher[128];
    snprintf(launcher, sizeof launcher, "%s/launcher", directory);
    FILE *script = fopen(launcher, "w");
    fputs("#!/bin/sh\necho no Java was found >&2\nexit 1\n", script);
    fclose(script);
    chmod(launcher, 0700);
    options.launcher = launcher;
    options.start_timeout_ms = 20000;
    client = sv_client_open(&options);
    int64_t start = sv_now_ms();
    sv_client_exchange(client, "{}", pixels, sizeof pixels, 20000, NULL, NULL, &answer);
    CHECK(answer.status == SV_NO_BACKEND && strstr(answer.text, "no Java was found") && sv_now_ms() - start < 5000);
    sv_client_close(client);

    /* a preview does not wait for the start */
    client = sv_client_open(&options);
    start = sv_now_ms();
    sv_client_exchange(client, "{}", pixels, sizeof pixels, 0, NULL, NULL, &answer);
    CHECK(answer.status == SV_STARTING && sv_now_ms() - start < 500);
    sv_client_close(client);
    fake_directory_remove(directory);
}

static void should_answer_status_and_stop(void)
{
    char directory[64], text[256];
    struct fake_backend backend;
    fake_directory(directory);
    CHECK(sv_client_ask(directory, SV_STATUS, 500, text, sizeof text) == -1 && strstr(text, "No backend"));
    fake_start(&backend, directory, INVERT);
    CHECK(sv_client_ask(directory, SV_STATUS, 2000, text, sizeof text) == 0 && strcmp(text, "{\"fake\":\"1\"}") == 0);
    char error[256];
    CHECK(sv_server_open(directory, "{}", error, sizeof error) == NULL && strncmp(error, "busy", 4) == 0);
    CHECK(sv_client_ask(directory, SV_STOP, 2000, text, sizeof text) == 0);
    fake_stop(&backend);
    fake_directory_remove(directory);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    should_bring_the_edited_frame_back();
    should_connect_ahead_of_the_first_frame();
    should_carry_any_text_unharmed();
    should_keep_many_requests_apart(INVERT, 8);
    should_keep_many_requests_apart(LATE_AND_BACK, 8);
    should_keep_many_requests_apart(INVERT, 24); /* more than there are slots */
    should_wait_as_long_as_there_is_progress();
    should_cancel();
    should_leave_a_stalled_backend();
    should_see_death_at_once_and_come_back();
    should_name_a_backend_of_another_version();
    should_survive_a_welcome_cut_at_every_byte();
    should_say_what_is_missing_without_a_backend();
    should_answer_status_and_stop();
    puts("client: all as it should be");
    return 0;
}
