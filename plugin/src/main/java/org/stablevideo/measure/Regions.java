package org.stablevideo.measure;

import java.util.Collection;
import java.util.function.ToDoubleFunction;

/**
 * One quantity over the whole frame and over the object alone.
 *
 * @param whole over every pixel that counts; NaN where none does
 * @param object over those of the object; NaN where none does
 */
public record Regions(double whole, double object) {

    /** Means of both over those items that have a value; NaN where none has. */
    static <T> Regions mean(Collection<T> items, java.util.function.Function<T, Regions> of) {
        return new Regions(average(items, item -> of.apply(item).whole), average(items, item -> of.apply(item).object));
    }

    static <T> double average(Collection<T> items, ToDoubleFunction<T> of) {
        return items.stream().mapToDouble(of).filter(value -> !Double.isNaN(value)).average().orElse(Double.NaN);
    }

    /** How many times the other these are. */
    Regions over(Regions other) {
        return new Regions(whole / other.whole, object / other.object);
    }
}
