package org.stablevideo.motion;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;

/**
 * What somebody marked of one object, in at least one frame of a shot. A frame that is painted is not pointed at too.
 *
 * @param painted the object's opacity in whole frames, at solve size
 * @param pointed boxes around it and points on it, in other frames
 */
record ObjectMarks(SortedMap<Integer, Plane> painted, SortedMap<Integer, List<MarkedObject>> pointed) {

    ObjectMarks {
        painted = Collections.unmodifiableSortedMap(new TreeMap<>(painted));
        pointed = Collections.unmodifiableSortedMap(new TreeMap<>(pointed));
        if (painted.isEmpty() && pointed.isEmpty()) {
            throw new IllegalArgumentException("nothing is marked");
        }
    }

    /** The object painted in one frame. */
    static ObjectMarks painted(Plane plane, int frame) {
        return new ObjectMarks(new TreeMap<>(Map.of(frame, plane)), new TreeMap<>());
    }

    /** The object pointed at in one frame. */
    static ObjectMarks pointed(MarkedObject mark, int frame) {
        return new ObjectMarks(new TreeMap<>(), new TreeMap<>(Map.of(frame, List.of(mark))));
    }

    /** Log odds that a pixel of a frame that is pointed at is the object's, before anything was looked at: by the mark that makes it the likeliest. */
    float[] prior(int frame, FrameSize size) {
        float[] prior = null;
        for (MarkedObject mark : pointed.get(frame)) {
            float[] own = mark.prior(size);
            for (int i = 0; prior != null && i < own.length; i++) {
                own[i] = Math.max(own[i], prior[i]);
            }
            prior = own;
        }
        return prior;
    }
}
