package org.stablevideo.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NoiseScheduleTest {

    @Test
    void shouldHaveTheNoiseOfStableDiffusion() {
        assertEquals(0.99915, NoiseSchedule.alphaOf(0), 1e-9);
        assertEquals(0.998296028, NoiseSchedule.alphaOf(1), 1e-9);
        assertEquals(0.274999067, NoiseSchedule.alphaOf(501), 1e-9);
        assertEquals(0.055719029, NoiseSchedule.alphaOf(751), 1e-9);
        assertEquals(0.036546525, NoiseSchedule.alphaOf(801), 1e-9);
        assertEquals(0.008155005, NoiseSchedule.alphaOf(951), 1e-9);
        assertEquals(0.004660099, NoiseSchedule.alphaOf(999), 1e-9);
    }

    @Test
    void shouldVisitTheTimestepsOfTheReference() {
        NoiseSchedule schedule = NoiseSchedule.ofSteps(20);
        for (int i = 0; i < 20; i++) {
            assertEquals(1 + 50 * i, schedule.timestep(i));
        }
        assertEquals(NoiseSchedule.alphaOf(0), schedule.alphaAfter(0));
        assertEquals(NoiseSchedule.alphaOf(901), schedule.alphaAfter(19));
    }

    @Test
    void shouldStayInRangeForEveryNumberOfSteps() {
        for (int steps = 1; steps <= 1000; steps++) {
            NoiseSchedule schedule = NoiseSchedule.ofSteps(steps);
            assertEquals(steps, schedule.steps());
            for (int i = 0; i < steps; i++) {
                int before = i == 0 ? -1 : schedule.timestep(i - 1);
                assertTrue(schedule.timestep(i) > before && schedule.timestep(i) < 1000, steps + " steps, step " + i);
            }
        }
        assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.ofSteps(0));
    }

    @Test
    void shouldBeginAPictureAtTheLevelOfItsFirstStep() {
        NoiseSchedule schedule = NoiseSchedule.ofSteps(20);
        assertEquals(16, schedule.stepsFor(0.8));
        assertEquals(751, schedule.timestep(schedule.stepsFor(0.8) - 1));
        assertEquals(20, schedule.stepsFor(1.0));
        assertEquals(1, schedule.stepsFor(0.01));
        assertEquals(6, NoiseSchedule.ofSteps(7).stepsFor(0.9));
        assertEquals(16, schedule.last(0.8).steps());
        assertEquals(751, schedule.last(0.8).timestep(15));
    }

    @Test
    void shouldShareFewStepsOverWhatIsLeftToPaint() {
        assertArrayEquals(new int[] {249, 499, 749, 999}, timesteps(NoiseSchedule.trailing(4)));
        assertArrayEquals(new int[] {266, 532, 799}, timesteps(NoiseSchedule.trailing(4, 0.8)));
        assertArrayEquals(new int[] {216, 432, 649}, timesteps(NoiseSchedule.trailing(4, 0.65)));
        assertArrayEquals(new int[] {49}, timesteps(NoiseSchedule.trailing(4, 0.05)));
        assertArrayEquals(new int[] {0}, timesteps(NoiseSchedule.trailing(4, 0.0001)));
        for (int steps = 1; steps <= 1000; steps++) {
            assertEquals(999, NoiseSchedule.trailing(steps).timestep(steps - 1));
            assertEquals(steps, Arrays.stream(timesteps(NoiseSchedule.trailing(steps))).distinct().count());
        }
    }

    private static int[] timesteps(NoiseSchedule schedule) {
        return IntStream.range(0, schedule.steps()).map(schedule::timestep).toArray();
    }
}
