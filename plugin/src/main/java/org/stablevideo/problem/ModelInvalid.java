package org.stablevideo.problem;

/**
 * A model file is truncated, corrupt or of a kind that cannot be used.
 *
 * @param message what happened, with names and numbers
 * @param remedy the next thing to do
 */
public record ModelInvalid(String message, String remedy) implements Problem {

    @Override
    public String code() {
        return "model-invalid";
    }
}
