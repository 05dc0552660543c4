package org.stablevideo.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Runs jobs one after the other and shares those that are asked for twice: equal keys are one job. Safe for any thread.
 *
 * @param <T> what the jobs make
 */
public final class JobQueue<T> implements AutoCloseable {

    private final Map<Object, Job<T>> running = new LinkedHashMap<>();
    private final ExecutorService worker = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "job");
        thread.setDaemon(true);
        return thread;
    });
    private int lastNumber;

    /**
     * Asks for a piece of work, joining the job that is at it already.
     *
     * @param key equal for equal work
     * @return the job; whoever asked calls {@link Job#leave} once, when the outcome is there or no longer wanted
     */
    public Job<T> submit(Object key, Job.Work<T> work) {
        synchronized (running) {
            Job<T> present = running.get(key);
            if (present != null && present.join()) {
                return present;
            }
            lastNumber++;
            Job<T> job = new Job<>("job-" + lastNumber, work);
            job.join();
            running.put(key, job);
            worker.execute(() -> {
                job.run();
                synchronized (running) {
                    running.remove(key, job);
                }
            });
            return job;
        }
    }

    /** The job at this work, when one is running or waiting. */
    public Optional<Job<T>> find(Object key) {
        synchronized (running) {
            return Optional.ofNullable(running.get(key));
        }
    }

    /** Where all jobs are, in the order of asking. */
    public List<JobState> states() {
        synchronized (running) {
            return running.values().stream().map(Job::state).toList();
        }
    }

    /** Cancels everything. */
    @Override
    public void close() {
        synchronized (running) {
            running.values().forEach(Job::cancel);
        }
        worker.shutdown();
    }
}
