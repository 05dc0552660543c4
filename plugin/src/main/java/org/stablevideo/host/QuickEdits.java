package org.stablevideo.host;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.job.Job;
import org.stablevideo.problem.ProblemException;

/**
 * Begins edits that take only seconds by itself once a preview has wanted the same one for a while: newer hosts send a prompt letter by letter. One a
 * clip; a newer wish gives the older one up. Safe for any thread.
 */
final class QuickEdits implements AutoCloseable {

    /** How long after the last change of a prompt typing counts as ended. */
    static final long TYPING_MS = 1200;

    private static final Logger LOG = LoggerFactory.getLogger(QuickEdits.class);

    private final Map<Object, Object> wishes = new HashMap<>();
    private final Map<Object, Job<Boolean>> begun = new HashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "typing");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * A preview has shown a clip without its edit.
     *
     * @param clip equal for equal clips
     * @param work equal for equal edits
     * @param isQuick whether it is to begin by itself; asked on another thread
     * @param submit asks for the job
     */
    void wanted(Object clip, Object work, BooleanSupplier isQuick, Supplier<Job<Boolean>> submit) {
        synchronized (wishes) {
            if (clock.isShutdown() || work.equals(wishes.put(clip, work))) {
                return;
            }
        }
        clock.schedule(() -> begin(clip, work, isQuick, submit), TYPING_MS, TimeUnit.MILLISECONDS);
    }

    private void begin(Object clip, Object work, BooleanSupplier isQuick, Supplier<Job<Boolean>> submit) {
        try {
            boolean quick = isQuick.getAsBoolean();
            synchronized (wishes) {
                if (!work.equals(wishes.get(clip)) || !quick) {
                    return;
                }
                Job<Boolean> before = begun.put(clip, submit.get());
                if (before != null) {
                    before.leave();
                }
            }
        } catch (ProblemException e) {
            LOG.info("no edit by itself: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
