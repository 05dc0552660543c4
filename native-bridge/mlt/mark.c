#include "mark.h"

#include <string.h>

void sv_mark(uint8_t *rgb, int width, int height)
{
    static const uint8_t AMBER[3] = {255, 176, 0}, RIM[3] = {32, 32, 32};
    int shorter = width < height ? width : height;
    int side = shorter / 24 > 6 ? shorter / 24 : 6, gap = side / 2, rim = side / 6 > 1 ? side / 6 : 1;
    for (int y = height - gap - side; y < height - gap; y++) {
        for (int x = width - gap - side; x < width - gap; x++) {
            if (x < 0 || y < 0)
                continue;
            int edge = y < height - gap - side + rim || y >= height - gap - rim || x < width - gap - side + rim || x >= width - gap - rim;
            memcpy(rgb + 3 * ((size_t) y * (size_t) width + (size_t) x), edge ? RIM : AMBER, 3);
        }
    }
}
