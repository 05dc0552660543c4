package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

class KnownObjectsTest {

    private static final FrameSize SIZE = new FrameSize(64, 48);
    private static final int FRAMES = 6;

    private static Plane box(int left, int top, int side) {
        byte[] values = new byte[SIZE.area()];
        for (int y = top; y < top + side; y++) {
            for (int x = left; x < left + side; x++) {
                values[y * SIZE.width() + x] = (byte) 255;
            }
        }
        return new Plane(SIZE, values);
    }

    private static List<Plane> moving(int left, int top, int side) {
        List<Plane> mattes = new ArrayList<>();
        for (int t = 0; t < FRAMES; t++) {
            mattes.add(box(left + t, top, side));
        }
        return mattes;
    }

    @Test
    void shouldKeepTheNumbersOfObjectsThatAreFoundAgain() {
        List<Plane> bus = moving(4, 4, 20);
        List<Plane> car = moving(30, 30, 12);
        KnownObjects known = new KnownObjects(0, List.of(car.subList(0, 2), bus.subList(0, 2)));
        List<List<Plane>> numbered = known.numbered(List.of(bus, car), 2, null, null, Progress.NONE);
        assertSame(car, numbered.get(0), "the largest comes first where nothing is known, here the car does");
        assertSame(bus, numbered.get(1));
    }

    @Test
    void shouldGiveNewObjectsTheNumbersThatAreLeft() {
        List<Plane> bus = moving(4, 4, 20);
        List<Plane> car = moving(30, 30, 12);
        KnownObjects gone = new KnownObjects(0, List.of(Collections.nCopies(2, Plane.empty(SIZE)), bus.subList(0, 2)));
        assertFalse(gone.knows(0), "it has left the picture");
        List<List<Plane>> numbered = gone.numbered(List.of(bus, car), 2, null, null, Progress.NONE);
        assertSame(car, numbered.get(0));
        assertSame(bus, numbered.get(1));
    }

    @Test
    void shouldCarryOnAnObjectThatHasStopped() {
        Scene parked = new Scene(new FrameSize(192, 128), 6, 30, 0, 0);
        try (SolveFrames frames = SolveFrames.of(parked.clip(), parked.size(), Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            KnownObjects known = new KnownObjects(0, List.of(List.of(parked.matte(0), parked.matte(1))));
            List<List<Plane>> numbered = known.numbered(List.of(), 1, frames, flow, Progress.NONE);
            assertEquals(1, numbered.size());
            double worst = MatteQuality.iou(numbered.get(0).get(5), parked.matte(5));
            assertTrue(worst > 0.85, "overlap " + worst);
        }
    }
}
