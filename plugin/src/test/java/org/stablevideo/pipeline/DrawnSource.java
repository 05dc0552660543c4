package org.stablevideo.pipeline;

import java.util.function.Supplier;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.progress.Progress;

/** A clip that a test draws when it is opened. */
record DrawnSource(int frames, Supplier<Clip> drawing) implements ClipSource {

    @Override
    public ClipIdentity identity() {
        return new ClipIdentity("drawn", "0123456789abcdef", 0, frames);
    }

    @Override
    public Clip open(Progress progress) {
        return drawing.get();
    }
}
