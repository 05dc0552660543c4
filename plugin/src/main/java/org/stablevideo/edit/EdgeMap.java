package org.stablevideo.edit;

import java.util.ArrayDeque;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

/**
 * Canny's edges (1986) as structure for a painter: Sobel gradients of aperture 3 on the channel that changes most, their L1 norm, thinned along
 * the gradient, followed from strong ones through weak ones.
 */
final class EdgeMap {

    /** Gradients from here on continue an edge (supplement of the StableVideo paper). */
    static final int LOW = 100;

    /** Gradients from here on start an edge. */
    static final int HIGH = 200;

    private EdgeMap() {}

    /** Edges of a picture: 255 on an edge, else 0; pictures beyond the border repeat. */
    static Plane of(Picture picture) {
        FrameSize size = picture.size();
        int width = size.width();
        int height = size.height();
        int[] dx = new int[size.area()];
        int[] dy = new int[size.area()];
        int[] norm = new int[size.area()];
        gradients(picture, dx, dy, norm);
        byte[] edges = new byte[size.area()];
        ArrayDeque<Integer> strong = new ArrayDeque<>();
        boolean[] candidate = new boolean[size.area()];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int i = y * width + x;
                if (norm[i] > LOW && ridge(norm, dx[i], dy[i], x, y, width, height)) {
                    candidate[i] = true;
                    if (norm[i] > HIGH) {
                        edges[i] = (byte) 255;
                        strong.add(i);
                    }
                }
            }
        }
        while (!strong.isEmpty()) {
            int i = strong.poll();
            for (int y = Math.max(0, i / width - 1); y <= Math.min(height - 1, i / width + 1); y++) {
                for (int x = Math.max(0, i % width - 1); x <= Math.min(width - 1, i % width + 1); x++) {
                    int j = y * width + x;
                    if (candidate[j] && edges[j] == 0) {
                        edges[j] = (byte) 255;
                        strong.add(j);
                    }
                }
            }
        }
        return new Plane(size, edges);
    }

    private static void gradients(Picture picture, int[] dx, int[] dy, int[] norm) {
        int width = picture.width();
        int height = picture.height();
        byte[] p = picture.rgb();
        for (int y = 0; y < height; y++) {
            int up = Math.max(0, y - 1) * width;
            int here = y * width;
            int down = Math.min(height - 1, y + 1) * width;
            for (int x = 0; x < width; x++) {
                int l = Math.max(0, x - 1);
                int r = Math.min(width - 1, x + 1);
                for (int k = 0; k < 3; k++) {
                    int a = p[3 * (up + l) + k] & 255;
                    int b = p[3 * (up + x) + k] & 255;
                    int c = p[3 * (up + r) + k] & 255;
                    int d = p[3 * (here + l) + k] & 255;
                    int f = p[3 * (here + r) + k] & 255;
                    int g = p[3 * (down + l) + k] & 255;
                    int h = p[3 * (down + x) + k] & 255;
                    int i = p[3 * (down + r) + k] & 255;
                    int gx = c + 2 * f + i - a - 2 * d - g;
                    int gy = g + 2 * h + i - a - 2 * b - c;
                    if (Math.abs(gx) + Math.abs(gy) > norm[here + x]) {
                        dx[here + x] = gx;
                        dy[here + x] = gy;
                        norm[here + x] = Math.abs(gx) + Math.abs(gy);
                    }
                }
            }
        }
    }

    /** Whether the norm is largest along its gradient, which is rounded to one of four directions (22.5° apart from the next). */
    private static boolean ridge(int[] norm, int gx, int gy, int x, int y, int width, int height) {
        double slope = gx == 0 ? Double.MAX_VALUE : Math.abs((double) gy / gx);
        int stepX = slope > 2.41421356 ? 0 : 1;
        int stepY = slope < 0.41421356 ? 0 : gx == 0 || stepX == 0 || (gx ^ gy) >= 0 ? 1 : -1;
        int own = norm[y * width + x];
        return own > at(norm, x - stepX, y - stepY, width, height) && own >= at(norm, x + stepX, y + stepY, width, height);
    }

    private static int at(int[] norm, int x, int y, int width, int height) {
        return x < 0 || y < 0 || x >= width || y >= height ? 0 : norm[y * width + x];
    }
}
