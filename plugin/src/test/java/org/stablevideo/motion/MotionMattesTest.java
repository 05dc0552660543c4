package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

class MotionMattesTest {

    private static final FrameSize SIZE = new FrameSize(220, 141);

    private static final int RESTING = 30;

    /** Rows. */
    private static final int SKY = 32;

    /** 0.85: cut at pixel steps, then softened over about three pixels of a disc 34 in radius. */
    @Test
    void shouldFindADiscThatMovesOverAMovingGround() {
        Scene scene = new Scene(SIZE, 8, 34, -1.75, 3.25);
        List<Plane> mattes = find(scene);
        for (int t = 0; t < 8; t++) {
            double iou = MatteQuality.iou(mattes.get(t), scene.matte(t));
            assertTrue(iou > 0.85, "frame " + t + ": IoU " + iou);
        }
    }

    /** In a sky that shows nothing but the steps of its shades the flow rests in the picture, as what the camera follows does. */
    @Test
    void shouldLeaveAnEvenSkyToTheGround() {
        Scene scene = new Scene(SIZE, 8, 34, -4, 0);
        List<Picture> pictures = scene.pictures();
        for (Picture picture : pictures) {
            for (int i = 0; i < SKY * SIZE.width(); i++) {
                Arrays.fill(picture.rgb(), 3 * i, 3 * i + 3, (byte) (190 + (i % SIZE.width() / 8 + i / SIZE.width() / 8) % 2));
            }
        }
        try (Clip clip = ClipFixtures.of(pictures)) {
            List<Plane> mattes = find(clip);
            for (int t = 0; t < mattes.size(); t++) {
                double iou = MatteQuality.iou(mattes.get(t), scene.matte(t));
                assertTrue(iou > 0.85, "frame " + t + ": IoU " + iou);
            }
        }
    }

    @Test
    void shouldFindNothingWhereAllMovesAlikeOrStandsStill() {
        assertEmpty(find(new Scene(SIZE, 6, 0, 2.5, 0)), 6);
        assertEmpty(find(new Scene(SIZE, 6, 0, 0, 0)), 6);
        assertEmpty(find(new Scene(SIZE, 1, 0, 0, 0)), 1);
        assertEmpty(find(new Scene(new FrameSize(9, 31), 4, 3, 1, 2)), 4);
    }

    @Test
    void shouldFindWhatPicturesShowWhereNothingMovesOnItsOwn() {
        for (Scene scene : List.of(new Scene(SIZE, 6, 34, 0, 0), new Scene(SIZE, 6, 34, 2.5, 2.5), new Scene(SIZE, 1, 34, 1, 2))) {
            List<Plane> mattes = find(scene);
            assertEquals(scene.frames(), mattes.size());
            for (int t = 0; t < scene.frames(); t++) {
                double iou = MatteQuality.iou(mattes.get(t), scene.matte(t));
                assertTrue(iou > 0.9, scene + ", frame " + t + ": IoU " + iou);
            }
        }
    }

    @Test
    void shouldFindAThingWhileItRestsToo() {
        Scene scene = new Scene(SIZE, 8, 34, 0, 3.25);
        List<Picture> pictures = new ArrayList<>(Collections.nCopies(RESTING, scene.pictures().get(0)));
        pictures.addAll(scene.pictures());
        try (Clip clip = ClipFixtures.of(pictures)) {
            List<Plane> mattes = find(clip);
            for (int t = 0; t < mattes.size(); t++) {
                double iou = MatteQuality.iou(mattes.get(t), scene.matte(Math.max(0, t - RESTING)));
                assertTrue(iou > 0.85, "frame " + t + ": IoU " + iou);
            }
        }
    }

    @Test
    void shouldFindTheSameEveryTime() {
        Scene scene = new Scene(SIZE, 4, 30, 1.5, -2.5);
        List<Plane> first = find(scene);
        List<Plane> second = find(scene);
        for (int t = 0; t < 4; t++) {
            assertArrayEquals(first.get(t).values(), second.get(t).values());
        }
    }

    private static void assertEmpty(List<Plane> mattes, int count) {
        assertEquals(count, mattes.size());
        for (Plane matte : mattes) {
            assertArrayEquals(new byte[matte.size().area()], matte.values());
        }
    }

    private static List<Plane> find(Scene scene) {
        try (Clip clip = scene.clip()) {
            return find(clip);
        }
    }

    private static List<Plane> find(Clip clip) {
        try (SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            return new MotionMattes().find(frames, flow, Progress.NONE);
        }
    }
}
