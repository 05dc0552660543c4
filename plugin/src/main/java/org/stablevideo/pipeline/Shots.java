package org.stablevideo.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.clip.ClipPart;

/**
 * The parts of a clip, each of which has an atlas and an edit of its own: no texture holds across a cut, and none holds for minutes. A shot of more than
 * {@value #LONGEST} frames is divided into equal parts of at most {@value #PART}, so that memory and time for a frame stay the same however long it is; such
 * parts share {@value #SHARED} frames with the next, in which one look goes over into the other.
 *
 * @param parts in order; together they cover all frames, and a part that begins before the one before it has ended goes on from it
 * @param frameCount number of frames of the clip
 */
public record Shots(List<Part> parts, int frameCount) {

    /** Frames up to which a shot is one part. */
    static final int LONGEST = 120;

    private static final int PART = 90;
    private static final int SHARED = 8;

    /**
     * Some of the frames.
     *
     * @param first number of the first
     * @param count how many, at least 1
     */
    public record Part(int first, int count) {

        /** One past the last. */
        int end() {
            return first + count;
        }

        boolean holds(int frame) {
            return frame >= first && frame < end();
        }
    }

    public Shots {
        parts = List.copyOf(parts);
        int covered = 0;
        for (int k = 0; k < parts.size(); k++) {
            Part part = parts.get(k);
            if (part.count() < 1 || part.first() > covered || part.end() <= covered || k > 0 && part.first() <= parts.get(k - 1).first()) {
                throw new IllegalArgumentException("parts ascend and cover a clip, got " + parts);
            }
            covered = part.end();
        }
        if (covered != frameCount || parts.isEmpty()) {
            throw new IllegalArgumentException("parts of a clip of " + frameCount + " frames, got " + parts);
        }
    }

    /**
     * The parts of a clip with cuts.
     *
     * @param starts first frame of every shot, ascending from 0
     */
    public static Shots cut(List<Integer> starts, int frameCount) {
        List<Part> parts = new ArrayList<>();
        for (int k = 0; k < starts.size(); k++) {
            int end = k + 1 < starts.size() ? starts.get(k + 1) : frameCount;
            parts.addAll(divided(starts.get(k), end - starts.get(k)));
        }
        return new Shots(parts, frameCount);
    }

    /** A clip without a cut, however long, as one part. */
    public static Shots one(int frameCount) {
        return new Shots(List.of(new Part(0, frameCount)), frameCount);
    }

    /** The parts of one shot. */
    static List<Part> divided(int first, int count) {
        if (count <= LONGEST) {
            return List.of(new Part(first, count));
        }
        int own = count - SHARED;
        int number = (int) Math.ceil((double) own / (PART - SHARED));
        List<Part> parts = new ArrayList<>();
        for (int k = 0; k < number; k++) {
            int from = own * k / number;
            parts.add(new Part(first + from, own * (k + 1) / number + SHARED - from));
        }
        return parts;
    }

    /** Number of parts, at least 1. */
    public int count() {
        return parts.size();
    }

    /** Whether part k goes on from the one before it: they share frames. */
    boolean goesOn(int k) {
        return k > 0 && parts.get(k).first() < parts.get(k - 1).end();
    }

    /** The last part that holds a frame. */
    int at(int frame) {
        int k = parts.size() - 1;
        while (parts.get(k).first() > frame) {
            k--;
        }
        return k;
    }

    /** How much of a frame is part k's and not that of the part before it, in (0, 1]: rises over the frames that they share. */
    double share(int k, int frame) {
        if (!goesOn(k)) {
            return 1;
        }
        int first = parts.get(k).first();
        return Math.min(1, (frame - first + 1.0) / (parts.get(k - 1).end() - first + 1));
    }

    /** Which frames of which file part k is. */
    public ClipIdentity identity(ClipIdentity clip, int k) {
        return clip.part(parts.get(k).first(), parts.get(k).count());
    }

    /** The frames of part k. */
    public Clip part(Clip clip, int k) {
        return new ClipPart(clip, parts.get(k).first(), parts.get(k).count());
    }
}
