package org.stablevideo.clip;

import java.util.Objects;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.RgbFrame;

/** Some frames of a clip as a clip of its own. Closing it leaves the whole open. */
public final class ClipPart implements Clip {

    private final Clip whole;
    private final int from;
    private final ClipIdentity identity;

    /**
     * @param from frame of the whole that is frame 0 here
     * @param count number of frames, at least 1
     */
    public ClipPart(Clip whole, int from, int count) {
        Objects.checkFromIndexSize(from, count, whole.frameCount());
        this.whole = whole;
        this.from = from;
        this.identity = whole.identity().part(from, count);
    }

    @Override
    public ClipIdentity identity() {
        return identity;
    }

    @Override
    public FrameSize size() {
        return whole.size();
    }

    @Override
    public FrameRate rate() {
        return whole.rate();
    }

    @Override
    public RgbFrame frame(int index) {
        return whole.frame(from + Objects.checkIndex(index, frameCount()));
    }

    @Override
    public void close() {
        // the whole belongs to whoever opened it
    }
}
