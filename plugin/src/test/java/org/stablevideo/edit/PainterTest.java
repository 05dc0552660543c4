package org.stablevideo.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.stablevideo.diffusion.FewSteps;
import org.stablevideo.diffusion.PaintRequest;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.progress.Progress;

/** Which way a model paints that has two: objects in few steps, and everything under guidance. */
class PainterTest {

    private static final FrameSize SIZE = new FrameSize(64, 64);

    private final FakePainter quick = new FakePainter((x, y) -> new int[] {200, 30, 20}, Optional.of(new FewSteps(4)));

    @Test
    void shouldPaintObjectsWithoutGuidanceWhereFewStepsAreAsked() {
        assertEquals(List.of(4, 1.0, "", "auto"), painted(OptionalInt.of(4), OptionalDouble.empty(), "", "", "auto"));
        assertEquals(List.of(2, 1.0, "", "auto"), painted(OptionalInt.of(2), OptionalDouble.of(1), "", "", "auto"));
    }

    @Test
    void shouldPaintUnderGuidanceWhateverElseIsAsked() {
        assertEquals(List.of(7, 3.5, "blurry", "auto"), painted(OptionalInt.empty(), OptionalDouble.empty(), "", "", "auto"));
        assertEquals(List.of(5, 3.5, "blurry", "auto"), painted(OptionalInt.of(5), OptionalDouble.empty(), "", "", "auto"));
        assertEquals(List.of(4, 5.0, "blurry", "auto"), painted(OptionalInt.of(4), OptionalDouble.of(5), "", "", "auto"));
        assertEquals(List.of(4, 3.5, "fog", "auto"), painted(OptionalInt.of(4), OptionalDouble.empty(), "fog", "", "auto"));
        assertEquals(List.of(4, 3.5, "blurry", "dpm++2m"), painted(OptionalInt.of(4), OptionalDouble.empty(), "", "", "dpm++2m"));
        assertEquals(List.of(4, 3.5, "blurry", "auto"), painted(OptionalInt.of(4), OptionalDouble.empty(), "", "depth", "auto"));
        painter(OptionalInt.of(4), OptionalDouble.empty(), "", "", "auto", true);
        assertEquals(3.5, quick.asked.get(0).guidance(), "a scene");
    }

    private List<Object> painted(OptionalInt steps, OptionalDouble guidance, String negative, String control, String sampler) {
        painter(steps, guidance, negative, control, sampler, false);
        PaintRequest asked = quick.asked.get(0);
        return List.of(asked.steps(), asked.guidance(), asked.negative(), asked.sampler());
    }

    private void painter(OptionalInt steps, OptionalDouble guidance, String negative, String control, String sampler, boolean scene) {
        EditRequest request = new EditRequest("a red ball", "snow", negative, "atlas", "auto", 1, steps, guidance, 0.8, List.of(), sampler, "", control, 0);
        Painter painter = new Painter(quick, request);
        quick.asked.clear();
        painter.paint(scene ? painter.background() : painter.foreground(0), Picture.black(SIZE), Optional.empty(), 1, 3, Progress.NONE);
    }
}
