package org.stablevideo.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.stablevideo.diffusion.PictureModel;
import org.stablevideo.diffusion.PictureModels;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.progress.CancelledException;

/** Networks leave memory when they are not needed. */
class PaintersTest {

    private final PictureModel model = Mockito.mock(PictureModel.class);

    private Painters painters(Duration idle) {
        PictureModels models = Mockito.mock(PictureModels.class);
        Mockito.when(models.idOf("a", "")).thenReturn("a-1");
        Mockito.when(models.open("a", "")).thenReturn(model);
        return new Painters(models, idle);
    }

    @Test
    void shouldFreeNetworksAfterAWhile() {
        try (Painters painters = painters(Duration.ofMillis(50))) {
            assertEquals("painted", painters.paint(request(), lent -> "painted"));
            Mockito.verify(model, Mockito.timeout(5000)).putAway();
        }
        Mockito.verify(model).close();
    }

    @Test
    void shouldKeepNetworksForTheNextEdit() {
        try (Painters painters = painters(Duration.ofMinutes(5))) {
            painters.paint(request(), lent -> 1);
            painters.paint(request(), lent -> 2);
            Mockito.verify(model, Mockito.never()).putAway();
        }
    }

    @Test
    void shouldFreeNetworksWhenAPaintingIsCancelled() {
        try (Painters painters = painters(Duration.ofMinutes(5))) {
            assertThrows(CancelledException.class, () -> painters.paint(request(), lent -> {
                throw new CancelledException();
            }));
            Mockito.verify(model).putAway();
        }
    }

    private static EditRequest request() {
        return new EditRequest("a ball", "", "", "auto", "a", 1, OptionalInt.empty(), OptionalDouble.empty(), 0.8, List.of());
    }
}
