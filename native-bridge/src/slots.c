#define _GNU_SOURCE
#include "slots.h"

#include "stablevideo_bridge.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const int SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

static int map(struct sv_memory *memory, int fd, size_t bytes)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        return -1;
    memory->pixels = at;
    memory->bytes = bytes;
    return 0;
}

int sv_memory_create(struct sv_memory *memory, size_t bytes)
{
    int fd = memfd_create("stablevideo-frame", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    if (ftruncate(fd, (off_t) bytes) < 0 || fcntl(fd, F_ADD_SEALS, SEALS) < 0 || map(memory, fd, bytes) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int sv_memory_adopt(struct sv_memory *memory, int fd, uint64_t bytes)
{
    struct stat about;
    if (bytes == 0 || bytes > SV_SLOT_LIMIT || fstat(fd, &about) < 0 || (uint64_t) about.st_size != bytes)
        return -1;
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || (seals & SEALS) != SEALS)
        return -1;
    return map(memory, fd, (size_t) bytes);
}

void sv_memory_unmap(struct sv_memory *memory)
{
    if (memory->pixels)
        munmap(memory->pixels, memory->bytes);
    memory->pixels = NULL;
    memory->bytes = 0;
}
