package org.stablevideo.atlas;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.SolveFrames;

/**
 * The layers that mattes make: the objects where any frame shows them, and the background behind.
 *
 * @param objects each object's opacity a frame, front to back; an object that never shows stays where a later one does, so that objects keep their numbers
 * @param seen how much of each pixel each object takes, a frame: its opacity times what those before it let through
 * @param behind how much each pixel belongs to the background, a frame
 */
record LayerMattes(List<List<Plane>> objects, List<List<Plane>> seen, List<Plane> behind) {

    /** Pixels of an object, over all frames, below which it is taken for none. */
    private static final long LEAST = 40;

    private static final int GUARD = 6;

    static LayerMattes of(List<List<Plane>> objects, SolveFrames frames) {
        int count = 0;
        for (int i = 0; i < objects.size(); i++) {
            count = shows(objects.get(i), frames) ? i + 1 : count;
        }
        List<List<Plane>> shown = objects.subList(0, count).stream().map(List::copyOf).toList();
        List<List<Plane>> seen = new ArrayList<>();
        for (int k = 0; k < shown.size(); k++) {
            seen.add(left(shown.get(k), shown.subList(0, k)));
        }
        List<Plane> rest = left(Collections.nCopies(frames.count(), full(frames.size())), shown);
        List<Plane> behind = shown.isEmpty() ? rest : rest.stream().map(LayerMattes::guarded).toList();
        return new LayerMattes(shown, List.copyOf(seen), behind);
    }

    private static boolean shows(List<Plane> mattes, SolveFrames frames) {
        if (!mattes.isEmpty() && mattes.size() != frames.count()) {
            throw new IllegalArgumentException(mattes.size() + " mattes for " + frames.count() + " frames");
        }
        long pixels = 0;
        for (Plane matte : mattes) {
            if (!matte.size().equals(frames.size())) {
                throw new IllegalArgumentException("matte of " + matte.size() + " for frames of " + frames.size());
            }
            pixels += count(matte);
        }
        return pixels >= LEAST;
    }

    int count() {
        return objects.size() + 1;
    }

    List<Plane> weights(int layer) {
        return layer == count() - 1 ? behind : seen.get(layer);
    }

    List<Plane> opacity(int layer) {
        return layer == count() - 1 ? List.of() : objects.get(layer);
    }

    String name(int layer) {
        return layer == count() - 1 ? "background" : "object " + (layer + 1);
    }

    /**
     * The frame that the layer's mappings start from: the middle of the clip for the background; for an object the large view (at least half
     * the largest) nearest to the middle of its time on screen, which shows most of the faces that it turns towards the camera.
     */
    int reference(int layer) {
        if (layer == count() - 1) {
            return behind.size() / 2;
        }
        long[] pixels = seen.get(layer).stream().mapToLong(LayerMattes::count).toArray();
        long most = Arrays.stream(pixels).max().orElseThrow();
        if (most == 0) {
            return 0;
        }
        int first = 0;
        int last = pixels.length - 1;
        while (pixels[first] * 20 < most) {
            first++;
        }
        while (pixels[last] * 20 < most) {
            last--;
        }
        int best = first;
        for (int t = first; t <= last; t++) {
            boolean nearer = Math.abs(2 * t - first - last) < Math.abs(2 * best - first - last);
            if (pixels[t] * 2 >= most && (nearer || pixels[best] * 2 < most)) {
                best = t;
            }
        }
        return best;
    }

    private static long count(Plane matte) {
        long pixels = 0;
        for (byte value : matte.values()) {
            pixels += (value & 0xff) > 127 ? 1 : 0;
        }
        return pixels;
    }

    private static Plane full(FrameSize size) {
        byte[] values = new byte[size.area()];
        Arrays.fill(values, (byte) 255);
        return new Plane(size, values);
    }

    /** What others let through of mattes, a frame. */
    private static List<Plane> left(List<Plane> own, List<List<Plane>> fronts) {
        List<Plane> left = new ArrayList<>(own);
        for (List<Plane> front : fronts) {
            for (int t = 0; t < left.size(); t++) {
                left.set(t, left.get(t).behind(front.get(t)));
            }
        }
        return List.copyOf(left);
    }

    /** What the objects leave, shrunk by a guard, so that their rims do not smear into the background. */
    private static Plane guarded(Plane rest) {
        int w = rest.size().width();
        int h = rest.size().height();
        byte[] rows = new byte[w * h];
        byte[] out = new byte[w * h];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int least = 255;
                for (int k = Math.max(0, x - GUARD); k <= Math.min(w - 1, x + GUARD); k++) {
                    least = Math.min(least, rest.values()[y * w + k] & 0xff);
                }
                rows[y * w + x] = (byte) least;
            }
        }
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int least = 255;
                for (int k = Math.max(0, y - GUARD); k <= Math.min(h - 1, y + GUARD); k++) {
                    least = Math.min(least, rows[k * w + x] & 0xff);
                }
                out[y * w + x] = (byte) least;
            }
        }
        return new Plane(rest.size(), out);
    }
}
