package org.stablevideo.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A prompt with emphasis, in the way that users know from ComfyUI: {@code (word)} counts 1.1 times, {@code (word:1.3)} as often as it says,
 * brackets inside brackets multiply, {@code \(} is a bracket of the text. Brackets without a partner are text.
 *
 * @param parts pieces of the text, in order
 */
record WeightedText(List<Part> parts) {

    private static final double EMPHASIS = 1.1;

    /**
     * A piece of text.
     *
     * @param text without brackets of emphasis
     * @param weight 1 for plain text
     */
    record Part(String text, double weight) {}

    /** Reads a prompt. */
    static WeightedText of(String prompt) {
        List<Part> parts = new ArrayList<>();
        read(prompt, 1, parts);
        return new WeightedText(List.copyOf(parts));
    }

    private static void read(String text, double weight, List<Part> parts) {
        int plainFrom = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == '(') {
                int end = partner(text, i);
                if (end > 0) {
                    add(text.substring(plainFrom, i), weight, parts);
                    emphasised(text.substring(i + 1, end), weight, parts);
                    plainFrom = end + 1;
                    i = end;
                }
            }
        }
        add(text.substring(plainFrom), weight, parts);
    }

    private static void emphasised(String inside, double weight, List<Part> parts) {
        int colon = inside.lastIndexOf(':');
        if (colon > 0 && inside.substring(colon + 1).strip().matches("[+-]?(\\d{1,6}\\.?\\d{0,9}|\\.\\d{1,9})")) {
            read(inside.substring(0, colon), weight * Double.parseDouble(inside.substring(colon + 1).strip()), parts);
        } else {
            read(inside, weight * EMPHASIS, parts);
        }
    }

    /** Where the bracket that opens at a place closes; -1 where it does not. */
    private static int partner(String text, int open) {
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '(') {
                depth++;
            } else if (c == ')' && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private static void add(String text, double weight, List<Part> parts) {
        String plain = text.replace("\\(", "(").replace("\\)", ")");
        if (!plain.isBlank()) {
            parts.add(new Part(plain, weight));
        }
    }
}
