package org.stablevideo.problem;

/**
 * There is not enough memory for what was asked, not even in small pieces.
 *
 * @param message what happened, with names and numbers
 * @param remedy the next thing to do
 */
public record MemoryShort(String message, String remedy) implements Problem {

    @Override
    public String code() {
        return "memory-short";
    }
}
