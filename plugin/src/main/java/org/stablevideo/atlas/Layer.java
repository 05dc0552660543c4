package org.stablevideo.atlas;

import java.util.List;
import org.stablevideo.frame.Plane;

/**
 * One layer of a clip.
 *
 * @param role what the layer is
 * @param name for a person: "object 1", "background"
 * @param mapping one grid a frame
 * @param opacity one matte a frame at solve size, 255 opaque; empty for the background, which is opaque everywhere behind the others
 * @param light one light grid a frame, or empty when light was not modelled
 * @param texture the atlas picture
 */
public record Layer(
        Role role, String name, List<ControlGrid> mapping, List<Plane> opacity, List<LightGrid> light, AtlasTexture texture) {

    /** What a layer is. */
    public enum Role {
        FOREGROUND,
        BACKGROUND
    }

    public Layer {
        mapping = List.copyOf(mapping);
        opacity = List.copyOf(opacity);
        light = List.copyOf(light);
        if (mapping.isEmpty()) {
            throw new IllegalArgumentException("a layer maps at least one frame");
        }
        if (role == Role.FOREGROUND ? opacity.size() != mapping.size() : !opacity.isEmpty()) {
            throw new IllegalArgumentException(role + " layer of " + mapping.size() + " frames with " + opacity.size() + " mattes");
        }
        if (!light.isEmpty() && light.size() != mapping.size()) {
            throw new IllegalArgumentException("light of " + light.size() + " frames for " + mapping.size());
        }
    }
}
