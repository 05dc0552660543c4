package org.stablevideo.job;

/**
 * How far a job is.
 *
 * @param stage what is being done, for a person
 * @param fraction done share of the whole, in [0, 1]
 * @param note about the work as a whole, such as how long it will take; empty for none
 */
public record JobState(String stage, double fraction, String note) {

    /** Without a note. */
    public JobState(String stage, double fraction) {
        this(stage, fraction, "");
    }

    /** Such as {@code "painting 34 % (this edit: about 4 min, 3.1 GB)"}. */
    public String text() {
        return brief() + (note.isEmpty() ? "" : " (" + note + ")");
    }

    /** Without the note. */
    public String brief() {
        return stage + " " + Math.round(fraction * 100) + " %";
    }
}
