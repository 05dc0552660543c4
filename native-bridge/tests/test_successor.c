/*
 * The client while its backend is killed, told to stop, stopped for a while, or ends by itself, with many frames in flight: no frame waits past
 * its deadline, frames go to the next backend, and the client is soon back. The backends are this program again, started by the client.
 */
#define _GNU_SOURCE
#include "../src/wire.h"
#include "stage.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 6, FRAMES = 50, CONNECT_MS = 20000, SILENCE_MS = 1000, FRAME_US = 3000, IDLE_MS = 15000 };

static char self[256];

/* ------------------------------------------------------------------------------------- the backend, in a process of its own */

static int number(const char *name, int otherwise)
{
    const char *text = getenv(name);
    return text ? atoi(text) : otherwise;
}

/* Inverts frames until it is told to stop, or for so many frames. Ends as the real one does: leaves its hosts, then takes its time. */
static int run_backend(void)
{
    char error[512];
    sv_server *server = sv_server_open(NULL, "{}", error, sizeof error);
    if (!server)
        return 1;
    int frames = number("TEST_FRAMES", -1), stop = 0;
    struct sv_event event;
    while (!stop && frames != 0) {
        if (sv_server_next(server, &event, IDLE_MS) <= 0)
            break; /* a test that failed leaves nobody behind */
        if (event.type == SV_EVENT_STOP) {
            sv_request_reply(event.request, SV_EDITED, 0, "{}");
            stop = 1;
        } else if (event.type == SV_EVENT_STATUS) {
            sv_request_reply(event.request, SV_EDITED, 0, "{}");
        } else if (event.type == SV_EVENT_REQUEST) {
            usleep(FRAME_US);
            for (uint64_t i = 0; i < event.pixel_bytes; i++)
                event.pixels[i] = (uint8_t) ~event.pixels[i];
            sv_request_reply(event.request, SV_EDITED, 1, "");
            frames--;
        }
    }
    sv_server_hang_up(server);
    usleep(200000);
    sv_server_close(server);
    return 0;
}

/* Its process id, 0 when none runs. */
static pid_t backend_of(const char *directory)
{
    char path[128], line[32] = "";
    snprintf(path, sizeof path, "%s/backend.lock", directory);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    char *read = fgets(line, sizeof line, file);
    fclose(file);
    return read ? (pid_t) atoi(line) : 0;
}

/* Waits until the last backend has given up its lock. */
static void await_end(const char *directory)
{
    char path[128];
    snprintf(path, sizeof path, "%s/backend.lock", directory);
    int lock = open(path, O_RDWR | O_CLOEXEC), free_again = -1;
    CHECK(lock >= 0);
    for (int i = 0; i < 500 && free_again < 0; i++) {
        free_again = flock(lock, LOCK_EX | LOCK_NB);
        usleep(10000);
    }
    close(lock);
    CHECK(free_again == 0);
}

/* ------------------------------------------------------------------------------------------------------------------ frames */

struct run {
    char directory[64];
    sv_client *client;
    pthread_t workers[WORKERS];
    atomic_uint next;
    atomic_int edited, lost, longest_ms, troubles;
};

static void *work(void *context)
{
    struct run *run = context;
    static const size_t sizes[] = {BYTES, BYTES / 2, BYTES * 2};
    uint8_t *pixels = malloc(BYTES * 2);
    for (;;) {
        unsigned frame = atomic_fetch_add(&run->next, 1);
        if (frame >= FRAMES * WORKERS)
            break;
        size_t bytes = sizes[frame % 3];
        struct sv_answer answer;
        fill(pixels, bytes, frame);
        int64_t start = sv_now_ms();
        sv_client_exchange(run->client, "{}", pixels, bytes, CONNECT_MS, NULL, NULL, &answer);
        int took = (int) (sv_now_ms() - start), longest = atomic_load(&run->longest_ms);
        while (took > longest && !atomic_compare_exchange_weak(&run->longest_ms, &longest, took))
            continue;
        if (answer.status == SV_EDITED) {
            CHECK(is_inverted(pixels, bytes, frame));
            atomic_fetch_add(&run->edited, 1);
        } else {
            CHECK(answer.status == SV_NO_BACKEND && answer.text[0] && is_source(pixels, bytes, frame));
            atomic_fetch_add(&run->lost, 1);
            usleep(20000); /* a host that goes on by itself */
        }
    }
    free(pixels);
    return NULL;
}

static void begin(struct run *run, const char *frames)
{
    memset(run, 0, sizeof *run);
    fake_directory(run->directory);
    setenv("STABLEVIDEO_RUNTIME", run->directory, 1);
    setenv("TEST_FRAMES", frames, 1);
    struct sv_client_options options = {.launcher = self, .start_timeout_ms = CONNECT_MS, .silence_timeout_ms = SILENCE_MS};
    run->client = sv_client_open(&options);
    for (int i = 0; i < WORKERS; i++)
        CHECK(pthread_create(&run->workers[i], NULL, work, run) == 0);
}

