package org.stablevideo.host;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.stablevideo.job.Outcome;
import org.stablevideo.problem.Problem;
import org.stablevideo.problem.ProblemException;

/** What came to nothing, and why, so that it is not begun again for every frame. Safe for any thread. */
final class FailedWorks {

    private static final long STANDS_NS = 20_000_000_000L;
    private static final int REMEMBERED = 1000;

    private record Failure(Problem problem, long at) {}

    private final ConcurrentMap<Object, Failure> failures = new ConcurrentHashMap<>();

    /** Why a work failed the last time it was tried, however long ago. */
    Optional<Problem> of(Object work) {
        return Optional.ofNullable(failures.get(work)).map(Failure::problem);
    }

    /** Throws the problem of a work that failed a moment ago; after that it may be tried again. */
    void refuse(Object work) {
        Failure failure = failures.get(work);
        if (failure != null && System.nanoTime() - failure.at() < STANDS_NS) {
            throw new ProblemException(failure.problem());
        }
    }

    /**
     * Takes down how a work ended.
     *
     * @return whether it is done; false when it was cancelled
     * @throws ProblemException when it failed
     */
    boolean settle(Object work, Outcome<Boolean> outcome) {
        if (outcome instanceof Outcome.Failed<Boolean> failed) {
            if (failures.size() > REMEMBERED) {
                failures.clear();
            }
            failures.put(work, new Failure(failed.problem(), System.nanoTime()));
            throw new ProblemException(failed.problem());
        }
        failures.remove(work);
        return outcome instanceof Outcome.Done<Boolean>;
    }
}
