package org.stablevideo.problem;

/**
 * The backend cannot be started, died, or speaks another version.
 *
 * @param message what happened, with names and numbers
 * @param remedy the next thing to do
 */
public record BackendGone(String message, String remedy) implements Problem {

    @Override
    public String code() {
        return "backend-gone";
    }
}
