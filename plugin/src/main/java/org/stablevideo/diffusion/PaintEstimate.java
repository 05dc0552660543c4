package org.stablevideo.diffusion;

import java.util.Locale;

/**
 * What painting will take, told before it begins.
 *
 * @param seconds time, at least 0
 * @param bytes memory for networks and what they compute
 */
public record PaintEstimate(double seconds, long bytes) {

    /** For a person: {@code about 4 min, 3.1 GB}. */
    public String text() {
        String time = seconds < 90 ? Math.max(1, Math.round(seconds)) + " s" : seconds < 5400 ? Math.round(seconds / 60) + " min" : Math.round(seconds / 3600) + " h";
        return String.format(Locale.ROOT, "about %s, %.1f GB", time, bytes / 1e9);
    }
}
