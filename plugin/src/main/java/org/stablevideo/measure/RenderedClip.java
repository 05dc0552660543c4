package org.stablevideo.measure;

import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.RenderSettings;

/**
 * A clip as an edit shows it, rendered frame by frame when asked for, at the size at which it is measured; no codec comes between.
 *
 * @param identity of the clip that was edited
 * @param rate of the clip that was edited
 * @param source its frames
 * @param renderer the edit; lent, not closed
 * @param settings how the edit is laid over the frames
 */
public record RenderedClip(ClipIdentity identity, FrameRate rate, SolveFrames source, FrameRenderer renderer, RenderSettings settings)
        implements Clip {

    @Override
    public FrameSize size() {
        return source.size();
    }

    @Override
    public RgbFrame frame(int index) {
        RgbFrame frame = RgbFrame.allocate(source.size());
        frame.set(source.frame(index));
        renderer.render(index, frame, settings);
        return frame;
    }

    @Override
    public void close() {
        // whoever lent source and renderer closes them
    }
}
