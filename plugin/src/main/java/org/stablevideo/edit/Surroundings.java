package org.stablevideo.edit;

import java.util.Optional;

/**
 * What there is of a clip beside the frames that are edited.
 *
 * @param more whether there are other parts, so that an object need not show in this one
 * @param origin the part whose look this one goes on with: it shares frames with it and is edited
 */
public record Surroundings(boolean more, Optional<EditedPart> origin) {

    /** The frames are all there is. */
    public static final Surroundings NONE = new Surroundings(false, Optional.empty());

    /**
     * Whether the origin has a layer painted frame by frame; empty where it has not painted that layer.
     *
     * @param last the background's number in the atlas that is edited
     */
    Optional<Boolean> framewise(int layer, int last) {
        return origin.flatMap(part -> {
            int there = layer == last ? part.atlas().layers().size() - 1 : layer;
            boolean frames = part.edit().shots().stream().anyMatch(shot -> shot.layer() == there);
            boolean once = part.edit().layers().stream().anyMatch(edit -> edit.layer() == there);
            return frames || once ? Optional.of(frames) : Optional.empty();
        });
    }
}
