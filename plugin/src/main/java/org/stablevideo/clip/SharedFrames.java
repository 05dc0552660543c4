package org.stablevideo.clip;

/**
 * The frames that two parts of a clip have in common.
 *
 * @param first the first of them, counted in the one part
 * @param end one past the last, counted likewise
 * @param shift frame t of the one part is frame t + shift of the other
 */
public record SharedFrames(int first, int end, int shift) {

    /**
     * Of two parts of one source.
     *
     * @throws IllegalArgumentException when they have none in common
     */
    public static SharedFrames of(ClipIdentity one, ClipIdentity other) {
        int shift = one.firstFrame() - other.firstFrame();
        int first = Math.max(0, -shift);
        int end = Math.min(one.frameCount(), other.frameCount() - shift);
        if (end <= first) {
            throw new IllegalArgumentException(one.key() + " shares no frame with " + other.key());
        }
        return new SharedFrames(first, end, shift);
    }
}
