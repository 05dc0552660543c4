package org.stablevideo.problem;

/**
 * A program of the host (melt, its modules) is not installed.
 *
 * @param message what happened, with names and numbers
 * @param remedy the next thing to do
 */
public record HostMissing(String message, String remedy) implements Problem {

    @Override
    public String code() {
        return "host-missing";
    }
}
