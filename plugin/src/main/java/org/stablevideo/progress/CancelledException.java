package org.stablevideo.progress;

/** The user no longer wants the result; work stops where it is, finished parts stay in the cache. */
public final class CancelledException extends RuntimeException {

    public CancelledException() {
        super("cancelled");
    }
}
