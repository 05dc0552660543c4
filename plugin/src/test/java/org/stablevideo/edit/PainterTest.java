package org.stablevideo.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.stablevideo.diffusion.PaintRequest;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.progress.Progress;

/** What a model is asked for: the request's settings, and its own where the request leaves them open. */
class PainterTest {

    private static final FrameSize SIZE = new FrameSize(64, 64);

    private final FakePainter model = new FakePainter((x, y) -> new int[] {200, 30, 20});

    @Test
    void shouldAskForTheModelsOwnWhereNothingElseIsAsked() {
        assertEquals(List.of(7, 3.5, "blurry", "auto"), asked(OptionalInt.empty(), OptionalDouble.empty(), " ", "auto", false));
        assertEquals(List.of(7, 3.5, "blurry", "auto"), asked(OptionalInt.empty(), OptionalDouble.empty(), "", "auto", true), "a scene");
    }

    @Test
    void shouldAskForWhatIsAsked() {
        assertEquals(List.of(4, 3.5, "blurry", "auto"), asked(OptionalInt.of(4), OptionalDouble.empty(), "", "auto", false));
        assertEquals(List.of(7, 5.0, "blurry", "auto"), asked(OptionalInt.empty(), OptionalDouble.of(5), "", "auto", false));
        assertEquals(List.of(7, 3.5, "fog", "dpm++2m"), asked(OptionalInt.empty(), OptionalDouble.empty(), " fog", "dpm++2m", false));
    }

    private List<Object> asked(OptionalInt steps, OptionalDouble guidance, String negative, String sampler, boolean scene) {
        EditRequest request = new EditRequest("a red ball", "snow", negative, "atlas", "auto", 1, steps, guidance, 0.8, List.of(), sampler, "", "", 0);
        Painter painter = new Painter(model, request);
        model.asked.clear();
        painter.paint(scene ? painter.background() : painter.foreground(0), Picture.black(SIZE), Optional.empty(), 1, 3, Progress.NONE);
        PaintRequest asked = model.asked.get(0);
        return List.of(asked.steps(), asked.guidance(), asked.negative(), asked.sampler());
    }
}
