package org.stablevideo.pipeline;

import java.util.List;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.RenderSettings;

/**
 * Renders every frame with the renderer of its shot.
 *
 * @param each one a shot, closed with this
 */
record ShotsRenderer(Shots shots, List<FrameRenderer> each) implements FrameRenderer {

    @Override
    public int frameCount() {
        return shots.frameCount();
    }

    @Override
    public void render(int index, RgbFrame frame, RenderSettings settings) {
        int shot = shots.at(index);
        each.get(shot).render(index - shots.starts().get(shot), frame, settings);
    }

    @Override
    public void close() {
        each.forEach(FrameRenderer::close);
    }
}
