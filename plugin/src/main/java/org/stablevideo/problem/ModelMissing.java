package org.stablevideo.problem;

/**
 * A model that the request names is not installed.
 *
 * @param message what happened, with names and numbers
 * @param remedy the next thing to do
 */
public record ModelMissing(String message, String remedy) implements Problem {

    @Override
    public String code() {
        return "model-missing";
    }
}
