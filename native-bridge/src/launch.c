#define _GNU_SOURCE
#include "launch.h"

#include "wire.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEP_MS = 20, CROWD_MS = 1000 };

static void nap(void)
{
    struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
    nanosleep(&step, NULL);
}

int sv_runtime_dir(const char *wanted, char *path, size_t path_bytes)
{
    char made[PATH_MAX];
    const char *own = getenv("STABLEVIDEO_RUNTIME"), *xdg = getenv("XDG_RUNTIME_DIR");
    int length;
    if (wanted && *wanted)
        length = snprintf(made, sizeof made, "%s", wanted);
    else if (own && *own)
        length = snprintf(made, sizeof made, "%s", own);
    else if (xdg && *xdg)
        length = snprintf(made, sizeof made, "%s/stablevideo", xdg);
    else
        length = snprintf(made, sizeof made, "/tmp/stablevideo-%u", (unsigned) geteuid());
    struct sockaddr_un address;
    if (length >= (int) sizeof made || sv_wire_address(&address, made) < 0) {
        snprintf(path, path_bytes, "The runtime folder's path is too long for a socket. Set STABLEVIDEO_RUNTIME to a short one.");
        return -1;
    }
    if (mkdir(made, 0700) < 0 && errno != EEXIST) {
        snprintf(path, path_bytes, "The runtime folder %.512s cannot be made (%s). Set STABLEVIDEO_RUNTIME to a folder of yours.", made,
                 strerror(errno));
        return -1;
    }
    struct stat about;
    if (lstat(made, &about) < 0 || !S_ISDIR(about.st_mode) || about.st_uid != geteuid() || (about.st_mode & 077)) {
        snprintf(path, path_bytes,
                 "The runtime folder %.512s is not a folder that only you can enter. Run chmod 700 on it, or set STABLEVIDEO_RUNTIME.",
                 made);
        return -1;
    }
    if ((size_t) length >= path_bytes) {
        sv_text_copy(path, path_bytes, "The runtime folder's path is too long.");
        return -1;
    }
    memcpy(path, made, (size_t) length + 1);
    return 0;
}

