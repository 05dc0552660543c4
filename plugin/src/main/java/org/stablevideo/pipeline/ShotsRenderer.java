package org.stablevideo.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.RenderSettings;

/**
 * Renders every frame with the renderer of its part; where two parts share a frame, one goes over into the other. Renderers are opened when they are needed,
 * and only those used last stay open, so that a long clip takes no more memory than a short one.
 */
final class ShotsRenderer implements FrameRenderer {

    private static final int OPEN = 3;

    private final Shots shots;
    private final IntFunction<FrameRenderer> opener;
    /** Those used last come last. */
    private final List<Open> open = new ArrayList<>();
    private boolean closed;

    private static final class Open {
        private final int part;
        private final FrameRenderer renderer;
        private int users;

        Open(int part, FrameRenderer renderer) {
            this.part = part;
            this.renderer = renderer;
        }
    }

    /**
     * A renderer of all parts.
     *
     * @param opener opens the renderer of a part, closed here; it may be asked for the same part again
     */
    ShotsRenderer(Shots shots, IntFunction<FrameRenderer> opener) {
        this.shots = shots;
        this.opener = opener;
    }

    @Override
    public int frameCount() {
        return shots.frameCount();
    }

    @Override
    public void render(int index, RgbFrame frame, RenderSettings settings) {
        int part = shots.at(index);
        double share = shots.share(part, index);
        if (share == 1) {
            render(part, index, frame, settings);
            return;
        }
        RgbFrame before = RgbFrame.allocate(frame.size());
        before.set(frame.copy());
        render(part - 1, index, before, settings);
        render(part, index, frame, settings);
        blend(frame, before.copy(), (float) share);
    }

    private static void blend(RgbFrame frame, Picture before, float share) {
        byte[] rgb = before.rgb();
        for (int i = 0; i < rgb.length; i++) {
            int old = rgb[i] & 255;
            frame.pixels().put(i, (byte) Math.round(old + share * ((frame.pixels().get(i) & 255) - old)));
        }
    }

    private void render(int part, int index, RgbFrame frame, RenderSettings settings) {
        Open one = take(part);
        try {
            one.renderer.render(index - shots.parts().get(part).first(), frame, settings);
        } finally {
            giveBack(one);
        }
    }

    private synchronized Open take(int part) {
        if (closed) {
            throw new IllegalStateException("the renderer is closed");
        }
        Open one = open.stream().filter(candidate -> candidate.part == part).findFirst().orElse(null);
        if (one == null) {
            one = new Open(part, opener.apply(part));
        } else {
            open.remove(one);
        }
        open.add(one);
        one.users++;
        return one;
    }

    private synchronized void giveBack(Open one) {
        one.users--;
        for (int i = 0; i < open.size() && (closed || open.size() > OPEN); ) {
            if (open.get(i).users == 0) {
                open.remove(i).renderer.close();
            } else {
                i++;
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        open.stream().filter(one -> one.users == 0).forEach(one -> one.renderer.close());
        open.removeIf(one -> one.users == 0);
    }
}
