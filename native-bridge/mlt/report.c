#define _GNU_SOURCE
#include "report.h"

#include "../src/text.h"
#include "../src/wire.h"
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVERY_MS = 1000, LAST_POSITION = 1 << 24 };

/* The frames of one source by position: 0 for one not seen yet, else 1 + its enum kind. Kept as long as the process lives. */
struct marks {
    struct marks *next;
    char *source;
    size_t count;
    unsigned char *kinds;
};

/* From best to worst. */
enum kind { EDITED, PASSED, FAILED };

/* All filters of the process share one report. */
static struct {
    pthread_mutex_t lock;
    long long counts[3]; /* by enum kind */
    struct marks *sources;
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
    sv_json_add_count(&json, "frames", report.counts[EDITED] + report.counts[PASSED] + report.counts[FAILED]);
    sv_json_add_count(&json, "edited", report.counts[EDITED]);
    sv_json_add_count(&json, "passed", report.counts[PASSED]);
    sv_json_add_count(&json, "failed", report.counts[FAILED]);
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

/* Called with the lock held: the marks of a source, or NULL when there is no memory for them. */
static struct marks *marks_of(const char *source)
{
    for (struct marks *marks = report.sources; marks; marks = marks->next)
        if (strcmp(marks->source, source) == 0)
            return marks;
    struct marks *marks = calloc(1, sizeof *marks);
    if (marks && !(marks->source = strdup(source))) {
        free(marks);
        return NULL;
    }
    if (marks) {
        marks->next = report.sources;
        report.sources = marks;
    }
    return marks;
}

/* Called with the lock held: the mark of a frame, or NULL where there is no room for one. */
static unsigned char *mark_of(const char *source, long long position)
{
    struct marks *all = position < 0 || position > LAST_POSITION ? NULL : marks_of(source);
    if (!all)
        return NULL;
    size_t needed = (size_t) position + 1;
    if (needed > all->count) {
        size_t count = needed + needed / 2 + 256;
        unsigned char *kinds = realloc(all->kinds, count);
        if (!kinds)
            return NULL;
        memset(kinds + all->count, 0, count - all->count);
        all->kinds = kinds;
        all->count = count;
    }
    return all->kinds + position;
}

/* Called with the lock held. */
static void count_frame(const char *source, long long position, enum kind kind)
{
    unsigned char *mark = mark_of(source, position);
    if (mark && *mark > 0) {
        enum kind before = (enum kind)(*mark - 1);
        if (kind <= before)
            return;
        report.counts[before]--;
    }
    report.counts[kind]++;
    if (mark)
        *mark = (unsigned char) (1 + kind);
}

void sv_report_frame(const char *source, long long position, int status, const char *text)
{
    enum kind kind = FAILED;
    if (status == SV_EDITED || status == SV_RESULTS)
        kind = EDITED;
    else if (status == SV_PASSED || status == SV_STARTING)
        kind = PASSED;
    pthread_mutex_lock(&report.lock);
    count_frame(source, position, kind);
    if (kind != EDITED)
        sv_text_copy(report.message, sizeof report.message, text);
    if ((int) kind != report.last_kind || sv_now_ms() - report.written_ms >= EVERY_MS)
        write_report();
    report.last_kind = (int) kind;
    pthread_mutex_unlock(&report.lock);
}

void sv_report_write(void)
{
    pthread_mutex_lock(&report.lock);
    if (report.last_kind >= 0)
        write_report();
    pthread_mutex_unlock(&report.lock);
}
