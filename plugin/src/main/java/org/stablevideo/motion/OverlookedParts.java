package org.stablevideo.motion;

import org.stablevideo.progress.Progress;

/**
 * Parts of a thing that motion found and a network overlooks: the luggage on a roof, of which it shows one side in some frames and nothing in others. Points cannot be
 * followed from one to the other, but colours can be compared: of all that motion found in a part's colours over the clip, the network must see about half. Shadows and
 * reflections move with their thing and share its dark colours; but they lie at its foot, so a part counts only where something that the network sees is below it.
 */
final class OverlookedParts {

    /** Log odds of colours up to which a part is not believed, and from which on it is fully. */
    private static final float UNLIKE = -0.5f;

    private static final float ALIKE = 0.5f;

    /** Difference of two probabilities from which on a pixel may be overlooked. */
    private static final float OVERLOOKED = 0.3f;

    private static final int RADIUS = 4;

    private static final double EDGE = 1e-3;

    private OverlookedParts() {}

    /**
     * Adds them.
     *
     * @param found probability by motion that a pixel is the thing's, one map a coarse frame
     * @param seen the same by the network; raised towards what was found
     */
    static void add(CoarseClip clip, float[][] found, float[][] seen) {
        short[][] cells = ColourModel.cells(clip);
        ColourModel colours = new ColourModel();
        for (int t = 0; t < found.length; t++) {
            boolean[] left = new boolean[found[t].length];
            for (int i = 0; i < left.length; i++) {
                left[i] = found[t][i] < MotionMattes.THING;
            }
            colours.add(cells[t], seen[t], left);
        }
        colours.fit();
        FrameWorkers.each(found.length, "looking at the object", Progress.NONE, t -> {
            float[] own = new float[found[t].length];
            for (int i = 0; i < own.length; i++) {
                float alike = (colours.odds(cells[t][i]) - UNLIKE) / (ALIKE - UNLIKE);
                own[i] = found[t][i] < MotionMattes.THING ? 0 : Math.max(0, Math.min(1, alike));
            }
            raise(clip.size().width(), found[t], new GuidedFilter(clip.size(), clip.rgb()[t], RADIUS, EDGE).filter(own), seen[t]);
        });
    }

    /**
     * Adds the parts of one frame.
     *
     * @param own how much a pixel's colour is the thing's, about in [0, 1]
     */
    static void raise(int w, float[] found, float[] own, float... seen) {
        boolean[] stands = new boolean[w];
        for (int i = seen.length - 1; i >= 0; i--) {
            float over = found[i] - seen[i];
            if (stands[i % w] && over > OVERLOOKED) {
                seen[i] += over * Math.max(0, Math.min(1, own[i]));
            }
            stands[i % w] |= seen[i] > MotionMattes.THING;
        }
    }
}
