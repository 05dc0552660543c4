package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.stablevideo.progress.Progress;

/** Does the same independent work for every frame on two threads; results must not depend on the order. */
public final class FrameWorkers {

    private static final int THREADS = Math.max(1, Math.min(2, Runtime.getRuntime().availableProcessors()));

    private FrameWorkers() {}

    /**
     * Calls {@code work} once for each index in [0, count), reporting the share that is done; the first failure (cancelling too) stops the
     * rest and is thrown on. When this returns or throws, no work is under way any more, so what it reads may be closed.
     */
    public static void each(int count, String stage, Progress progress, IntConsumer work) {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        AtomicBoolean failed = new AtomicBoolean();
        Runnable loop = () -> {
            int index = next.getAndIncrement();
            while (index < count && !failed.get()) {
                try {
                    work.accept(index);
                    synchronized (done) {
                        progress.report(stage, done.incrementAndGet() / (double) count);
                    }
                } catch (RuntimeException | Error e) {
                    failed.set(true);
                    throw e;
                }
                index = next.getAndIncrement();
            }
        };
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> loops = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                loops.add(pool.submit(loop));
            }
            for (Future<?> one : loops) {
                await(one);
            }
        } finally {
            failed.set(true);
            pool.shutdown();
            awaitEnd(pool);
        }
    }

    private static void awaitEnd(ExecutorService pool) {
        boolean interrupted = false;
        for (boolean ended = false; !ended; ) {
            try {
                ended = pool.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(Future<?> loop) {
        try {
            loop.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.stablevideo.progress.CancelledException();
        }
    }
}
