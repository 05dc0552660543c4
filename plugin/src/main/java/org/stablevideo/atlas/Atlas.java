package org.stablevideo.atlas;

import java.util.List;
import java.util.Optional;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;

/**
 * A clip as layers (equation 3 of the paper: a frame is Σ opacity · texture(mapping), front to back).
 *
 * @param id key of clip and solver settings, hexadecimal; names the atlas in the cache
 * @param clip the clip it was made of
 * @param clipSize size of the clip's frames when it was made
 * @param solveSize size at which mappings and mattes are given
 * @param rate rate of the clip
 * @param layers front to back; the last one and only that one is the background
 * @param quality how well it stands for the clip
 */
public record Atlas(
        String id,
        ClipIdentity clip,
        FrameSize clipSize,
        FrameSize solveSize,
        FrameRate rate,
        List<Layer> layers,
        AtlasQuality quality) {

    public Atlas {
        layers = List.copyOf(layers);
        if (layers.isEmpty() || layers.get(layers.size() - 1).role() != Layer.Role.BACKGROUND) {
            throw new IllegalArgumentException("the last layer is the background");
        }
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i).mapping().size() != clip.frameCount()) {
                throw new IllegalArgumentException("layer " + i + " does not map every frame");
            }
            if (i < layers.size() - 1 && layers.get(i).role() != Layer.Role.FOREGROUND) {
                throw new IllegalArgumentException("only the last layer is the background");
            }
        }
    }

    /** The same atlas under another id. */
    public Atlas withId(String other) {
        return new Atlas(other, clip, clipSize, solveSize, rate, layers, quality);
    }

    /** The same atlas with its quality measured. */
    Atlas withQuality(AtlasQuality measured) {
        return new Atlas(id, clip, clipSize, solveSize, rate, layers, measured);
    }

    /** Number of frames. */
    public int frameCount() {
        return clip.frameCount();
    }

    /** The layer behind all others. */
    public Layer background() {
        return layers.get(layers.size() - 1);
    }

    /** The front-most object; empty when the clip has none. */
    public Optional<Layer> foreground() {
        return layers.size() > 1 ? Optional.of(layers.get(0)) : Optional.empty();
    }

    /** How much of each pixel an object takes in a frame, at solve size, 255 all of it: its opacity of what the objects before it let through. */
    public Plane seen(int layer, int frame) {
        Plane seen = layers.get(layer).opacity().get(frame);
        for (int front = 0; front < layer; front++) {
            seen = seen.behind(layers.get(front).opacity().get(frame));
        }
        return seen;
    }

    /**
     * Refuses another clip's frames.
     *
     * @throws IllegalArgumentException when it has another number of frames
     */
    public void requireFramesOf(Clip clip) {
        if (clip.frameCount() != frameCount()) {
            throw new IllegalArgumentException("a clip of " + clip.frameCount() + " frames with an atlas of " + frameCount());
        }
    }
}
