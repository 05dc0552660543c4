package org.stablevideo.model;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a stream that has brought nothing for too long, so that whoever reads it gets an error instead of waiting for ever. */
final class Stall implements AutoCloseable {

    private final long patienceNs;
    private final Thread watch;
    private volatile long movedAt = System.nanoTime();

    Stall(InputStream stream, Duration patience) {
        patienceNs = patience.toNanos();
        watch = new Thread(() -> watch(stream), "download watch");
        watch.setDaemon(true);
        watch.start();
    }

    /** Something came. */
    void moved() {
        movedAt = System.nanoTime();
    }

    private void watch(Closeable stream) {
        try {
            while (System.nanoTime() - movedAt < patienceNs) {
                Thread.sleep(Math.max(10, patienceNs / 4_000_000));
            }
            stream.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // the reader sees it too
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
