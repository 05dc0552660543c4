package org.stablevideo.job;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.problem.BackendGone;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;

/**
 * One piece of long work, shared by everybody who asked for it. It is cancelled when the last of them has lost interest. Safe for any thread.
 *
 * @param <T> what it makes
 */
public final class Job<T> {

    private static final Logger LOG = LoggerFactory.getLogger(Job.class);

    /** The work itself. */
    @FunctionalInterface
    public interface Work<T> {

        /** Does it; throws {@link CancelledException} once {@code progress} does. */
        T run(Progress progress);
    }

    private final String id;
    private final Work<T> work;
    private final CompletableFuture<Outcome<T>> outcome = new CompletableFuture<>();
    private final Told told = new Told();
    private int interested;
    private volatile boolean cancelled;
    private volatile JobState state = new JobState("waiting for its turn", 0);

    Job(String id, Work<T> work) {
        this.id = id;
        this.work = work;
    }

    /** Names the job in logs. */
    public String id() {
        return id;
    }

    /** How far it is. */
    public JobState state() {
        return state;
    }

    /** Waits for the end, at most so long; empty when it has not come. */
    public Optional<Outcome<T>> await(long timeoutMs) throws InterruptedException {
        try {
            return Optional.of(outcome.get(timeoutMs, TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Counts one more who waits; false when the job is over or being cancelled and a new one is needed. */
    synchronized boolean join() {
        if (cancelled || outcome.isDone()) {
            return false;
        }
        interested++;
        return true;
    }

    /** One of those who asked no longer waits. */
    public synchronized void leave() {
        interested--;
        if (interested == 0 && !outcome.isDone()) {
            cancelled = true;
        }
    }

    /** Gives the work up whoever waits for it. */
    public void cancel() {
        cancelled = true;
    }

    void run() {
        Outcome<T> end;
        try {
            told.report(state.stage(), 0);
            LOG.info("job {} begins", id);
            end = new Outcome.Done<>(work.run(told));
            LOG.info("job {} is done", id);
        } catch (CancelledException e) {
            LOG.info("job {} is cancelled", id);
            end = new Outcome.Cancelled<>();
        } catch (ProblemException e) {
            LOG.error("job {} failed: {}", id, e.getMessage());
            end = new Outcome.Failed<>(e.problem());
        } catch (RuntimeException | Error e) {
            LOG.error("job {} failed by our own mistake", id, e);
            end = new Outcome.Failed<>(new BackendGone(
                    "The work stopped by a mistake of StableVideo (" + e + ").", "The log file has the details; please report it with them."));
        }
        synchronized (this) {
            outcome.complete(end);
        }
    }

    /** What the work tells. */
    private final class Told implements Progress {

        @Override
        public void report(String stage, double fraction) {
            if (cancelled) {
                throw new CancelledException();
            }
            state = new JobState(stage, Math.min(1, Math.max(0, fraction)), state.note());
        }

        @Override
        public void note(String sentence) {
            LOG.info("job {}: {}", id, sentence);
            state = new JobState(state.stage(), state.fraction(), sentence);
        }
    }
}
