package org.stablevideo.progress;

import java.util.function.UnaryOperator;

/**
 * Hears how far a long piece of work is and says whether it is still wanted. Implementations are safe for any thread; workers call
 * {@link #report} at least a few times a second and stop when {@link CancelledException} comes back.
 */
@FunctionalInterface
public interface Progress {

    /** Hears nothing and never cancels. */
    Progress NONE = (stage, fraction) -> {};

    /**
     * Tells how far the work is.
     *
     * @param stage what is being done, for a person: {@code "tracking motion"}
     * @param fraction done share of the whole work, in [0, 1], never falling within one piece of work
     * @throws CancelledException when the result is no longer wanted
     */
    void report(String stage, double fraction);

    /**
     * A view for a part of this work: its 0…1 becomes {@code from}…{@code to} here.
     *
     * @param from share done when the part begins, in [0, 1]
     * @param to share done when the part ends, in [from, 1]
     */
    default Progress part(double from, double to) {
        if (!(from >= 0 && to >= from && to <= 1)) {
            throw new IllegalArgumentException("part must satisfy 0 <= from <= to <= 1, got " + from + ".." + to);
        }
        return through((stage, fraction) -> report(stage, from + (to - from) * Math.min(1, Math.max(0, fraction))));
    }

    /**
     * The same work under another name: stages are told as {@code name} says.
     *
     * @param name the stage to tell, from the one that the part tells
     */
    default Progress renamed(UnaryOperator<String> name) {
        return through((stage, fraction) -> report(name.apply(stage), fraction));
    }

    /** This, hearing reports by way of {@code reports} and everything else itself. */
    private Progress through(Progress reports) {
        Progress plain = this;
        return new Progress() {
            @Override
            public void report(String stage, double fraction) {
                reports.report(stage, fraction);
            }

            @Override
            public void note(String sentence) {
                plain.note(sentence);
            }

            @Override
            public void warn(String sentence) {
                plain.warn(sentence);
            }
        };
    }

    /**
     * Tells something about the work as a whole: how long it will take, that it goes on with less.
     *
     * @param sentence for a person, without full stop
     */
    default void note(String sentence) {}

    /**
     * Tells what is weak about the result although the work goes on; outlives the work, where a note is replaced by the next.
     *
     * @param sentence for a person, with what to do about it
     */
    default void warn(String sentence) {
        note(sentence);
    }
}
