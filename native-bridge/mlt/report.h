/* What became of the frames of this process, for whoever started it: a JSON file at $STABLEVIDEO_REPORT. */
#ifndef SV_REPORT_H
#define SV_REPORT_H

/*
 * Counts one frame with its enum sv_status, and writes the report when something changed: at the first frame, at every change between
 * edited, passed and failed, and otherwise at most once a second. Counts requests of the host, which may ask for a frame twice.
 *
 *     {"frames":80,"edited":79,"passed":0,"failed":1,"message":"why the last frame was not edited"}
 */
void sv_report_frame(int status, const char *text);

/* Writes what has been counted so far. */
void sv_report_write(void);

#endif
