/* Writing a flat JSON object of strings. Private. */
#ifndef SV_TEXT_H
#define SV_TEXT_H

#include <stddef.h>

/* A JSON object that grows; start with zeros, end with sv_json_end(). */
struct sv_json {
    char *text; /* owned; NULL when memory ran out */
    size_t length, room;
    int failed;
};

/* Adds "key": "value", escaped; bytes that are not UTF-8 become U+FFFD. A NULL value adds nothing. */
void sv_json_add(struct sv_json *json, const char *key, const char *value);
/* Adds "key": value as a number, for readers outside the bridge. */
void sv_json_add_count(struct sv_json *json, const char *key, long long value);

/* Add "key": "value", as all that goes over the bridge is text. */
void sv_json_add_int(struct sv_json *json, const char *key, long long value);
void sv_json_add_double(struct sv_json *json, const char *key, double value);

/* Closes the object. Returns the text, to be freed by the caller, or NULL when memory ran out. */
char *sv_json_end(struct sv_json *json);

#endif
