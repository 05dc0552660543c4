/* What became of the frames of this process, for whoever started it: a JSON file at $STABLEVIDEO_REPORT. */
#ifndef SV_REPORT_H
#define SV_REPORT_H

/*
 * Counts one frame with its enum sv_status, and writes the report when something changed: at the first frame, at every change between
 * edited, passed and failed, and otherwise at most once a second. A host asks for some frames more than once, the first and the last
 * above all, and not always of the same filter: each frame of a source counts once, as the worst that it came out.
 *
 *     {"frames":80,"edited":79,"passed":0,"failed":1,"message":"why the last frame was not edited"}
 */
void sv_report_frame(const char *source, long long position, int status, const char *text);

/* Writes what has been counted so far. */
void sv_report_write(void);

#endif
