/*
 * The MLT filter "stablevideo": pulls the frame, hands it to the backend, waits with a deadline, and returns a picture whatever happens.
 * What is done with the frame is decided in the backend; here is only what must work without one.
 */
#define _GNU_SOURCE
#include "../src/text.h"
#include "../src/wire.h"
#include "mark.h"
#include "report.h"
#include "stablevideo_bridge.h"

#include <dlfcn.h>
#include <errno.h>
#include <framework/mlt.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { START_MS = 60000, PATIENT_SILENCE_MS = 15000, GUI_SILENCE_MS = 4000, GUI_FIRST_MS = 300, GUI_APPLIED_MS = 5000, NEWS_EVERY_MS = 2000 };
enum { LARGEST_DRAW = 999999 };

/* Parameters that are sent as they are; the same names as in filter_stablevideo.yml, which a test compares. */
static const char *const PARAMETERS[] = {"foreground", "background", "negative", "preset",   "method",    "model", "seed",    "steps",  "guidance",
                                         "sampler",    "lora",       "control",  "eta",      "strength",  "keyframes", "mask", "quality", "keep", "results"};

/* Parameters that may be keyframed: sent with their value at the frame. */
static const char *const ANIMATED[] = {"light", "detail", "mix"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Belongs to the filter; freed with it. */
struct state {
    pthread_mutex_t lock; /* guards what follows */
    sv_client *client;    /* made at the first frame */
    int last_status;      /* of the last frame, -1 before any */
    int asked;            /* whether a frame was handed over before */
    char last_text[SV_TEXT_BYTES]; /* the last problem, empty since a frame was edited */
    long long news_ms;
};

static int is_set(mlt_properties properties, const char *name)
{
    const char *value = mlt_properties_get(properties, name);
    return value && *value;
}

/* Programs that render, not those that show. */
static int is_renderer(void)
{
    return strncmp(program_invocation_short_name, "melt", 4) == 0 || strcmp(program_invocation_short_name, "kdenlive_render") == 0;
}

/* Kdenlive's job says `analyse`. Shotcut's says `analyze`, and for a moment says so to the filter in its preview too, where it means nothing. */
static int is_analysis(mlt_properties properties)
{
    return mlt_properties_get_int(properties, "analyse") != 0 || (is_renderer() && mlt_properties_get_int(properties, "analyze") != 0);
}

static int has_work(mlt_properties properties)
{
    return is_set(properties, "foreground") || is_set(properties, "background") || is_set(properties, "preset") || is_analysis(properties);
}

/* Programs that render wait for the edit; an editor's preview never does. The property `wait` overrides. */
static int is_patient(mlt_properties properties)
{
    const char *wait = mlt_properties_get(properties, "wait");
    if (wait && *wait && strcmp(wait, "auto") != 0)
        return strcmp(wait, "yes") == 0 || strcmp(wait, "1") == 0;
    return is_renderer();
}

/* ----------------------------------------------------------------------------------------------- what the backend is told */

static void tell_text(struct sv_json *json, const char *key, mlt_properties properties, const char *name)
{
    const char *value = mlt_properties_get(properties, name);
    if (value && *value)
        sv_json_add(json, key, value);
}

/* The producer that the filter is on, NULL on a track. A change of speed and a chain read their clip through a producer of their own. */
static mlt_producer producer_of(mlt_filter filter)
{
    mlt_service owner = mlt_properties_get_data(MLT_FILTER_PROPERTIES(filter), "service", NULL);
    mlt_service_type type = owner ? mlt_service_identify(owner) : mlt_service_invalid_type;
    return type == mlt_service_producer_type || type == mlt_service_chain_type ? mlt_producer_cut_parent((mlt_producer) owner) : NULL;
}

/* What Kdenlive has noted on the clip itself, else on what the filter is on. */
static void tell_kdenlive(struct sv_json *json, mlt_properties clip, const char *key, const char *name, mlt_filter filter)
{
    mlt_producer used = producer_of(filter);
    tell_text(json, key, is_set(clip, name) || !used ? clip : MLT_PRODUCER_PROPERTIES(used), name);
}

/* Whether a chain shows its clip frame by frame as it is: links that only convert pictures are the host's own. */
static int is_plain(mlt_chain chain)
{
    for (int i = 0; i < mlt_chain_link_count(chain); i++)
        if (!mlt_properties_get_int(MLT_LINK_PROPERTIES(mlt_chain_link(chain, i)), "_loader"))
            return 0;
    return 1;
}

/*
 * Which part of the clip is used. A filter on a cut knows. On a chain, where the clip inside may have no end, Shotcut tells the filter; else it is all of
 * the chain.
 */
static void tell_range(struct sv_json *json, mlt_filter filter, mlt_producer source)
{
    mlt_service owner = mlt_properties_get_data(MLT_FILTER_PROPERTIES(filter), "service", NULL);
    mlt_service_type type = owner ? mlt_service_identify(owner) : mlt_service_invalid_type;
    mlt_producer used = source;
    if (type == mlt_service_producer_type && mlt_producer_is_cut((mlt_producer) owner))
        used = (mlt_producer) owner;
    if (type == mlt_service_chain_type && is_plain((mlt_chain) owner))
        used = (mlt_producer) owner;
    int is_told = used != source && type == mlt_service_chain_type && mlt_filter_get_out(filter) > 0;
    sv_json_add_int(json, "clip.in", is_told ? mlt_filter_get_in(filter) : mlt_producer_get_in(used));
    sv_json_add_int(json, "clip.out", is_told ? mlt_filter_get_out(filter) : mlt_producer_get_out(used));
}

/* Which clip the frame is from: names, length and rates as the host knows them. */
static void tell_clip(struct sv_json *json, mlt_filter filter, mlt_frame frame)
{
    mlt_producer source = mlt_frame_get_original_producer(frame);
    if (!source)
        return;
    source = mlt_producer_cut_parent(source);
    mlt_properties properties = MLT_PRODUCER_PROPERTIES(source);
    tell_text(json, "clip.resource", properties, "resource");
    tell_text(json, "clip.service", properties, "mlt_service");
    tell_text(json, "clip.warp_resource", properties, "warp_resource");
    tell_text(json, "clip.warp_speed", properties, "warp_speed");
    tell_kdenlive(json, properties, "clip.file_hash", "kdenlive:file_hash", filter);
    tell_kdenlive(json, properties, "clip.original", "kdenlive:originalurl", filter);
    tell_text(json, "clip.ttl", properties, "ttl");
    tell_text(json, "clip.native_rate_num", properties, "meta.media.frame_rate_num");
    tell_text(json, "clip.native_rate_den", properties, "meta.media.frame_rate_den");
    tell_text(json, "clip.native_width", properties, "meta.media.width");
    tell_text(json, "clip.native_height", properties, "meta.media.height");
    sv_json_add_double(json, "clip.rate", mlt_producer_get_fps(source));
    sv_json_add_int(json, "clip.length", mlt_producer_get_length(source));
    mlt_profile profile = mlt_service_profile(MLT_PRODUCER_SERVICE(source));
    if (profile) {
        sv_json_add_int(json, "clip.rate_num", profile->frame_rate_num);
        sv_json_add_int(json, "clip.rate_den", profile->frame_rate_den);
    }
    tell_range(json, filter, source);
}

static void tell_host(struct sv_json *json, mlt_filter filter)
{
    sv_json_add(json, "host.program", program_invocation_short_name);
    sv_json_add_int(json, "host.pid", getpid());
    char directory[PATH_MAX];
    if (getcwd(directory, sizeof directory))
        sv_json_add(json, "host.directory", directory);
    mlt_profile profile = mlt_service_profile(MLT_FILTER_SERVICE(filter));
    if (profile) {
        sv_json_add_int(json, "profile.width", profile->width);
        sv_json_add_int(json, "profile.height", profile->height);
        sv_json_add_double(json, "profile.sample_aspect", mlt_profile_sar(profile));
    }
}

/* Without a frame the clip is not known yet. */
static char *describe_session(mlt_filter filter, mlt_frame frame)
{
    struct sv_json json = {0};
    tell_host(&json, filter);
    if (frame)
        tell_clip(&json, filter, frame);
    if (is_analysis(MLT_FILTER_PROPERTIES(filter)))
        sv_json_add(&json, "analyse", "1");
    return sv_json_end(&json);
}

static pthread_once_t seed_once = PTHREAD_ONCE_INIT;
static int seed;

static void draw_seed(void)
{
    unsigned number;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        number = (unsigned) sv_now_ms() ^ (unsigned) getpid() << 16;
    seed = (int) (2 + number % (LARGEST_DRAW - 1u));
}

/*
 * What the backend takes where the seed is to be drawn: of six digits, as Kdenlive keeps no more; never 0 or 1, which could be taken for a default. One
 * for the whole process: melt makes its filters more than once, and a backend that dies is followed by one that knows nothing.
 */
static int drawn_seed(void)
{
    pthread_once(&seed_once, draw_seed);
    return seed;
}

static char *describe_frame(mlt_filter filter, mlt_frame frame, int width, int height)
{
    mlt_properties properties = MLT_FILTER_PROPERTIES(filter);
    mlt_position position = mlt_filter_get_position(filter, frame);
    mlt_position length = mlt_filter_get_length2(filter, frame);
    struct sv_json json = {0};
    sv_json_add_int(&json, "frame.position", mlt_frame_original_position(frame));
    sv_json_add_int(&json, "frame.width", width);
    sv_json_add_int(&json, "frame.height", height);
    tell_host(&json, filter);
    tell_clip(&json, filter, frame);
    sv_json_add_int(&json, "host.waits", is_patient(properties));
    sv_json_add_int(&json, "host.draw", drawn_seed());
    for (size_t i = 0; i < COUNT(PARAMETERS); i++)
        tell_text(&json, PARAMETERS[i], properties, PARAMETERS[i]);
    if (is_analysis(properties))
        sv_json_add(&json, "analyse", "1");
    for (size_t i = 0; i < COUNT(ANIMATED); i++)
        if (is_set(properties, ANIMATED[i]))
            sv_json_add_double(&json, ANIMATED[i], mlt_properties_anim_get_double(properties, ANIMATED[i], position, length));
    return sv_json_end(&json);
}

/* ----------------------------------------------------------------------------------------------------------- the backend */

/* $STABLEVIDEO_LAUNCHER, else the installed one, else the one of the source tree that this was built in. */
static const char *launcher(void)
{
    static const char *const places[] = {SV_INSTALLED_LAUNCHER, SV_SOURCE_LAUNCHER};
    const char *own = getenv("STABLEVIDEO_LAUNCHER");
    if (own && *own)
        return own;
    for (size_t i = 0; i < COUNT(places); i++)
        if (access(places[i], X_OK) == 0)
            return places[i];
    return NULL;
}

static sv_client *client_of(mlt_filter filter, mlt_frame frame)
{
    struct state *state = filter->child;
    pthread_mutex_lock(&state->lock);
    if (!state->client) {
        char *hello = describe_session(filter, frame);
        int patient = is_patient(MLT_FILTER_PROPERTIES(filter));
        struct sv_client_options options = {.launcher = launcher(),
                                            .hello = hello,
                                            .start_timeout_ms = START_MS,
                                            .silence_timeout_ms = patient ? PATIENT_SILENCE_MS : GUI_SILENCE_MS};
        state->client = sv_client_open(&options);
        free(hello);
    }
    sv_client *client = state->client;
    pthread_mutex_unlock(&state->lock);
    return client;
}

/*
 * A project that is opened with an applied edit will want the backend in a moment: an editor starts it while it still makes its window. Renders wait anyway.
 */
static void foresee(mlt_properties properties, void *self, mlt_event_data data)
{
    const char *name = mlt_event_data_to_string(data);
    if (!((mlt_filter) self)->child || !name || strcmp(name, "results") != 0 || !is_set(properties, "results") || is_patient(properties))
        return;
    sv_client *client = client_of(self, NULL);
    if (client)
        sv_client_prepare(client);
}

/* Tells a waiting person now and then what is being done. */
static int tell_progress(void *context, const char *text)
{
    struct state *state = context;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long now_ms = now.tv_sec * 1000LL + now.tv_nsec / 1000000;
    pthread_mutex_lock(&state->lock);
    int due = now_ms - state->news_ms >= NEWS_EVERY_MS;
    if (due)
        state->news_ms = now_ms;
    pthread_mutex_unlock(&state->lock);
    if (due)
        fprintf(stderr, "stablevideo: %s\n", text);
    return 0;
}

/*
 * Logs a change of state once, however many frames it lasts. A problem that comes and goes while the backend is tried again is one problem until
 * a frame is edited. Errors are what Kdenlive shows in the effect's panel.
 */
static void log_change(mlt_filter filter, const struct sv_answer *answer)
{
    struct state *state = filter->child;
    pthread_mutex_lock(&state->lock);
    int failed = answer->status == SV_FAILED || answer->status == SV_NO_BACKEND;
    int changed = failed ? strcmp(state->last_text, answer->text) != 0 : state->last_status != answer->status;
    int was_fine = state->last_status == -1 || state->last_status == SV_EDITED;
    state->last_status = answer->status;
    if (failed || answer->status == SV_EDITED)
        snprintf(state->last_text, sizeof state->last_text, "%s", failed ? answer->text : "");
    pthread_mutex_unlock(&state->lock);
    mlt_service service = MLT_FILTER_SERVICE(filter);
    if (answer->status == SV_EDITED && answer->text[0])
        mlt_log_error(service, "Edited, but: %s\n", answer->text);
    if (!changed)
        return;
    if (failed)
        mlt_log_error(service, "Not edited: %s\n", answer->text);
    else if (answer->status == SV_EDITED && !was_fine)
        mlt_log_info(service, "Frames are edited again\n");
    else if (answer->status == SV_PASSED || answer->status == SV_STARTING)
        mlt_log_info(service, "The source is shown: %s\n", answer->text);
}

/*
 * How long a frame waits for a backend: a preview only once, and only as long as it takes to connect to one that runs. Where an edit was applied before,
 * as long as one takes to start: nobody asks again for a picture that stands still.
 */
static int connect_wait(mlt_filter filter)
{
    struct state *state = filter->child;
    pthread_mutex_lock(&state->lock);
    int first = !state->asked;
    state->asked = 1;
    pthread_mutex_unlock(&state->lock);
    mlt_properties properties = MLT_FILTER_PROPERTIES(filter);
    if (is_patient(properties))
        return START_MS;
    return !first ? 0 : is_set(properties, "results") ? GUI_APPLIED_MS : GUI_FIRST_MS;
}

static void report(mlt_frame frame, const struct sv_answer *answer)
{
    mlt_producer source = mlt_frame_get_original_producer(frame);
    const char *resource = source ? mlt_properties_get(MLT_PRODUCER_PROPERTIES(mlt_producer_cut_parent(source)), "resource") : NULL;
    sv_report_frame(resource ? resource : "", mlt_frame_original_position(frame), answer->status, answer->text);
}

static void exchange(mlt_filter filter, mlt_frame frame, uint8_t *rgb, int width, int height)
{
    mlt_properties properties = MLT_FILTER_PROPERTIES(filter);
    struct sv_answer answer = {.status = SV_NO_BACKEND, .text = "There is no memory for a request. Close other programs."};
    sv_client *client = client_of(filter, frame);
    char *body = describe_frame(filter, frame, width, height);
    if (client && body)
        sv_client_exchange(client, body, rgb, (size_t) width * (size_t) height * 3, connect_wait(filter), tell_progress, filter->child,
                           &answer);
    free(body);
    if (answer.status == SV_RESULTS)
        mlt_properties_set(properties, "results", answer.text);
    if ((answer.status == SV_NO_BACKEND || answer.status == SV_STARTING) && !is_analysis(properties))
        sv_mark(rgb, width, height);
    log_change(filter, &answer);
    report(frame, &answer);
}

/* ------------------------------------------------------------------------------------------------------------- the filter */

/* An analysis sees the clip's own pixels, whatever size the host works at. */
static void want_native_size(mlt_frame frame, int *width, int *height)
{
    mlt_producer source = mlt_frame_get_original_producer(frame);
    if (!source)
        return;
    mlt_properties properties = MLT_PRODUCER_PROPERTIES(mlt_producer_cut_parent(source));
    int native_width = mlt_properties_get_int(properties, "meta.media.width");
    int native_height = mlt_properties_get_int(properties, "meta.media.height");
    if (native_width > 0 && native_height > 0) {
        *width = native_width;
        *height = native_height;
        mlt_properties_set(MLT_FRAME_PROPERTIES(frame), "consumer.rescale", "none");
    }
}

static int get_image(mlt_frame frame, uint8_t **image, mlt_image_format *format, int *width, int *height, int writable)
{
    mlt_filter filter = mlt_frame_pop_service(frame);
    mlt_properties properties = MLT_FILTER_PROPERTIES(filter);
    int analysis = is_analysis(properties);
    int idle = !analysis && is_set(properties, "mix") &&
               mlt_properties_anim_get_double(properties, "mix", mlt_filter_get_position(filter, frame),
                                              mlt_filter_get_length2(filter, frame)) <= 0;
    if (idle || mlt_frame_is_test_card(frame))
        return mlt_frame_get_image(frame, image, format, width, height, writable);

    if (analysis)
        want_native_size(frame, width, height);
    *format = mlt_image_rgb; /* RGBA would cost the host twice as much, see the notes on hosts in the documentation */
    int error = mlt_frame_get_image(frame, image, format, width, height, 1);
    if (error || !*image || *format != mlt_image_rgb || *width < 1 || *height < 1)
        return error;
    exchange(filter, frame, *image, *width, *height);
    return 0;
}

static mlt_frame process(mlt_filter filter, mlt_frame frame)
{
    if (has_work(MLT_FILTER_PROPERTIES(filter))) {
        mlt_frame_push_service(frame, filter);
        mlt_frame_push_get_image(frame, get_image);
    }
    return frame;
}

static void close_filter(mlt_filter filter)
{
    struct state *state = filter->child;
    if (state) {
        sv_client_close(state->client);
        sv_report_write();
        pthread_mutex_destroy(&state->lock);
        free(state);
    }
    filter->child = NULL;
    filter->close = NULL;
    filter->parent.close = NULL;
    mlt_service_close(&filter->parent);
}

mlt_filter filter_stablevideo_init(mlt_profile profile, mlt_service_type type, const char *id, char *arg)
{
    (void) profile;
    (void) type;
    (void) id;
    mlt_filter filter = mlt_filter_new();
    struct state *state = calloc(1, sizeof *state);
    if (!filter || !state) {
        mlt_filter_close(filter);
        free(state);
        return NULL;
    }
    pthread_mutex_init(&state->lock, NULL);
    state->last_status = -1;
    filter->child = state;
    mlt_events_listen(MLT_FILTER_PROPERTIES(filter), filter, "property-changed", (mlt_listener) foresee);
    filter->process = process;
    filter->close = close_filter;
    if (arg && *arg)
        mlt_properties_set(MLT_FILTER_PROPERTIES(filter), "foreground", arg);
    return filter;
}
