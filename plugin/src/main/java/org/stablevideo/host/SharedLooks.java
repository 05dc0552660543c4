package org.stablevideo.host;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Looks that may take a while, away from the threads that want the answer: however many ask for the same thing at the same time, it is looked at
 * once. Nothing is remembered. Safe for any thread; close it to refuse further looks.
 */
final class SharedLooks implements AutoCloseable {

    private static final int NEWS_EVERY_MS = 500;

    /** How long a preview's frame waits for what is only to be looked up; longer would be felt. */
    private static final long PREVIEW_LOOK_MS = 1500;

    /** As above where an edit was applied before: a picture that stands still would not be asked for again when it is there. */
    private static final long APPLIED_LOOK_MS = 5000;

    private final ConcurrentMap<Object, CompletableFuture<Object>> running = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "look");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Begins a look, or joins the one that is under way.
     *
     * @param key equal for equal looks, which must give the same type
     * @return what was found, or what the look threw
     */
    <T> CompletableFuture<T> ask(Object key, Supplier<T> look) {
        CompletableFuture<Object> fresh = new CompletableFuture<>();
        CompletableFuture<Object> present = running.putIfAbsent(key, fresh);
        if (present == null) {
            present = fresh;
            begin(key, look, fresh);
        }
        return present.thenApply(found -> {
            @SuppressWarnings("unchecked")
            T typed = (T) found;
            return typed;
        });
    }

    /** Waits for a look; empty when it was not there in time for a preview, or is no longer wanted. The host hears that it is being worked on. */
    static <T> Optional<T> await(BridgeRequest request, HostFrame host, String what, CompletableFuture<T> look) {
        long begin = System.nanoTime();
        long patienceMs = host.wasApplied() ? APPLIED_LOOK_MS : PREVIEW_LOOK_MS;
        while (host.waits() || System.nanoTime() - begin < patienceMs * 1_000_000L) {
            try {
                return Optional.of(look.get(NEWS_EVERY_MS, TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                if (request.isCancelled() || !request.progress(what)) {
                    return Optional.empty();
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException ours) {
                    throw ours;
                }
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private void begin(Object key, Supplier<?> look, CompletableFuture<Object> end) {
        try {
            threads.execute(() -> run(key, look, end));
        } catch (RuntimeException | Error e) {
            running.remove(key, end);
            end.completeExceptionally(e);
        }
    }

    private void run(Object key, Supplier<?> look, CompletableFuture<Object> end) {
        try {
            Object found = look.get();
            running.remove(key, end);
            end.complete(found);
        } catch (RuntimeException | Error e) {
            running.remove(key, end);
            end.completeExceptionally(e);
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
