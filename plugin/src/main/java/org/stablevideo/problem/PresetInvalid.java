package org.stablevideo.problem;

/**
 * A preset is unknown, malformed or cannot be stored.
 *
 * @param message what happened, with names and numbers
 * @param remedy the next thing to do
 */
public record PresetInvalid(String message, String remedy) implements Problem {

    @Override
    public String code() {
        return "preset-invalid";
    }
}
