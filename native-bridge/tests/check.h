/* A test fails loudly, with file and line, and ends the program. */
#ifndef SV_CHECK_H
#define SV_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                                                                     \
    do {                                                                                                                                     \
        if (!(condition)) {                                                                                                                  \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                                          \
            abort();                                                                                                                         \
        }                                                                                                                                    \
    } while (0)

#endif
