package org.stablevideo.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NvidiaCardsTest {

    @TempDir Path folder;

    @Test
    void shouldReadWhatTheDriverTells() throws IOException {
        Files.writeString(folder.resolve("version"), "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\nGCC version:  12.2.0\n");
        for (String card : new String[] {"0000:01:00.0", "0000:02:00.0"}) {
            Path own = Files.createDirectories(folder.resolve("gpus").resolve(card));
            Files.writeString(own.resolve("information"), "Model: \t\t NVIDIA GeForce RTX 40" + card.charAt(6) + "0\nIRQ:   \t\t 140\n");
        }
        NvidiaCards cards = NvidiaCards.below(folder);
        assertEquals(List.of("NVIDIA GeForce RTX 4010", "NVIDIA GeForce RTX 4020"), cards.models());
        assertEquals(Optional.of("535.183.01"), cards.driver());
        assertTrue(cards.isDriverNewEnough());
    }

    @Test
    void shouldReadTheOpenKernelModuleAndOldDrivers() throws IOException {
        Files.writeString(folder.resolve("version"), "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  470.57.02  Release Build\n");
        NvidiaCards cards = NvidiaCards.below(folder);
        assertEquals(Optional.of("470.57.02"), cards.driver());
        assertFalse(cards.isDriverNewEnough());
    }

    @Test
    void shouldFindNoneWhereThereIsNone() {
        NvidiaCards none = NvidiaCards.below(folder.resolve("nothing"));
        assertEquals(new NvidiaCards(List.of(), Optional.empty()), none);
        assertFalse(none.isDriverNewEnough());
    }
}