/* Waits for all frames; then one more is edited at once or soon. */
static void finish(struct run *run, const char *what, int most_lost, int longest_ms)
{
    for (int i = 0; i < WORKERS; i++)
        pthread_join(run->workers[i], NULL);
    uint8_t pixels[3];
    struct sv_answer answer = {.status = SV_NO_BACKEND};
    int64_t start = sv_now_ms();
    while (answer.status != SV_EDITED && sv_now_ms() - start < 10000) {
        fill(pixels, sizeof pixels, 1);
        sv_client_exchange(run->client, "{}", pixels, sizeof pixels, CONNECT_MS, NULL, NULL, &answer);
        usleep(10000);
    }
    int back_ms = (int) (sv_now_ms() - start);
    printf("%-28s %d times, %d edited, %d lost, longest wait %d ms, back in %d ms\n", what, run->troubles, run->edited, run->lost, run->longest_ms, back_ms);
    fflush(stdout);
    CHECK(answer.status == SV_EDITED && back_ms < 6000);
    CHECK(run->edited + run->lost == FRAMES * WORKERS);
    CHECK(run->lost <= most_lost && run->longest_ms <= longest_ms);
    sv_client_close(run->client);
    char text[256];
    sv_client_ask(run->directory, SV_STOP, 2000, text, sizeof text); /* unless it has just ended by itself */
    await_end(run->directory);
    fake_directory_remove(run->directory);
}

static int is_going_on(struct run *run)
{
    return atomic_load(&run->next) < FRAMES * WORKERS;
}

/* Does something to the backend again and again, whenever frames have been going through for a while. */
static void trouble(struct run *run, int every_ms, void (*act)(const char *directory, pid_t backend))
{
    int edited = 0;
    while (is_going_on(run)) {
        usleep((useconds_t) every_ms * 1000);
        pid_t backend = backend_of(run->directory);
        if (backend <= 0 || !is_going_on(run) || atomic_load(&run->edited) < edited + 2 * WORKERS)
            continue;
        edited = atomic_load(&run->edited);
        act(run->directory, backend);
        atomic_fetch_add(&run->troubles, 1);
    }
}

static void kill_it(const char *directory, pid_t backend)
{
    (void) directory;
    kill(backend, SIGKILL);
}

/* It hears that in time, however many frames are waiting. */
static void tell_it_to_stop(const char *directory, pid_t backend)
{
    (void) backend;
    char text[256];
    int64_t start = sv_now_ms();
    while (sv_client_ask(directory, SV_STOP, 1000, text, sizeof text) < 0 && strstr(text, "No backend")) {
        CHECK(sv_now_ms() - start < 5000);
        usleep(20000);
    }
    CHECK(strcmp(text, "{}") == 0);
}

static void pause_it(const char *directory, pid_t backend)
{
    (void) directory;
    CHECK(backend > 0);
    kill(backend, SIGSTOP);
    usleep(2 * SILENCE_MS * 1000);
    kill(backend, SIGCONT);
}

/* A frame is lost only when two backends die with it in their hands. */
static void should_hand_frames_to_the_next_backend(void)
{
    struct run run;
    begin(&run, "-1");
    trouble(&run, 100, kill_it);
    finish(&run, "killed again and again:", FRAMES * WORKERS / 20, 8000);
    begin(&run, "-1");
    trouble(&run, 100, tell_it_to_stop);
    finish(&run, "told to stop again and again:", FRAMES * WORKERS / 20, 8000);
}

/* Backends that end by themselves are left before they answer all, and while hosts are on their way to them. */
static void should_follow_backends_that_end_by_themselves(void)
{
    struct run run;
    begin(&run, "80");
    finish(&run, "ends after 80 frames:", FRAMES * WORKERS / 20, 8000);
}

/* Silence costs the frames in flight, each no more than the time it may take; afterwards the same backend goes on. */
static void should_outlive_a_paused_backend(void)
{
    struct run run;
    begin(&run, "-1");
    while (atomic_load(&run.edited) < 2 * WORKERS)
        usleep(10000);
    pause_it(run.directory, backend_of(run.directory));
    finish(&run, "paused for 2 s:", FRAMES * WORKERS, 2 * SILENCE_MS + 7000);
}

/* Many hosts come while the backend goes: each finds the next one. */
static void should_start_one_successor_for_many_hosts(void)
{
    char directory[64];
    fake_directory(directory);
    setenv("STABLEVIDEO_RUNTIME", directory, 1);
    setenv("TEST_FRAMES", "-1", 1);
    char text[256];
    for (int round = 0; round < 2; round++) {
        CHECK(sv_backend_start(directory, self, CONNECT_MS, text, sizeof text) == 0);
        struct sv_client_options options = {.launcher = self, .start_timeout_ms = CONNECT_MS, .silence_timeout_ms = SILENCE_MS};
        CHECK(sv_client_ask(directory, SV_STOP, 2000, text, sizeof text) == 0);
        for (int host = 0; host < 4; host++) {
            sv_client *client = sv_client_open(&options);
            uint8_t pixels[5];
            struct sv_answer answer;
            fill(pixels, sizeof pixels, 2);
            sv_client_exchange(client, "{}", pixels, sizeof pixels, CONNECT_MS, NULL, NULL, &answer);
            CHECK(answer.status == SV_EDITED && is_inverted(pixels, sizeof pixels, 2));
            sv_client_close(client);
        }
    }
    CHECK(sv_client_ask(directory, SV_STOP, 2000, text, sizeof text) == 0);
    await_end(directory);
    fake_directory_remove(directory);
}

int main(int count, char **arguments)
{
    signal(SIGPIPE, SIG_IGN);
    if (count > 1 && strcmp(arguments[1], "backend") == 0)
        return run_backend();
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    CHECK(length > 0);
    should_hand_frames_to_the_next_backend();
    should_follow_backends_that_end_by_themselves();
    should_outlive_a_paused_backend();
    should_start_one_successor_for_many_hosts();
    puts("successor: all as it should be");
    return 0;
}
