package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

/**
 * Objects that are known in some frames of a shot, from another part of the clip that shares these frames. They keep their numbers here, and an object that
 * this part's motion does not show, such as a car that has been parked, is carried on.
 *
 * @param first frame of the shot that the first mattes are of
 * @param mattes each object's, front to back, one a known frame, at solve size; an object that shows in none of them is not known
 */
public record KnownObjects(int first, List<List<Plane>> mattes) {

    /** Nothing is known. */
    public static final KnownObjects NONE = new KnownObjects(0, List.of());

    private static final Logger LOG = LoggerFactory.getLogger(KnownObjects.class);

    /** Intersection over union with what is known from which on something found is the same thing. */
    private static final double SAME = 0.5;

    /** Opaque pixels below which an object does not show in a frame. */
    private static final long LEAST = 40;

    public KnownObjects {
        mattes = List.copyOf(mattes);
    }

    /** Whether an object shows in the frames that are known. */
    boolean knows(int object) {
        return object < mattes.size() && mattes.get(object).stream().anyMatch(matte -> area(matte) >= LEAST);
    }

    /** The mattes of a known object in all frames of the shot, carried from the frame that shows most of it. */
    List<Plane> carried(int object, SolveFrames frames, ClipFlow flow, Progress progress) {
        List<Plane> known = mattes.get(object);
        int best = 0;
        for (int i = 1; i < known.size(); i++) {
            best = area(known.get(i)) > area(known.get(best)) ? i : best;
        }
        return CarriedMarks.carry(frames, flow, ObjectMarks.painted(known.get(best), first + best), progress);
    }

    /**
     * Gives what was found the numbers of what is known; what is known and was not found is carried, what was found and is not known takes the numbers left.
     *
     * @param found each object's mattes, one a frame of the shot
     * @param most how many objects are wanted
     */
    List<List<Plane>> numbered(List<List<Plane>> found, int most, SolveFrames frames, ClipFlow flow, Progress progress) {
        List<List<Plane>> out = new ArrayList<>(Collections.nCopies(most, List.of()));
        List<List<Plane>> left = new ArrayList<>(found);
        for (int object = 0; object < most; object++) {
            if (knows(object)) {
                List<Plane> same = likest(object, left);
                if (same == null) {
                    LOG.info("object {} is carried on, as its motion does not show it here", object + 1);
                    same = carried(object, frames, flow, progress.part((double) object / most, (object + 1.0) / most));
                }
                left.remove(same);
                out.set(object, same);
            }
        }
        for (int object = 0; object < most && !left.isEmpty(); object++) {
            if (out.get(object).isEmpty()) {
                out.set(object, left.remove(0));
            }
        }
        while (!out.isEmpty() && out.get(out.size() - 1).isEmpty()) {
            out.remove(out.size() - 1);
        }
        out.replaceAll(mattes -> mattes.isEmpty() ? ObjectMattes.none(frames) : mattes);
        return out;
    }

    private List<Plane> likest(int object, List<List<Plane>> found) {
        List<Plane> best = null;
        double most = SAME;
        for (List<Plane> one : found) {
            double alike = overlap(mattes.get(object), one);
            if (alike >= most) {
                most = alike;
                best = one;
            }
        }
        return best;
    }

    private double overlap(List<Plane> known, List<Plane> found) {
        long both = 0;
        long any = 0;
        for (int i = 0; i < known.size(); i++) {
            byte[] a = known.get(i).values();
            byte[] b = found.get(first + i).values();
            for (int at = 0; at < a.length; at++) {
                boolean here = (a[at] & 255) > 127;
                boolean there = (b[at] & 255) > 127;
                both += here && there ? 1 : 0;
                any += here || there ? 1 : 0;
            }
        }
        return any == 0 ? 0 : (double) both / any;
    }

    private static long area(Plane matte) {
        long pixels = 0;
        for (byte value : matte.values()) {
            pixels += (value & 255) > 127 ? 1 : 0;
        }
        return pixels;
    }
}
