package org.stablevideo.motion;

import java.util.stream.IntStream;

/**
 * A thing that is known by its motion, in frames in which it rests. There motion tells nothing, so the thing is carried along the flow from the frames that
 * show it; whether it still is there, pictures must say ({@link SalientObject}).
 *
 * @param maps probability that a pixel is the thing's, one map a coarse frame, carried where a fifth of the thing or more is lost
 * @param lost whether a frame's map is a carried one
 */
record RestingObject(float[][] maps, boolean[] lost) {

    /** Share of what a neighbour shows below which a thing is lost in a frame. */
    private static final double LOST = 0.8;

    /** Confidence in the flow, of 255, from which on a point is carried. */
    private static final int CARRIED = 40;

    /**
     * Carries a thing from frames that show it, through all those that lack it.
     *
     * @param found probability that a pixel is the thing's, one map a coarse frame; not changed
     */
    static RestingObject of(CoarseClip clip, float[][] found) {
        float[][] maps = found.clone();
        boolean[] lost = new boolean[found.length];
        for (int way = -1; way <= 1; way += 2) {
            float[] neighbour = null;
            for (int k = 0; k < found.length; k++) {
                int t = way < 0 ? k : found.length - 1 - k;
                float[] carried = neighbour == null ? found[t] : carried(clip, neighbour, t, way);
                boolean less = ObjectSplit.area(found[t]) < LOST * ObjectSplit.area(carried);
                neighbour = less ? carried : found[t];
                if (less && ObjectSplit.area(maps[t]) < ObjectSplit.area(carried)) {
                    maps[t] = carried;
                    lost[t] = true;
                }
            }
        }
        return new RestingObject(maps, lost);
    }

    /** Whether it is lost in any frame. */
    boolean isLost() {
        return IntStream.range(0, lost.length).anyMatch(t -> lost[t]);
    }

    /** A neighbour's map as a frame sees it, where the motion between them is known. */
    private static float[] carried(CoarseClip clip, float[] map, int t, int way) {
        FlowField step = clip.step(t, way);
        float[] carried = TrackSmoothing.carried(map, step);
        for (int i = 0; i < carried.length; i++) {
            carried[i] = (step.confidence()[i] & 255) < CARRIED ? 0 : carried[i];
        }
        return carried;
    }
}
