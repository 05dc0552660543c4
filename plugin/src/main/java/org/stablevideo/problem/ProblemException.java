package org.stablevideo.problem;

import java.util.Objects;

/** Carries a {@link Problem} to whoever can tell the user. */
public final class ProblemException extends RuntimeException {

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        this(problem, null);
    }

    public ProblemException(Problem problem, Throwable cause) {
        super(problem.code() + ": " + problem.sentence(), cause);
        this.problem = Objects.requireNonNull(problem, "problem");
    }

    /** The problem itself; never null. */
    public Problem problem() {
        return problem;
    }
}
