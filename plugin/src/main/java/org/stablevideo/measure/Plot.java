package org.stablevideo.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A line chart over the frames of a clip, as SVG that stands in a page; colours are the page's own. Missing values leave gaps. */
final class Plot {

    private static final int WIDTH = 860;
    private static final int HEIGHT = 220;
    private static final int LEFT = 56;
    private static final int BOTTOM = 26;
    private static final int TOP = 10;
    private static final int RIGHT = 12;
    private static final int MOST_TICKS = 5;

    /**
     * A line.
     *
     * @param name for the tooltip
     * @param style class of the page that colours it
     * @param values one a frame; NaN and infinite ones are left out
     */
    record Line(String name, String style, double[] values) {}

    private final List<Line> lines = new ArrayList<>();
    private final String unit;
    private final boolean fromZero;

    /**
     * An empty chart.
     *
     * @param unit what the values are, for the tooltip
     * @param fromZero whether the axis begins at 0
     */
    Plot(String unit, boolean fromZero) {
        this.unit = unit;
        this.fromZero = fromZero;
    }

    Plot line(String name, String style, double[] values) {
        lines.add(new Line(name, style, values));
        return this;
    }

    /** The chart; a sentence instead where there is nothing to draw. */
    String svg() {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        int count = 0;
        for (Line line : lines) {
            count = Math.max(count, line.values.length);
            for (double value : line.values) {
                if (Double.isFinite(value)) {
                    low = Math.min(low, value);
                    high = Math.max(high, value);
                }
            }
        }
        if (low > high) {
            return "<p class=\"none\">No values.</p>";
        }
        if (fromZero) {
            low = Math.min(0, low);
        }
        double step = step((high - low) / MOST_TICKS);
        low = Math.floor(low / step) * step;
        high = Math.max(low + step, Math.ceil(high / step) * step);
        StringBuilder svg = new StringBuilder(String.format("<svg viewBox=\"0 0 %d %d\" role=\"img\">", WIDTH, HEIGHT));
        for (int i = 0; low + i * step <= high + step / 2; i++) {
            double value = low + i * step;
            double y = y(value, low, high);
            svg.append(format("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, WIDTH - RIGHT, y, y));
            svg.append(format("<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 8, y + 4, number(value)));
        }
        double frames = Math.max(1, step(Math.max(1, count - 1) / 10.0));
        for (double t = 0; t < count; t += Math.max(1, Math.round(frames))) {
            svg.append(format("<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>", x(t, count), HEIGHT - 6, t));
        }
        for (Line line : lines) {
            draw(svg, line, count, low, high);
        }
        return svg.append("</svg>").toString();
    }

    private void draw(StringBuilder svg, Line line, int count, double low, double high) {
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        for (int t = 0; t < line.values.length; t++) {
            if (Double.isFinite(line.values[t])) {
                path.append(format(pen ? "L%.1f %.1f" : "M%.1f %.1f", x(t, count), y(line.values[t], low, high)));
            }
            pen = Double.isFinite(line.values[t]);
        }
        svg.append("<path class=\"line ").append(line.style).append("\" d=\"").append(path).append("\"/>");
        for (int t = 0; t < line.values.length; t++) {
            if (Double.isFinite(line.values[t])) {
                svg.append(format(
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"6\" class=\"spot %s\"><title>%s, frame %d: %s %s</title></circle>",
                        x(t, count), y(line.values[t], low, high), line.style, Text.escaped(line.name), t, number(line.values[t]), unit));
            }
        }
    }

    private static double x(double t, int count) {
        return LEFT + t / Math.max(1, count - 1) * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double value, double low, double high) {
        return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - BOTTOM - TOP);
    }

    /** The next of 1, 2, 5 times a power of ten. */
    private static double step(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(1e-12, least))));
        double share = least / power;
        return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
    }

    private static String number(double value) {
        return Math.abs(value) >= 100 ? format("%.0f", value) : String.valueOf(Double.parseDouble(format("%.3g", value))).replaceFirst("\\.0$", "");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
