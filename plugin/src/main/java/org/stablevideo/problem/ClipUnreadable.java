package org.stablevideo.problem;

/**
 * A clip is missing, has no pictures, or changed while it was read.
 *
 * @param message what happened, with names and numbers
 * @param remedy the next thing to do
 */
public record ClipUnreadable(String message, String remedy) implements Problem {

    @Override
    public String code() {
        return "clip-unreadable";
    }
}
