#define _GNU_SOURCE
#include "report.h"

#include "../src/text.h"
#include "../src/wire.h"
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { EVERY_MS = 1000 };

/* All filters of the process share one report. */
static struct {
    pthread_mutex_t lock;
    long long frames, edited, passed, failed;
    char message[SV_TEXT_BYTES];
    int last_kind;
    int64_t written_ms;
} report = {.lock = PTHREAD_MUTEX_INITIALIZER, .last_kind = -1};


/* Called with the lock held. The file is replaced as a whole, so that a reader never sees half of it. */
static void write_report(void)
{
    const char *path = getenv("STABLEVIDEO_REPORT");
    if (!path || !*path)
        return;
    struct sv_json json = {0};
    sv_json_add_count(&json, "frames", report.frames);
    sv_json_add_count(&json, "edited", report.edited);
    sv_json_add_count(&json, "passed", report.passed);
    sv_json_add_count(&json, "failed", report.failed);
    sv_json_add(&json, "message", report.message);
    char *text = sv_json_end(&json);
    char part[PATH_MAX];
    if (text && snprintf(part, sizeof part, "%s.part", path) < (int) sizeof part) {
        FILE *file = fopen(part, "we");
        if (file) {
            int complete = fprintf(file, "%s\n", text) > 0;
            complete = fclose(file) == 0 && complete;
            if (!complete || rename(part, path) < 0)
                remove(part);
        }
    }
    free(text);
    report.written_ms = sv_now_ms();
}

void sv_report_frame(int status, const char *text)
{
    pthread_mutex_lock(&report.lock);
    int kind = status == SV_EDITED || status == SV_RESULTS ? SV_EDITED : status == SV_PASSED || status == SV_STARTING ? SV_PASSED : SV_FAILED;
    report.frames++;
    if (kind == SV_EDITED) {
        report.edited++;
    } else {
        if (kind == SV_PASSED)
            report.passed++;
        else
            report.failed++;
        sv_text_copy(report.message, sizeof report.message, text);
    }
    if (kind != report.last_kind || sv_now_ms() - report.written_ms >= EVERY_MS)
        write_report();
    report.last_kind = kind;
    pthread_mutex_unlock(&report.lock);
}

void sv_report_write(void)
{
    pthread_mutex_lock(&report.lock);
    if (report.frames > 0)
        write_report();
    pthread_mutex_unlock(&report.lock);
}
