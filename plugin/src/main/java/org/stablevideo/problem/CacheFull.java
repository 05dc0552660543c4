package org.stablevideo.problem;

/**
 * The disk that holds the cache is full or cannot be written.
 *
 * @param message what happened, with names and numbers
 * @param remedy the next thing to do
 */
public record CacheFull(String message, String remedy) implements Problem {

    @Override
    public String code() {
        return "cache-full";
    }
}
