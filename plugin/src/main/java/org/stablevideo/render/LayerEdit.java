package org.stablevideo.render;

import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

/**
 * New look of one layer. Picture and plane cover the same extent as the layer's atlas texture, at any resolution: texel (u, v) of the atlas is at
 * ((u + 0.5)·s − 0.5, (v + 0.5)·s − 0.5) here, s being the ratio of the widths (heights).
 *
 * @param layer index into the atlas's layers
 * @param colour the edited texture
 * @param opacity where the edit applies, 255 fully; 0 keeps the original pixels
 */
public record LayerEdit(int layer, Picture colour, Plane opacity) {

    public LayerEdit {
        if (!colour.size().equals(opacity.size())) {
            throw new IllegalArgumentException("edit of " + colour.size() + " with opacity " + opacity.size());
        }
    }
}
