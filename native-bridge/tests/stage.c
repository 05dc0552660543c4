#include "stage.h"

sv_client *client_for(const char *directory, int silence_ms)
{
    struct sv_client_options options = {
        .runtime_dir = directory, .hello = "{\"host.program\":\"test\"}", .start_timeout_ms = 3000, .silence_timeout_ms = silence_ms};
    sv_client *client = sv_client_open(&options);
    CHECK(client);
    return client;
}

void stage_set(struct stage *stage, enum behaviour behaviour, int silence_ms)
{
    fake_directory(stage->directory);
    fake_start(&stage->backend, stage->directory, behaviour);
    stage->client = client_for(stage->directory, silence_ms);
}

void stage_clear(struct stage *stage)
{
    sv_client_close(stage->client);
    fake_stop(&stage->backend);
    fake_directory_remove(stage->directory);
}

static uint8_t source(size_t i, unsigned seed)
{
    return (uint8_t) (i * 7 + seed * 31);
}

void fill(uint8_t *pixels, size_t bytes, unsigned seed)
{
    for (size_t i = 0; i < bytes; i++)
        pixels[i] = source(i, seed);
}

static int is_source_xor(const uint8_t *pixels, size_t bytes, unsigned seed, uint8_t mask)
{
    for (size_t i = 0; i < bytes; i++)
        if (pixels[i] != (uint8_t) (source(i, seed) ^ mask))
            return 0;
    return 1;
}

int is_inverted(const uint8_t *pixels, size_t bytes, unsigned seed)
{
    return is_source_xor(pixels, bytes, seed, 255);
}

int is_source(const uint8_t *pixels, size_t bytes, unsigned seed)
{
    return is_source_xor(pixels, bytes, seed, 0);
}
