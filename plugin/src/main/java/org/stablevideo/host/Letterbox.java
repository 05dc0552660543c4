package org.stablevideo.host;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.RgbFrame;

/**
 * Where a clip's picture lies within a host's frame: a host pads a clip whose aspect is not the project's with black bars.
 *
 * @param frame size of the host's frame
 * @param left first column of the picture
 * @param top first row of the picture
 * @param picture size of the picture
 */
record Letterbox(FrameSize frame, int left, int top, FrameSize picture) {

    /** Bars thinner than this share of the frame are rounding, not bars. */
    private static final double ROUNDING = 0.01;

    /**
     * Finds the picture.
     *
     * @param clipAspect width by height of the clip as displayed
     * @param frameAspect width by height of the project as displayed
     */
    static Letterbox of(FrameSize frame, double clipAspect, double frameAspect) {
        double share = clipAspect / frameAspect;
        int width = share < 1 - ROUNDING ? (int) Math.max(1, Math.round(frame.width() * share)) : frame.width();
        int height = share > 1 + ROUNDING ? (int) Math.max(1, Math.round(frame.height() / share)) : frame.height();
        return new Letterbox(frame, (frame.width() - width) / 2, (frame.height() - height) / 2, new FrameSize(width, height));
    }

    /** Whether the picture fills the frame. */
    boolean isFull() {
        return picture.equals(frame);
    }

    /** Lets {@code work} change the picture; the bars stay as they are. */
    void apply(RgbFrame whole, Consumer<RgbFrame> work) {
        if (isFull()) {
            work.accept(whole);
            return;
        }
        RgbFrame part = RgbFrame.allocate(picture);
        copy(whole.pixels(), part.pixels(), true);
        work.accept(part);
        copy(whole.pixels(), part.pixels(), false);
    }

    private void copy(ByteBuffer whole, ByteBuffer part, boolean out) {
        int rowBytes = picture.width() * 3;
        for (int y = 0; y < picture.height(); y++) {
            int inWhole = ((top + y) * frame.width() + left) * 3;
            if (out) {
                part.put(y * rowBytes, whole, inWhole, rowBytes);
            } else {
                whole.put(inWhole, part, y * rowBytes, rowBytes);
            }
        }
    }
}
