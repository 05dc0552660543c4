package org.stablevideo.atlas;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.stablevideo.progress.CancelledException;

/** Independent pieces of work on a few threads; what comes out never depends on how many or in which order. Close it to end the threads. */
final class FrameTasks implements AutoCloseable {

    /** Parts that sums over frames are cut into, whatever the number of threads, so that they round the same everywhere. */
    static final int PARTS = 2;

    private final ExecutorService pool;

    FrameTasks() {
        int threads = Math.max(1, Math.min(8, Runtime.getRuntime().availableProcessors()));
        pool = Executors.newFixedThreadPool(threads, run -> {
            Thread thread = new Thread(run, "atlas");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Work on one frame. */
    @FunctionalInterface
    interface Each {
        void run(int index);
    }

    /** Does the work for every index in [0, count) and waits for all of it; the first failure is thrown on. */
    void each(int count, Each work) {
        List<Callable<Void>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = i;
            calls.add(() -> {
                work.run(index);
                return null;
            });
        }
        try {
            for (Future<Void> done : pool.invokeAll(calls)) {
                done.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
