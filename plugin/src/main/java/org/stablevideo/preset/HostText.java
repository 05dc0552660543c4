package org.stablevideo.preset;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Text on its way through a property of MLT. MLT reads {@code "…"} as a quotation and {@code @…} as a formula when a property is set, and hosts differ in
 * what they do to line ends; such text travels as {@code pct:} and its URL encoding. Everything else travels as it is.
 */
public final class HostText {

    private static final String MARK = "pct:";

    private HostText() {}

    /** The text as a property may carry it; {@link #decode} gives it back. */
    public static String encode(String text) {
        boolean plain = !text.startsWith("\"")
                && !text.startsWith("@")
                && !text.startsWith(MARK)
                && text.chars().noneMatch(c -> c < ' ');
        return plain ? text : MARK + URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The text that a property means; text without the mark, or with a mark but no valid encoding, is taken as it stands. */
    public static String decode(String property) {
        if (!property.startsWith(MARK)) {
            return property;
        }
        try {
            return URLDecoder.decode(property.substring(MARK.length()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return property;
        }
    }
}
