package org.stablevideo.diffusion;

import java.util.function.Supplier;

/**
 * A network that is loaded when it is first needed.
 *
 * @param <T> the network
 */
final class OnDemand<T extends AutoCloseable> implements AutoCloseable {

    private final Supplier<T> loading;
    private T loaded;

    OnDemand(Supplier<T> loading) {
        this.loading = loading;
    }

    /** One that is there already; it is closed with this. */
    static <T extends AutoCloseable> OnDemand<T> of(T network) {
        return new OnDemand<>(() -> network);
    }

    /** The network. */
    T get() {
        if (loaded == null) {
            loaded = loading.get();
        }
        return loaded;
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
