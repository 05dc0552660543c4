/*
 * Preloaded into melt: its main thread goes on half a second after it created another one, which is then always quicker. melt 7.12 then loses its
 * consumer, which otherwise happens now and then on a busy machine. Only in the first processes to come: each takes one byte of the file
 * that SLOW_START names.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LATE_US = 500000 };

static int is_slow;

__attribute__((constructor)) static void choose(void)
{
    const char *path = getenv("SLOW_START");
    struct stat about;
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    is_slow = fstat(file, &about) == 0 && about.st_size > 0 && ftruncate(file, about.st_size - 1) == 0;
    close(file);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context)
{
    int (*create)(pthread_t *, const pthread_attr_t *, void *(*) (void *), void *);
    *(void **) &create = dlsym(RTLD_NEXT, "pthread_create");
    int result = create(thread, attributes, run, context);
    if (is_slow && gettid() == getpid())
        usleep(LATE_US);
    return result;
}
