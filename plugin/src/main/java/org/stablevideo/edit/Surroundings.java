package org.stablevideo.edit;

import java.util.Optional;
import org.stablevideo.atlas.Atlas;

/**
 * What there is of a clip beside the frames that are edited.
 *
 * @param more whether there are other parts, so that an object need not show in this one
 * @param origin the part whose look this one goes on with: it shares frames with it and is edited
 */
public record Surroundings(boolean more, Optional<EditedPart> origin) {

    /** The frames are all there is. */
    public static final Surroundings NONE = new Surroundings(false, Optional.empty());

    /** Whether the origin has painted a layer of an atlas frame by frame; empty where it has not painted that layer. */
    Optional<Boolean> framewise(Atlas atlas, int layer) {
        return origin.flatMap(part -> {
            boolean frames = part.framewise(atlas, layer).isPresent();
            return frames || part.once(atlas, layer).isPresent() ? Optional.of(frames) : Optional.empty();
        });
    }
}
