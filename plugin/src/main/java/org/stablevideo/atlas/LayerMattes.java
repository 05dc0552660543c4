package org.stablevideo.atlas;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.SolveFrames;

/**
 * The layers that mattes make: the object where any frame shows it, and the background behind.
 *
 * @param object the object's opacity a frame; empty when no frame shows it
 * @param behind how much each pixel belongs to the background, a frame
 */
record LayerMattes(List<Plane> object, List<Plane> behind) {

    /** Pixels of an object, over all frames, below which it is taken for none. */
    private static final long LEAST = 40;

    private static final int GUARD = 6;

    static LayerMattes of(List<Plane> mattes, SolveFrames frames) {
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
        List<Plane> behind = new ArrayList<>();
        for (int t = 0; t < frames.count(); t++) {
            behind.add(pixels < LEAST ? full(frames.size()) : outside(mattes.get(t)));
        }
        return new LayerMattes(pixels < LEAST ? List.of() : List.copyOf(mattes), List.copyOf(behind));
    }

    int count() {
        return object.isEmpty() ? 1 : 2;
    }

    List<Plane> weights(int layer) {
        return layer == count() - 1 ? behind : object;
    }

    List<Plane> opacity(int layer) {
        return layer == count() - 1 ? List.of() : object;
    }

    /**
     * The frame that the layer's mappings start from: the middle of the clip for the background; for an object the large view (at least half
     * the largest) nearest to the middle of its time on screen, which shows most of the faces that it turns towards the camera.
     */
    int reference(int layer) {
        if (layer == count() - 1) {
            return behind.size() / 2;
        }
        long[] pixels = object.stream().mapToLong(LayerMattes::count).toArray();
        long most = Arrays.stream(pixels).max().orElseThrow();
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

    /** What is left of a matte's surroundings when the object is grown by a guard, so that its rim does not smear into the background. */
    private static Plane outside(Plane matte) {
        int w = matte.size().width();
        int h = matte.size().height();
        byte[] rows = new byte[w * h];
        byte[] out = new byte[w * h];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int most = 0;
                for (int k = Math.max(0, x - GUARD); k <= Math.min(w - 1, x + GUARD); k++) {
                    most = Math.max(most, matte.values()[y * w + k] & 0xff);
                }
                rows[y * w + x] = (byte) most;
            }
        }
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int most = 0;
                for (int k = Math.max(0, y - GUARD); k <= Math.min(h - 1, y + GUARD); k++) {
                    most = Math.max(most, rows[k * w + x] & 0xff);
                }
                out[y * w + x] = (byte) (255 - most);
            }
        }
        return new Plane(matte.size(), out);
    }
}
