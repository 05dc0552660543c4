package org.stablevideo.host;

import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;

/**
 * A clip as the host opens it by itself, whatever project it is used in.
 *
 * @param resource what the host opens
 * @param contentHash see {@link ContentHash}
 * @param frameCount frames of the whole source, at its own rate
 * @param rate the source's own rate
 * @param size the source's own size in pixels
 * @param aspect width by height as it is displayed
 * @param pictures whether it is made of picture files, which have no rate of their own
 */
record SourceClip(
        String resource, String contentHash, int frameCount, FrameRate rate, FrameSize size, double aspect, boolean pictures) {

    /** Clips up to this length are analysed whole, however little of them a timeline uses. */
    static final int WHOLE_UP_TO = 300;

    /** The whole source. */
    ClipIdentity whole() {
        return new ClipIdentity(resource, contentHash, 0, frameCount);
    }

    /**
     * The part that is analysed for a cut: the whole source, or the cut's range where the source is long.
     *
     * @param first first frame of the cut
     * @param last last frame of the cut
     */
    ClipIdentity part(int first, int last) {
        int from = Math.max(0, Math.min(first, frameCount - 1));
        int to = Math.max(from, Math.min(last, frameCount - 1));
        if (frameCount <= WHOLE_UP_TO || (from == 0 && to == frameCount - 1)) {
            return whole();
        }
        return new ClipIdentity(resource, contentHash, from, to - from + 1);
    }

    /** The part that is analysed for the cut that a frame belongs to. */
    ClipIdentity part(HostFrame frame) {
        int in = frameAt(frame.in(), frame);
        int out = frameAt(frame.out(), frame);
        return part(Math.min(in, out), Math.max(in, out));
    }

    /**
     * Which of the source's own frames the host shows at a position, mirrored and rounded as the host's reader does it.
     *
     * @param position in the clip, at the rate in which the host counts
     */
    int frameAt(int position, HostFrame host) {
        int at = host.reversed() ? host.length() - 1 - position : position;
        long frame = pictures
                ? (at / host.pictureFrames()) % frameCount
                : (long) Math.floor(at / host.producerRate() * rate.perSecond() + 0.5);
        return (int) Math.max(0, Math.min(frame, frameCount - 1));
    }
}
