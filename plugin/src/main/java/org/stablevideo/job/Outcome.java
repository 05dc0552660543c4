package org.stablevideo.job;

import org.stablevideo.problem.Problem;

/**
 * How a job ended.
 *
 * @param <T> what it makes
 */
public sealed interface Outcome<T> {

    /**
     * It made what it was asked for.
     *
     * @param value what was made
     */
    record Done<T>(T value) implements Outcome<T> {}

    /** Nobody wanted it any more. */
    record Cancelled<T>() implements Outcome<T> {}

    /**
     * It could not.
     *
     * @param problem what the user can act on
     */
    record Failed<T>(Problem problem) implements Outcome<T> {}
}
