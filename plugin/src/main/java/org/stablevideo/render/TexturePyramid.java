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
        int[] texels = new int[colour.size().area()];
        for (int i = 0, at = 0; i < texels.length; i++, at += 3) {
            int alpha = opacity == null ? 255 : opacity.values()[i] & 255;
            texels[i] = alpha << 24 | (rgb[at] & 255) << 16 | (rgb[at + 1] & 255) << 8 | rgb[at + 2] & 255;
        }
        levels.add(texels);
        sizes.add(colour.size());
        while (Math.min(last().width(), last().height()) >= 4 && levels.size() < 8) {
            halve();
        }
    }

    private FrameSize last() {
        return sizes.get(sizes.size() - 1);
    }

    /** Appends the last level at half its size; an odd last row or column is averaged with itself. */
    private void halve() {
        int[] from = levels.get(levels.size() - 1);
        FrameSize size = last();
        FrameSize half = new FrameSize((size.width() + 1) / 2, (size.height() + 1) / 2);
        int[] to = new int[half.area()];
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
        return new Level(levels.get(index), sizes.get(index).width(), sizes.get(index).height());
    }

    /** A level of the pyramid. */
    static final class Level {

        private final int[] texels;
        private final int width;
        private final float lastX;
        private final float lastY;

        private Level(int[] texels, int width, int height) {
            this.texels = texels;
            this.width = width;
            lastX = Math.max(0, width - 1.004f);
            lastY = Math.max(0, height - 1.004f);
        }

        /**
         * The texture at a real position, bilinear, held at its edges.
         *
         * @param u column, 0 being the centre of the first texel of this level
         * @param v row
         * @return packed A R G B
         */
        int sample(float u, float v) {
            int x8 = (int) (Math.min(lastX, Math.max(0f, u)) * 256f);
            int y8 = (int) (Math.min(lastY, Math.max(0f, v)) * 256f);
            int at = (y8 >> 8) * width + (x8 >> 8);
            int right = at + 1 < texels.length ? at + 1 : at;
            int below = at + width < texels.length ? width : 0;
            int fx = x8 & 255;
            int fy = y8 & 255;
            int top = mix(texels[at], texels[right], fx);
            return mix(top, mix(texels[at + below], texels[Math.min(right + below, texels.length - 1)], fx), fy);
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
