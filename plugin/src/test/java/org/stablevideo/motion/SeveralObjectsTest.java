package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

/** Objects that move on their own are told apart: drawn discs, and a real car that drives past a real swan. */
class SeveralObjectsTest {

    private static final FrameSize SIZE = new FrameSize(260, 141);
    private static final int FRAMES = 10;

    /** The first disc is the larger one. */
    private static Overlay discs(Overlay.Path path) {
        Scene far = new Scene(SIZE, FRAMES, 30, -1.5, 2.75);
        Scene near = new Scene(SIZE, FRAMES, 24, 0, 0);
        return Overlay.of(far.pictures(), mattes(far), near.pictures(), mattes(near), 1, path);
    }

    private static List<Plane> mattes(Scene scene) {
        return IntStream.range(0, FRAMES).mapToObj(scene::matte).toList();
    }

    @Test
    void shouldTellTwoDiscsApart() {
        Overlay discs = discs(t -> new int[] {90 - 3 * t, 0});
        List<List<Plane>> found = find(discs.pictures(), 2);
        assertEquals(2, found.size());
        assertTrue(MatteQuality.meanIou(found.get(0), discs.behind()) > 0.8, "larger: " + MatteQuality.meanIou(found.get(0), discs.behind()));
        assertTrue(MatteQuality.meanIou(found.get(1), discs.thing()) > 0.75, "smaller: " + MatteQuality.meanIou(found.get(1), discs.thing()));
    }

    /** They touch from the second half on, when one passes before the other. */
    @Test
    void shouldTellDiscsApartThatMeet() {
        Overlay discs = discs(t -> new int[] {84 - 6 * t, 14});
        List<List<Plane>> found = find(discs.pictures(), 2);
        assertEquals(2, found.size());
        double larger = MatteQuality.meanIou(seen(found, 0), discs.behind());
        double smaller = MatteQuality.meanIou(seen(found, 1), discs.thing());
        assertTrue(larger > 0.7 && smaller > 0.65, "larger " + larger + ", smaller " + smaller);
    }

    @Test
    void shouldFindOneWhereOneMoves() {
        Scene scene = new Scene(SIZE, FRAMES, 30, -1.75, 3.25);
        assertEquals(1, find(scene.pictures(), 2).size());
    }

    /** A real car before a real shot of a swan; -Dstablevideo.sheets names a folder for overlays. */
    @Test
    @Tag("slow")
    void shouldTellACarFromASwan() {
        FrameSize size = new FrameSize(854, 480);
        int frames = 50;
        List<Plane> swan = MatteQuality.truth(ClipFixtures.davisFolder("blackswan").resolve("masks"), size);
        List<Plane> car = MatteQuality.truth(ClipFixtures.davisFolder("car-roundabout").resolve("masks"), size);
        Overlay both = Overlay.of(
                pictures("blackswan", frames), swan, pictures("car-roundabout", frames), car, 0.5, t -> new int[] {440 + t, 210});
        long start = System.nanoTime();
        List<List<Plane>> found = find(both.pictures(), 2);
        double seconds = (System.nanoTime() - start) * 1e-9;
        assertEquals(2, found.size());
        Overlay small = both.resized(found.get(0).get(0).size());
        String sheets = System.getProperty("stablevideo.sheets");
        try (Clip clip = ClipFixtures.of(both.pictures()); SolveFrames solve = SolveFrames.of(clip, Progress.NONE)) {
            for (int k = 0; k < 2 && sheets != null; k++) {
                MatteQuality.sheet(Path.of(sheets, "several-" + (k + 1) + ".png"), solve, seen(found, k));
            }
        }
        double first = MatteQuality.meanIou(seen(found, 0), small.behind());
        double second = MatteQuality.meanIou(seen(found, 1), small.thing());
        System.out.printf("car and swan: IoU of the swan %.3f, of the car %.3f, %.1f s with the flow%n", first, second, seconds);
        assertTrue(first >= 0.75 && second >= 0.85, "swan " + first + ", car " + second);
    }

    private static List<Picture> pictures(String davis, int count) {
        try (Clip clip = ClipFixtures.davis(davis, "clip.mp4", count)) {
            return IntStream.range(0, count).mapToObj(t -> clip.frame(t).copy()).toList();
        }
    }

    /** What of an object is seen behind those before it. */
    private static List<Plane> seen(List<List<Plane>> objects, int index) {
        List<Plane> out = new ArrayList<>();
        for (int t = 0; t < objects.get(index).size(); t++) {
            Plane seen = objects.get(index).get(t);
            for (List<Plane> front : objects.subList(0, index)) {
                seen = seen.behind(front.get(t));
            }
            out.add(seen);
        }
        return out;
    }

    private static List<List<Plane>> find(List<Picture> pictures, int count) {
        try (Clip clip = ClipFixtures.of(pictures);
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            return new MotionMattes(count).findEach(frames, flow, Progress.NONE);
        }
    }
}
