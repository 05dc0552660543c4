/* The MLT module: registers the filter and finds its description beside the module itself, wherever that lies. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <framework/mlt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

mlt_filter filter_stablevideo_init(mlt_profile profile, mlt_service_type type, const char *id, char *arg);

/*
 * The yml lies beside the module (built tree), in stablevideo/ beside it, or under MLT's data. MLT_DATA is global to the host, so it is
 * never pointed elsewhere for our sake.
 */
static mlt_properties metadata(mlt_service_type type, const char *id, void *name)
{
    (void) type;
    (void) id;
    char file[PATH_MAX + 64], module[PATH_MAX];
    Dl_info about;
    void *self = NULL;
    mlt_properties (*const here)(mlt_service_type, const char *, void *) = metadata;
    memcpy(&self, &here, sizeof self);
    if (dladdr(self, &about) && about.dli_fname && realpath(about.dli_fname, module)) {
        char *slash = strrchr(module, '/');
        if (slash)
            *slash = 0;
        const char *const folders[] = {"", "stablevideo/"};
        for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
            snprintf(file, sizeof file, "%s/%s%s", module, folders[i], (const char *) name);
            if (access(file, R_OK) == 0)
                return mlt_properties_parse_yaml(file);
        }
    }
    const char *data = mlt_environment("MLT_DATA");
    snprintf(file, sizeof file, "%s/stablevideo/%s", data ? data : "", (const char *) name);
    return mlt_properties_parse_yaml(file);
}

MLT_REPOSITORY
{
    MLT_REGISTER(mlt_service_filter_type, "stablevideo", filter_stablevideo_init);
    MLT_REGISTER_METADATA(mlt_service_filter_type, "stablevideo", metadata, "filter_stablevideo.yml");
}
