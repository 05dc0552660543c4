package org.stablevideo.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Notices a melt that waits for ever for a file that nobody writes any more. melt 7.12 creates the thread of its avformat consumer before it notes
 * that the consumer runs; a thread that is quicker finds that it does not, ends at once with an empty file, and melt's main thread, alone by then,
 * waits for it. That was so in 3 of 180 short renders with two busy cores, with any filter or none.
 */
public final class LostStart {

    private static final long CERTAIN_NS = TimeUnit.SECONDS.toNanos(2);

    private final Process melt;
    private final Path written;
    private long sinceNs = -1;

    /**
     * Begins to watch.
     *
     * @param written the file that melt's consumer writes
     */
    public LostStart(Process melt, Path written) {
        this.melt = melt;
        this.written = written;
    }

    /** Whether a file was begun and left empty; of a melt that has ended it is what remains when it lost its consumer but noticed. */
    public static boolean leftEmpty(Path written) {
        try {
            return Files.size(written) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Looks once more: true when melt has had one thread and an empty file for two seconds. False where the system does not tell. */
    public boolean isCertain() {
        if (!melt.isAlive() || !leftEmpty(written) || threads() != 1) {
            sinceNs = -1;
            return false;
        }
        long now = System.nanoTime();
        if (sinceNs < 0) {
            sinceNs = now;
        }
        return now - sinceNs >= CERTAIN_NS;
    }

    private long threads() {
        try (var tasks = Files.list(Path.of("/proc", Long.toString(melt.pid()), "task"))) {
            return tasks.count();
        } catch (IOException e) {
            return 0;
        }
    }
}
