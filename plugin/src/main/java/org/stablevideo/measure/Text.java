package org.stablevideo.measure;

import java.util.Locale;

/** Text of pages and tables. */
final class Text {

    private Text() {}

    /** Text that stands in HTML, between tags or in an attribute. */
    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    /** A number with so many decimals; a dash where there is none. */
    static String number(double value, int decimals) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + decimals + "f", value) : "–";
    }
}
