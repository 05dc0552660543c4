package org.stablevideo.render;

import org.stablevideo.frame.RgbFrame;

/** Lays a finished edit over frames of its clip. Safe for several threads at once. Close it to free its textures. */
public interface FrameRenderer extends AutoCloseable {

    /** Number of frames of the clip that it can render. */
    int frameCount();

    /**
     * Renders in place: the frame holds the source pixels before and the edited ones afterwards. Pixels of layers that were not edited stay
     * bit-exact.
     *
     * @param index frame of the clip, in [0, frameCount)
     * @param frame the source frame at any size of the clip's aspect
     */
    void render(int index, RgbFrame frame, RenderSettings settings);

    @Override
    void close();
}
