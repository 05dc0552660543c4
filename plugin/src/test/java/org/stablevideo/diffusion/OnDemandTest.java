package org.stablevideo.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnDemandTest {

    private final List<String> done = new ArrayList<>();

    private AutoCloseable load() {
        done.add("load");
        return () -> done.add("free");
    }

    @Test
    void shouldLoadWhenNeededAndAgainAfterItWasPutAway() {
        OnDemand<AutoCloseable> network = new OnDemand<>(this::load);
        network.putAway();
        assertFalse(network.isLoaded());
        network.get();
        network.get();
        network.putAway();
        network.get();
        network.close();
        network.close();
        assertEquals(List.of("load", "free", "load", "free"), done);
    }

    @Test
    void shouldKeepWhatCannotBeLoadedAgain() {
        OnDemand<AutoCloseable> network = OnDemand.of(load());
        network.putAway();
        assertTrue(network.isLoaded());
        network.close();
        assertEquals(List.of("load", "free"), done);
    }
}
