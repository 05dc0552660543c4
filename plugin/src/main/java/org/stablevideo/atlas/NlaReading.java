package org.stablevideo.atlas;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.model.NlaNetwork;
import org.stablevideo.progress.Progress;

/**
 * Reads trained networks: opacity at every pixel, mappings at the nodes of a lattice, colours at every texel.
 *
 * @param size of the frames that they were trained on
 */
record NlaReading(NlaNetwork network, FrameSize size, int frames) {

    private static final int AT_ONCE = 4_096;

    /** The opacity of every frame; what the networks can tell, 0.001…0.991, becomes 0…255. */
    List<Plane> opacity(Progress progress) {
        List<Plane> planes = new ArrayList<>();
        for (int t = 0; t < frames; t++) {
            progress.report("reading the mattes", (double) t / frames);
            byte[] values = new byte[size.area()];
            for (int from = 0; from < values.length; from += AT_ONCE) {
                float[] at = new float[3 * Math.min(AT_ONCE, values.length - from)];
                for (int i = 0; i < at.length / 3; i++) {
                    at[3 * i] = (from + i) % size.width();
                    at[3 * i + 1] = (from + i) / size.width();
                    at[3 * i + 2] = t;
                }
                float[] alpha = network.opacity(at);
                for (int i = 0; i < alpha.length; i++) {
                    values[from + i] = (byte) Math.round(255 * Math.min(1, Math.max(0, (alpha[i] - 0.001f) / 0.99f)));
                }
            }
            planes.add(new Plane(size, values));
        }
        return planes;
    }

    /** Pixels that a mapping's range counts where a frame lies as it lay in the beginning. */
    double pixels() {
        return size.longSide() / (2 * NlaNetwork.SCALE);
    }

    /** A layer's mappings, a field a frame, in pixels. */
    float[][] fields(boolean front, Lattice lattice) {
        float[][] fields = new float[frames][];
        for (int t = 0; t < frames; t++) {
            float[] at = new float[3 * lattice.nodes()];
            for (int i = 0; i < lattice.nodes(); i++) {
                at[3 * i] = i % lattice.columns() * lattice.spacing();
                at[3 * i + 1] = i / lattice.columns() * lattice.spacing();
                at[3 * i + 2] = t;
            }
            float[] uv = network.map(front, at);
            for (int i = 0; i < uv.length; i++) {
                uv[i] *= (float) pixels();
            }
            fields[t] = uv;
        }
        return fields;
    }

    /**
     * A layer's texture.
     *
     * @param seen 0 where no frame saw a texel: networks make something up there, so it is filled from the surroundings
     */
    Texture texture(boolean front, TextureLayout layout, byte... seen) {
        int w = layout.size().width();
        float[] sums = new float[4 * layout.size().area()];
        for (int from = 0; from < seen.length; from += AT_ONCE) {
            float[] uv = new float[2 * Math.min(AT_ONCE, seen.length - from)];
            for (int i = 0; i < uv.length / 2; i++) {
                uv[2 * i] = (float) (((from + i) % w / layout.scale() + layout.originU()) / pixels());
                uv[2 * i + 1] = (float) (((from + i) / w / layout.scale() + layout.originV()) / pixels());
            }
            float[] rgb = network.colour(front, uv);
            for (int i = 0; i < uv.length / 2; i++) {
                float weight = seen[from + i] == 0 ? 0 : 1;
                for (int k = 0; k < 3; k++) {
                    sums[4 * (from + i) + k] = weight * 255 * rgb[3 * i + k];
                }
                sums[4 * (from + i) + 3] = weight;
            }
        }
        if (!anySeen(seen)) {
            Arrays.fill(sums, 127);
        }
        return Texture.of(w, layout.size().height(), PushPull.fill(w, layout.size().height(), sums, 1));
    }

    private static boolean anySeen(byte... seen) {
        for (byte one : seen) {
            if (one != 0) {
                return true;
            }
        }
        return false;
    }
}
