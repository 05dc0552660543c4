package org.stablevideo.clip;

import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.RgbFrame;

/** Frames of one clip, all there, in random access. Close it when done; safe for several threads. */
public interface Clip extends AutoCloseable {

    /** Which frames of which file these are. */
    ClipIdentity identity();

    /** Size of every frame. */
    FrameSize size();

    /** Rate of the source. */
    FrameRate rate();

    /** Number of frames, at least 1. */
    default int frameCount() {
        return identity().frameCount();
    }

    /**
     * One frame.
     *
     * @param index in [0, frameCount)
     * @return a read-only view that lives as long as this clip
     */
    RgbFrame frame(int index);

    @Override
    void close();
}
