package org.stablevideo.diffusion;

import java.util.function.Supplier;
import org.stablevideo.tensor.TensorEngine;

/**
 * A network that is loaded when it is first needed and may be put away in between. For one thread at a time.
 *
 * @param <T> the network
 */
final class OnDemand<T extends AutoCloseable> implements AutoCloseable {

    private final Supplier<? extends T> loading;
    private final boolean again;
    private T loaded;

    private OnDemand(Supplier<? extends T> loading, boolean again) {
        this.loading = loading;
        this.again = again;
    }

    /** One that can be loaded as often as it is needed. */
    OnDemand(Supplier<? extends T> loading) {
        this(loading, true);
    }

    /** One that is there already; it stays until this is closed. */
    static <T extends AutoCloseable> OnDemand<T> of(T network) {
        OnDemand<T> present = new OnDemand<>(() -> network, false);
        present.loaded = network;
        return present;
    }

    /** The network, and what loading it took beside it given back; lent until the next {@link #putAway} or {@link #close}. */
    T get() {
        if (loaded == null) {
            loaded = loading.get();
            TensorEngine.giveBack();
        }
        return loaded;
    }

    /** Whether it is in memory. */
    boolean isLoaded() {
        return loaded != null;
    }

    /** Frees the network where it can be loaded again. */
    void putAway() {
        if (again) {
            close();
        }
    }

    @Override
    public void close() {
        T network = loaded;
        loaded = null;
        if (network != null) {
            try {
                network.close();
            } catch (Exception e) {
                throw new IllegalStateException("a network does not close", e);
            }
        }
    }
}
