package org.stablevideo.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stablevideo.diffusion.ControlChoice.Kind;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

class ControlChoiceTest {

    @Test
    void shouldReadLists() {
        assertEquals(List.of(), ControlChoice.listOf(" "));
        assertEquals(
                List.of(new ControlChoice(Kind.EDGES, 0.8, 0, 0.6), new ControlChoice(Kind.DEPTH, 1, 0, 1)), ControlChoice.listOf("Edges:0.8@0-0.6, depth"));
        assertEquals(List.of(new ControlChoice(Kind.DEPTH, 1, 0.25, 1)), ControlChoice.listOf("depth@0.25-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pose", "edges:3", "edges:", "edges@0.6-0.2", "depth:1@0-1.5", "edges:1.2.3", "edges:0.5@0"})
    void shouldRefuseWhatMakesNoSense(String text) {
        ProblemException refusal = assertThrows(ProblemException.class, () -> ControlChoice.listOf(text));
        assertTrue(refusal.problem() instanceof RequestInvalid && refusal.getMessage().contains(text), refusal.getMessage());
    }

    /** diffusers lets a ControlNet work in step i of n where i/n is not before its start and (i + 1)/n not after its end. */
    @Test
    void shouldWorkInTheStepsInWhichDiffusersDoes() {
        for (int steps : new int[] {4, 10, 20}) {
            NoiseSchedule schedule = NoiseSchedule.ofSteps(steps);
            for (int from = 0; from < steps; from++) {
                for (int to = from + 1; to <= steps; to++) {
                    ControlChoice choice = new ControlChoice(Kind.EDGES, 1, (double) from / steps, (double) to / steps);
                    for (int i = 0; i < steps; i++) {
                        assertEquals(i >= from && i + 1 <= to, choice.isAt(schedule.timestep(steps - 1 - i)), steps + " steps, " + choice + ", step " + i);
                    }
                }
            }
        }
    }
}
