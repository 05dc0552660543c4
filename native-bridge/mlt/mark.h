/* The sign in the corner of a picture that is not edited. */
#ifndef SV_MARK_H
#define SV_MARK_H

#include <stdint.h>

/* Draws a small amber square with a dark rim into the lower right corner of an RGB picture of any size. */
void sv_mark(uint8_t *rgb, int width, int height);

#endif
