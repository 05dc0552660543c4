package org.stablevideo.problem;

/**
 * A parameter of the request is out of range or contradicts another.
 *
 * @param message what happened, with names and numbers
 * @param remedy the next thing to do
 */
public record RequestInvalid(String message, String remedy) implements Problem {

    @Override
    public String code() {
        return "request-invalid";
    }
}
