package org.stablevideo.problem;

/**
 * A mask is missing, unreadable, or does not fit its clip.
 *
 * @param message what happened, with names and numbers
 * @param remedy the next thing to do
 */
public record MaskInvalid(String message, String remedy) implements Problem {

    @Override
    public String code() {
        return "mask-invalid";
    }
}
