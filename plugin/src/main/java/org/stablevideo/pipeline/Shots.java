package org.stablevideo.pipeline;

import java.util.List;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.clip.ClipPart;

/**
 * The shots of a clip. No texture holds across a cut, so each shot has an atlas and an edit of its own.
 *
 * @param starts first frame of every shot, ascending from 0
 * @param frameCount number of frames of the clip
 */
public record Shots(List<Integer> starts, int frameCount) {

    public Shots {
        starts = List.copyOf(starts);
        for (int k = 0; k < starts.size(); k++) {
            if (k == 0 ? starts.get(0) != 0 : starts.get(k) <= starts.get(k - 1)) {
                throw new IllegalArgumentException("shots start at 0 and ascend, got " + starts);
            }
        }
        if (starts.isEmpty() || starts.get(starts.size() - 1) >= frameCount) {
            throw new IllegalArgumentException("shots of a clip of " + frameCount + " frames, got " + starts);
        }
    }

    /** A clip without a cut. */
    public static Shots one(int frameCount) {
        return new Shots(List.of(0), frameCount);
    }

    /** Number of shots, at least 1. */
    public int count() {
        return starts.size();
    }

    /** Number of frames of shot k. */
    public int length(int k) {
        return (k + 1 < starts.size() ? starts.get(k + 1) : frameCount) - starts.get(k);
    }

    /** The shot that a frame belongs to. */
    public int at(int frame) {
        int k = starts.size() - 1;
        while (starts.get(k) > frame) {
            k--;
        }
        return k;
    }

    /** Which frames of which file shot k is. */
    public ClipIdentity identity(ClipIdentity clip, int k) {
        return clip.part(starts.get(k), length(k));
    }

    /** The frames of shot k. */
    public Clip part(Clip clip, int k) {
        return new ClipPart(clip, starts.get(k), length(k));
    }

    /** Share of the frames that come before shot k, in [0, 1]; 1 for k = count. */
    double before(int k) {
        return k < starts.size() ? (double) starts.get(k) / frameCount : 1;
    }
}
