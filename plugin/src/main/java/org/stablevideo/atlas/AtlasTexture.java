package org.stablevideo.atlas;

import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

/**
 * What a layer looks like, once for all frames.
 *
 * @param colour the texture; texels that no frame saw are filled from their neighbours, never black
 * @param coverage how well each texel was seen: 0 never, 255 fully, same size as the colour
 */
public record AtlasTexture(Picture colour, Plane coverage) {

    public AtlasTexture {
        if (!colour.size().equals(coverage.size())) {
            throw new IllegalArgumentException("texture " + colour.size() + " with coverage " + coverage.size());
        }
    }

    /** Size in texels. */
    public FrameSize size() {
        return colour.size();
    }
}
