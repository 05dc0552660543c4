package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.DrawnShot;

class ShotChangesTest {

    private static final FrameSize SIZE = new FrameSize(160, 96);

    /** A room of boxes in three dark colours, seen by a camera that goes right by two pixels a frame. */
    private static Picture room(int place, int t) {
        return room(place, t, 0);
    }

    private static Picture room(int place, int t, int light) {
        int[] boxes = new Random(place).ints(60 * 5, 0, 1 << 16).toArray();
        return DrawnShot.picture(SIZE, (x, y) -> {
            int shade = 0;
            for (int k = 0; k < boxes.length; k += 5) {
                int left = boxes[k] % 300 - 40;
                int top = boxes[k + 1] % 110 - 20;
                if (x + 2 * t >= left && x + 2 * t < left + 8 + boxes[k + 2] % 40 && y >= top && y < top + 8 + boxes[k + 3] % 40) {
                    shade = 1 + boxes[k + 4] % 3;
                }
            }
            int grain = ((int) x + 2 * t) * 7919 + (int) y * 104729 + place & 15;
            int[][] colours = {{12, 10, 18}, {70, 30, 20}, {40, 70, 110}, {120, 110, 90}};
            return IntStream.of(colours[shade]).map(c -> Math.min(255, c + grain + light)).toArray();
        });
    }

    private static List<Integer> starts(int count, IntFunction<Picture> frames) {
        try (Clip clip = ClipFixtures.of(IntStream.range(0, count).mapToObj(frames).toList())) {
            return ShotChanges.starts(clip, Progress.NONE);
        }
    }

    @Test
    void shouldTakePansAndFadesForOneShot() {
        assertEquals(List.of(0), starts(1, t -> room(1, t)), "one frame");
        assertEquals(List.of(0), starts(12, t -> room(1, t)), "a pan");
        assertEquals(List.of(0), starts(12, t -> room(1, 9 * t)), "a fast pan");
        assertEquals(List.of(0), starts(12, t -> room(1, t, 10 * t)), "a fade");
    }

    @Test
    void shouldFindCutsBetweenShotsOfOneRoom() {
        assertEquals(List.of(0, 5, 11), starts(16, t -> room(t < 5 ? 1 : t < 11 ? 2 : 3, t)));
    }

    @Test
    void shouldFindWhatIsLeftOfAnotherShotAtTheEnds() {
        assertEquals(List.of(0, 1, 9), starts(10, t -> room(t < 1 ? 1 : t < 9 ? 2 : 3, t)));
        assertEquals(List.of(0, 2), starts(10, t -> t < 2 ? Picture.black(SIZE) : room(2, t)), "black");
    }

    @Test
    void shouldFindAFrameOfAnotherShotBetweenTwo() {
        assertEquals(List.of(0, 5, 6), starts(12, t -> room(t < 5 ? 1 : t < 6 ? 2 : 3, t)));
    }

    @Test
    void shouldGoOnAfterAFlash() {
        assertEquals(List.of(0), starts(12, t -> room(1, t, t == 5 ? 200 : 0)), "one frame of light");
        assertEquals(List.of(0), starts(12, t -> room(1, t, t == 5 || t == 6 ? 200 : 0)), "two frames of light");
    }
}
