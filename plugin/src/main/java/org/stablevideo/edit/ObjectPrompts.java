package org.stablevideo.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * What each object of a clip should become, front to back or in the order of their masks: {@code a red car | a blue bus}. A {@code |} within
 * brackets belongs to the prompt.
 *
 * @param each one prompt an object, without blanks around it; empty leaves that object as it is
 */
public record ObjectPrompts(List<String> each) {

    /** Objects that an edit can tell apart. */
    public static final int MOST = 8;

    private static final String OPENING = "([{";
    private static final String CLOSING = ")]}";

    public ObjectPrompts {
        each = List.copyOf(each);
    }

    /** Reads a text; one without {@code |} is one prompt. */
    public static ObjectPrompts of(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (OPENING.indexOf(c) >= 0) {
                depth++;
            } else if (CLOSING.indexOf(c) >= 0) {
                depth = Math.max(0, depth - 1);
            } else if (c == '|' && depth == 0) {
                parts.add(text.substring(from, i).strip());
                from = i + 1;
            }
        }
        parts.add(text.substring(from).strip());
        return new ObjectPrompts(parts);
    }

    /** Number of objects that are spoken of, at least 1. */
    public int count() {
        return each.size();
    }

    /** The prompt of an object; empty for one that is not spoken of. */
    public String of(int object) {
        return object < each.size() ? each.get(object) : "";
    }

    /** Whether an object is to be changed. */
    public boolean changes(int object) {
        return !of(object).isEmpty();
    }

    /** Whether any object is to be changed. */
    public boolean changes() {
        return IntStream.range(0, count()).anyMatch(this::changes);
    }

    /** The objects that are to be changed, in order. */
    public List<Integer> changed() {
        return IntStream.range(0, count()).filter(this::changes).boxed().toList();
    }

    /** The prompts of some objects; the others are left as they are. */
    ObjectPrompts only(IntPredicate kept) {
        return new ObjectPrompts(IntStream.range(0, count()).mapToObj(i -> kept.test(i) ? of(i) : "").toList());
    }

    /** As a text that {@link #of(String)} reads. */
    String text() {
        return String.join(" | ", each).strip();
    }
}
