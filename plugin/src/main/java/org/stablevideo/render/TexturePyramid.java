package org.stablevideo.render;

import java.util.ArrayList;
import java.util.List;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

/**
 * A texture with opacity and its halved versions, so that a layer seen from afar is averaged and does not flicker. Texels are packed
 * A R G B, eight bits each. Immutable.
 */
final class TexturePyramid {

    private final List<int[]> levels = new ArrayList<>();
    private final List<FrameSize> sizes = new ArrayList<>();

    /**
     * Packs a texture.
     *
     * @param opacity as large as the colour, or null for an opaque texture
     */
    TexturePyramid(Picture colour, Plane opacity) {
        byte[] rgb = colour.rgb();
        int[] texels = room(colour.size());
        for (int i = 0, at = 0; i < colour.size().area(); i++, at += 3) {
            int alpha = opacity == null ? 255 : opacity.values()[i] & 255;
            texels[i] = alpha << 24 | (rgb[at] & 255) << 16 | (rgb[at + 1] & 255) << 8 | rgb[at + 2] & 255;
        }
        levels.add(texels);
        sizes.add(colour.size());
        while (last().shortSide() >= 4 && levels.size() < 8) {
            halve();
        }
    }

    /** Memory of a level: a row and a texel more than it has, so that the neighbours of its last texel can be read (they weigh nothing). */
    private static int[] room(FrameSize size) {
        return new int[size.area() + size.width() + 1];
    }

    private FrameSize last() {
        return sizes.get(sizes.size() - 1);
    }

    /** Appends the last level at half its size; an odd last row or column is averaged with itself. */
    private void halve() {
        int[] from = levels.get(levels.size() - 1);
        FrameSize size = last();
        FrameSize half = new FrameSize((size.width() + 1) / 2, (size.height() + 1) / 2);
        int[] to = room(half);
        for (int y = 0; y < half.height(); y++) {
            int top = 2 * y * size.width();
            int bottom = Math.min(2 * y + 1, size.height() - 1) * size.width();
            for (int x = 0; x < half.width(); x++) {
                int right = Math.min(2 * x + 1, size.width() - 1);
                to[y * half.width() + x] = mean(from[top + 2 * x], from[top + right], from[bottom + 2 * x], from[bottom + right]);
            }
        }
        levels.add(to);
        sizes.add(half);
    }

    private static int mean(int a, int b, int c, int d) {
        int even = (a & 0xff00ff) + (b & 0xff00ff) + (c & 0xff00ff) + (d & 0xff00ff) + 0x20002;
        int odd = (a >>> 8 & 0xff00ff) + (b >>> 8 & 0xff00ff) + (c >>> 8 & 0xff00ff) + (d >>> 8 & 0xff00ff) + 0x20002;
        return even >>> 2 & 0xff00ff | (odd >>> 2 & 0xff00ff) << 8;
    }

    /** Size of the finest level in texels. */
    FrameSize size() {
        return sizes.get(0);
    }

    /** Number of levels, at least 1; level l is 2^l times smaller. */
    int depth() {
        return levels.size();
    }

    /** One level, to be sampled many times. */
    Level level(int index) {
        return new Level(levels.get(index), sizes.get(index));
    }

    /** A level of the pyramid. */
    static final class Level {

        private final int[] texels;
        private final int width;
        private final int lastX;
        private final int lastY;

        private Level(int[] texels, FrameSize size) {
            this.texels = texels;
            width = size.width();
            lastX = Math.max(0, (width - 1) * 256 - 1);
            lastY = Math.max(0, (size.height() - 1) * 256 - 1);
        }

        /**
         * The texture at a real position, bilinear in steps of 1/256 texel, held at its edges.
         *
         * @param u column, 0 being the centre of the first texel of this level
         * @param v row
         * @return packed A R G B
         */
        int sample(float u, float v) {
            int x = Math.min(lastX, Math.max(0, (int) (u * 256f)));
            int y = Math.min(lastY, Math.max(0, (int) (v * 256f)));
            int at = (y >> 8) * width + (x >> 8);
            int fx = x & 255;
            int fy = y & 255;
            int both = fx * fy >> 8;
            int right = fx - both;
            int below = fy - both;
            int own = 256 - fx - below;
            int a = texels[at];
            int b = texels[at + 1];
            int c = texels[at + width];
            int d = texels[at + width + 1];
            int even = (a & 0xff00ff) * own + (b & 0xff00ff) * right + (c & 0xff00ff) * below + (d & 0xff00ff) * both + 0x800080;
            int odd = (a >>> 8 & 0xff00ff) * own
                    + (b >>> 8 & 0xff00ff) * right
                    + (c >>> 8 & 0xff00ff) * below
                    + (d >>> 8 & 0xff00ff) * both
                    + 0x800080;
            return even >>> 8 & 0xff00ff | odd & 0xff00ff00;
        }

        /** {@code a + (b − a)·f/256} on each of the four channels. */
        static int mix(int a, int b, int f) {
            int g = 256 - f;
            int even = (a & 0xff00ff) * g + (b & 0xff00ff) * f + 0x800080;
            int odd = (a >>> 8 & 0xff00ff) * g + (b >>> 8 & 0xff00ff) * f + 0x800080;
            return even >>> 8 & 0xff00ff | odd & 0xff00ff00;
        }
    }
}
