package org.stablevideo.edit;

import org.stablevideo.frame.Picture;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.RenderSettings;

/** Layers painted in their atlas and layers painted frame by frame in one picture: what either changes of the source is added up. Mattes share pixels out. */
record JoinedRenderer(FrameRenderer once, FrameRenderer framewise) implements FrameRenderer {

    @Override
    public int frameCount() {
        return once.frameCount();
    }

    @Override
    public void render(int index, RgbFrame frame, RenderSettings settings) {
        Picture source = frame.copy();
        RgbFrame other = RgbFrame.allocate(frame.size());
        other.set(source);
        framewise.render(index, other, settings);
        once.render(index, frame, settings);
        for (int i = 0; i < source.rgb().length; i++) {
            int change = (other.pixels().get(i) & 255) - (source.rgb()[i] & 255);
            if (change != 0) {
                frame.pixels().put(i, (byte) Math.max(0, Math.min(255, (frame.pixels().get(i) & 255) + change)));
            }
        }
    }

    @Override
    public void close() {
        once.close();
        framewise.close();
    }
}
