#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(struct sv_json *json, const char *bytes, size_t count)
{
    if (json->failed)
        return;
    if (json->length + count + 1 > json->room) {
        size_t room = (json->length + count + 1) * 2;
        char *more = realloc(json->text, room);
        if (!more) {
            json->failed = 1;
            return;
        }
        json->text = more;
        json->room = room;
    }
    memcpy(json->text + json->length, bytes, count);
    json->length += count;
    json->text[json->length] = 0;
}

/* Length of the well-formed UTF-8 character at `s` (no overlong forms, no surrogates), 0 when there is none. */
static size_t character(const unsigned char *s)
{
    if (s[0] < 0x80)
        return 1;
    size_t length = s[0] >= 0xC2 && s[0] <= 0xDF ? 2 : s[0] >= 0xE0 && s[0] <= 0xEF ? 3 : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4 : 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return length;
}

static void append_string(struct sv_json *json, const char *value)
{
    const unsigned char *at = (const unsigned char *) value;
    append(json, "\"", 1);
    while (*at) {
        size_t length = character(at);
        if (length == 0) {
            append(json, "\xEF\xBF\xBD", 3);
            length = 1;
        } else if (*at == '"' || *at == '\\') {
            char escaped[2] = {'\\', (char) *at};
            append(json, escaped, 2);
        } else if (*at < 0x20) {
            char escaped[8];
            append(json, escaped, (size_t) snprintf(escaped, sizeof escaped, "\\u%04x", *at));
        } else {
            append(json, (const char *) at, length);
        }
        at += length;
    }
    append(json, "\"", 1);
}

void sv_json_add(struct sv_json *json, const char *key, const char *value)
{
    if (!value)
        return;
    append(json, json->length == 0 ? "{" : ",", 1);
    append_string(json, key);
    append(json, ":", 1);
    append_string(json, value);
}

void sv_json_add_count(struct sv_json *json, const char *key, long long value)
{
    char text[32];
    append(json, json->length == 0 ? "{" : ",", 1);
    append_string(json, key);
    append(json, text, (size_t) snprintf(text, sizeof text, ":%lld", value));
}

void sv_json_add_int(struct sv_json *json, const char *key, long long value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", value);
    sv_json_add(json, key, text);
}

void sv_json_add_double(struct sv_json *json, const char *key, double value)
{
    char text[40];
    snprintf(text, sizeof text, "%.10g", value);
    for (char *c = text; *c; c++) /* hosts set the locale, and some have a decimal comma */
        if (*c == ',')
            *c = '.';
    sv_json_add(json, key, text);
}

char *sv_json_end(struct sv_json *json)
{
    append(json, json->length == 0 ? "{}" : "}", json->length == 0 ? 2 : 1);
    if (json->failed) {
        free(json->text);
        json->text = NULL;
    }
    return json->text;
}
