package org.stablevideo.host;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.stablevideo.job.Job;

/**
 * The job that each host process runs through a clip for, kept alive from its first frame to its last: between two frames nobody waits for it. Safe for
 * any thread.
 */
final class AppliedJobs {

    private record Held(Object work, Job<Boolean> job) {}

    private final Map<Integer, Held> held = new HashMap<>();

    /**
     * The job of a session at this work, which is asked for the first time; one at other work is left.
     *
     * @param submit asks for the job
     */
    synchronized Job<Boolean> hold(int session, Object work, Supplier<Job<Boolean>> submit) {
        Held present = held.get(session);
        if (present != null && present.work().equals(work)) {
            return present.job();
        }
        Job<Boolean> job = submit.get();
        held.put(session, new Held(work, job));
        if (present != null) {
            present.job().leave();
        }
        return job;
    }

    /** The session no longer needs its job, which is cancelled unless somebody else waits for it. */
    synchronized void release(int session) {
        Held present = held.remove(session);
        if (present != null) {
            present.job().leave();
        }
    }
}