int sv_connect(const char *runtime_dir)
{
    struct sockaddr_un address;
    if (sv_wire_address(&address, runtime_dir) < 0)
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int result = connect(fd, (struct sockaddr *) &address, sizeof address);
    for (int waited = 0; result < 0 && errno == EAGAIN && waited < CROWD_MS; waited += STEP_MS) {
        nap(); /* a backend is there, and many others are at its door */
        result = connect(fd, (struct sockaddr *) &address, sizeof address);
    }
    if (result < 0 || !sv_wire_same_user(fd)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Everything after fork() and before exec() in a process of many threads: only calls that are safe there. */
static void become_backend(char *const arguments[], const char *log, int life)
{
    setsid();
    if (fork() != 0)
        _exit(0);
    int null = open("/dev/null", O_RDONLY);
    int out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    if (out >= 0) {
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
    }
    /* The backend keeps the writing end as descriptor 3 for as long as it lives; nothing else of the host's goes along. */
    dup2(life, 3);
    fcntl(3, F_SETFD, 0);
    if (syscall(SYS_close_range, 4u, ~0u, 0u) < 0)
        for (int fd = 4; fd < 4096; fd++)
            close(fd);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(arguments[0], arguments);
    _exit(127);
}

/* Starts the launcher away from this process. Returns a descriptor that reads end-of-file once the backend is dead, or -1. */
static int launch(const char *runtime_dir, const char *launcher)
{
    char log[PATH_MAX + 16];
    snprintf(log, sizeof log, "%s/start.log", runtime_dir);
    char *arguments[] = {(char *) (uintptr_t) launcher, (char *) (uintptr_t) "backend", (char *) (uintptr_t) "run", NULL};
    int life[2];
    if (pipe2(life, O_CLOEXEC) < 0)
        return -1;
    pid_t child = fork();
    if (child == 0)
        become_backend(arguments, log, life[1]);
    close(life[1]);
    if (child < 0) {
        close(life[0]);
        return -1;
    }
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return life[0];
}

static int is_over(int life)
{
    struct pollfd state = {.fd = life, .events = POLLIN};
    return poll(&state, 1, 0) > 0 && (state.revents & (POLLHUP | POLLIN));
}

/* The last words of the launcher, as one line. */
static void last_words(const char *runtime_dir, char *words, size_t bytes)
{
    char path[PATH_MAX + 16], tail[512];
    snprintf(path, sizeof path, "%s/start.log", runtime_dir);
    words[0] = 0;
    FILE *log = fopen(path, "re");
    if (!log)
        return;
    char line[256];
    tail[0] = 0;
    while (fgets(line, sizeof line, log)) {
        line[strcspn(line, "\r\n")] = 0;
        if (*line)
            sv_text_copy(tail, sizeof tail, line);
    }
    fclose(log);
    if (tail[0])
        snprintf(words, bytes, " Its last words: %s.", tail);
}

static int start_and_connect(const char *runtime_dir, const char *launcher, int64_t deadline_ms, const atomic_int *giving_up,
                             char *error, size_t error_bytes)
{
    if (access(launcher, X_OK) < 0) {
        snprintf(error, error_bytes,
                 "The StableVideo backend is not running and its launcher %s cannot be run (%s). Reinstall StableVideo, or set "
                 "STABLEVIDEO_LAUNCHER.",
                 launcher, strerror(errno));
        return -1;
    }
    int life = launch(runtime_dir, launcher);
    if (life < 0) {
        snprintf(error, error_bytes, "The StableVideo backend cannot be started (%s). Run \"stablevideo doctor\".", strerror(errno));
        return -1;
    }
    int fd = -1;
    while ((fd = sv_connect(runtime_dir)) < 0 && !atomic_load(giving_up)) {
        if (is_over(life)) {
            fd = sv_connect(runtime_dir); /* somebody else's backend may have been quicker */
            if (fd < 0) {
                char words[600];
                last_words(runtime_dir, words, sizeof words);
                snprintf(error, error_bytes, "The StableVideo backend stopped while starting.%s Run \"stablevideo doctor\".", words);
            }
            break;
        }
        if (sv_now_ms() > deadline_ms) {
            snprintf(error, error_bytes,
                     "The StableVideo backend was started but does not listen yet. Run \"stablevideo doctor\", or look at %s/start.log.",
                     runtime_dir);
            break;
        }
        nap();
    }
    close(life);
    return fd;
}

int sv_connect_or_launch(const char *runtime_dir, const char *launcher, int64_t deadline_ms, const atomic_int *giving_up,
                         char *error, size_t error_bytes)
{
    int fd = sv_connect(runtime_dir);
    if (fd >= 0)
        return fd;
    if (!launcher || !*launcher) {
        snprintf(error, error_bytes,
                 "No StableVideo backend is running and no launcher was found to start one. Run \"stablevideo backend start\", or set "
                 "STABLEVIDEO_LAUNCHER.");
        return -1;
    }
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/start.lock", runtime_dir);
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) {
        snprintf(error, error_bytes, "%s cannot be written (%s). Free disk space, or set STABLEVIDEO_RUNTIME.", path, strerror(errno));
        return -1;
    }
    /* Whoever holds the lock starts the backend; the others wait for it to listen. */
    while (flock(lock, LOCK_EX | LOCK_NB) < 0 && fd < 0) {
        if (atomic_load(giving_up) || sv_now_ms() > deadline_ms) {
            snprintf(error, error_bytes, "Another program is starting the StableVideo backend and does not get there. Run \"stablevideo "
                                         "doctor\".");
            close(lock);
            return -1;
        }
        nap();
        fd = sv_connect(runtime_dir);
    }
    if (fd < 0)
        fd = sv_connect(runtime_dir);
    if (fd < 0)
        fd = start_and_connect(runtime_dir, launcher, deadline_ms, giving_up, error, error_bytes);
    close(lock);
    return fd;
}

int sv_backend_start(const char *runtime_dir, const char *launcher, int timeout_ms, char *error, size_t error_bytes)
{
    char directory[PATH_MAX];
    if (sv_runtime_dir(runtime_dir, directory, sizeof directory) < 0) {
        sv_text_copy(error, error_bytes, directory);
        return -1;
    }
    atomic_int never;
    atomic_init(&never, 0);
    int fd = sv_connect_or_launch(directory, launcher, sv_now_ms() + timeout_ms, &never, error, error_bytes);
    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}
