package org.stablevideo.problem;

/**
 * An edit file is corrupt, of another version, or does not belong to the clip.
 *
 * @param message what happened, with names and numbers
 * @param remedy the next thing to do
 */
public record EditInvalid(String message, String remedy) implements Problem {

    @Override
    public String code() {
        return "edit-invalid";
    }
}
