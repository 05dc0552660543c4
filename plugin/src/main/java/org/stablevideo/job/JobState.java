package org.stablevideo.job;

/**
 * How far a job is.
 *
 * @param stage what is being done, for a person
 * @param fraction done share of the whole, in [0, 1]
 */
public record JobState(String stage, double fraction) {

    /** Such as {@code "tracking motion 34 %"}. */
    public String text() {
        return stage + " " + Math.round(fraction * 100) + " %";
    }
}
