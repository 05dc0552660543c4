package org.stablevideo.clip;

import java.util.Objects;

/**
 * Which frames of which file a clip is.
 *
 * @param resource what the host opens: an absolute path, or a host-specific resource string
 * @param contentHash hexadecimal hash of the source's content; two paths with the same hash are the same clip
 * @param firstFrame position of the clip's frame 0 in the source, at the source's rate, at least 0
 * @param frameCount number of frames, at least 1
 */
public record ClipIdentity(String resource, String contentHash, int firstFrame, int frameCount) {

    public ClipIdentity {
        Objects.requireNonNull(resource, "resource");
        if (!contentHash.matches("[0-9a-f]{8,64}")) {
            throw new IllegalArgumentException("content hash must be 8..64 hexadecimal digits, got " + contentHash);
        }
        if (firstFrame < 0 || frameCount < 1) {
            throw new IllegalArgumentException("a clip has frames, got first " + firstFrame + " count " + frameCount);
        }
    }

    /** Key of this clip in caches: equal for equal content and range, wherever the file lies. */
    public String key() {
        return contentHash + "-" + firstFrame + "-" + frameCount;
    }

    /** Some of these frames. */
    public ClipIdentity part(int from, int count) {
        return new ClipIdentity(resource, contentHash, firstFrame + from, count);
    }
}
