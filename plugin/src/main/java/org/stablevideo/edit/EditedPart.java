package org.stablevideo.edit;

import java.util.Optional;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.render.LayerEdit;

/** A part of a clip that is edited: what is needed to render it, and what the next part goes on from. */
public record EditedPart(Atlas atlas, Edit edit) {

    /**
     * The edit of a layer in this part's atlas.
     *
     * @param other the atlas of another part
     * @param layer one of its layers
     * @return empty where this part has no such layer, or it was not edited in the atlas
     */
    Optional<LayerEdit> once(Atlas other, int layer) {
        int own = number(other, layer);
        return edit.layers().stream().filter(one -> one.layer() == own).findFirst();
    }

    /** The frames of a layer that was painted one by one, as {@link #once}. */
    Optional<PaintedShot> framewise(Atlas other, int layer) {
        int own = number(other, layer);
        return edit.shots().stream().filter(shot -> shot.layer() == own).findFirst();
    }

    /** The number that a layer of another part has here: objects keep theirs, the background is last; −1 where there is no such object. */
    private int number(Atlas other, int layer) {
        int last = atlas.layers().size() - 1;
        if (layer == other.layers().size() - 1) {
            return last;
        }
        return layer < last ? layer : -1;
    }
}
