/* What the filter sends is JSON whatever a user types. */
#include "../src/text.h"
#include "../src/wire.h"
#include "check.h"

#include <string.h>

static void expect(const char *value, const char *json)
{
    struct sv_json object = {0};
    sv_json_add(&object, "k", value);
    char *text = sv_json_end(&object);
    if (strcmp(text, json) != 0)
        fprintf(stderr, "%s\n", text);
    CHECK(strcmp(text, json) == 0);
    free(text);
}

int main(void)
{
    expect("a red car", "{\"k\":\"a red car\"}");
    expect("\"q\" \\ = \n\t\x01", "{\"k\":\"\\\"q\\\" \\\\ = \\u000a\\u0009\\u0001\"}");
    expect("🚗 ünï", "{\"k\":\"🚗 ünï\"}");
    expect("\xC3", "{\"k\":\"\xEF\xBF\xBD\"}");             /* cut in the middle */
    expect("\xC0\x80", "{\"k\":\"\xEF\xBF\xBD\xEF\xBF\xBD\"}"); /* overlong */
    expect("\xED\xA0\x80", "{\"k\":\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"}"); /* surrogate */
    expect(NULL, "{}");

    struct sv_json object = {0};
    sv_json_add_int(&object, "i", -7);
    sv_json_add_double(&object, "d", 0.25);
    sv_json_add_count(&object, "n", 3);
    char *text = sv_json_end(&object);
    CHECK(strcmp(text, "{\"i\":\"-7\",\"d\":\"0.25\",\"n\":3}") == 0);
    free(text);

    char cut[5];
    sv_text_copy(cut, sizeof cut, "ab€");
    CHECK(strcmp(cut, "ab") == 0);
    sv_text_copy(cut, sizeof cut, "a€");
    CHECK(strcmp(cut, "a€") == 0);
    puts("text: all as it should be");
    return 0;
}
