package org.stablevideo.measure;

import java.util.List;
import java.util.function.Function;

/** The figures of several edits side by side, the same in the terminal, in Markdown and on the page. */
public final class ScoreTable {

    /**
     * A column.
     *
     * @param title short name, with the unit
     * @param lower whether less is better
     */
    record Column(String title, boolean lower, Function<Measurement, Double> value, int decimals) {}

    /** Warp errors are small: papers give thousandths. */
    static final double THOUSANDTHS = 1000;

    static final List<Column> COLUMNS = List.of(
            new Column("warp error, object ×10⁻³", true, m -> THOUSANDTHS * m.warp().object(), 3),
            new Column("× source, object", true, m -> m.ratio().object(), 2),
            new Column("warp error, frame ×10⁻³", true, m -> THOUSANDTHS * m.warp().whole(), 3),
            new Column("× source, frame", true, m -> m.ratio().whole(), 2),
            new Column("pairs > 1.5×", true, m -> (double) m.unsteadyPairs(), 0),
            new Column("worst pair ×", true, m -> m.worst(1).stream().mapToDouble(Measurement::worseness).max().orElse(Double.NaN), 1),
            new Column("flow consistency, object px", true, m -> m.flow().object(), 2),
            new Column("flow consistency, frame px", true, m -> m.flow().whole(), 2),
            new Column("Pixel-MSE", true, m -> m.pixelMse().whole(), 1),
            new Column("PSNR dB", false, Measurement::psnr, 2),
            new Column("SSIM", false, Measurement::ssim, 4),
            new Column("matte IoU", false, Measurement::overlap, 3),
            new Column("LPIPS-P", true, m -> m.impression().lpipsP(), 4),
            new Column("LPIPS-T", true, m -> m.impression().lpipsT(), 4),
            new Column("CLIP score", false, m -> m.impression().clipScore(), 4),
            new Column("CLIP-Image", false, m -> m.impression().clipImage(), 4),
            new Column("CLIP-frame", false, m -> m.impression().clipAll(), 4));

    private ScoreTable() {}

    /** Columns in which some edit has a value. */
    private static List<Column> filled(List<Measurement> edits) {
        return COLUMNS.stream().filter(column -> edits.stream().anyMatch(m -> Double.isFinite(column.value.apply(m)))).toList();
    }

    /** As Markdown, one row an edit. */
    public static String markdown(List<Measurement> edits) {
        List<Column> columns = filled(edits);
        StringBuilder out = new StringBuilder("| |");
        columns.forEach(column -> out.append(' ').append(column.title).append(" |"));
        out.append("\n|---|").append("---:|".repeat(columns.size())).append('\n');
        for (Measurement m : edits) {
            out.append("| ").append(m.name()).append(" |");
            columns.forEach(column -> out.append(' ').append(Text.number(column.value.apply(m), column.decimals)).append(" |"));
            out.append('\n');
        }
        return out.toString();
    }

    /** For a terminal: one line a figure, one column an edit. */
    public static String lines(List<Measurement> edits) {
        StringBuilder out = new StringBuilder();
        int width = Math.max(10, edits.stream().mapToInt(m -> m.name().length()).max().orElse(0) + 2);
        if (edits.size() > 1) {
            out.append(" ".repeat(30));
            edits.forEach(m -> out.append(" ".repeat(width - m.name().length())).append(m.name()));
            out.append('\n');
        }
        for (Column column : filled(edits)) {
            out.append(column.title).append(" ".repeat(30 - column.title.length()));
            edits.forEach(m -> {
                String value = Text.number(column.value.apply(m), column.decimals);
                out.append(" ".repeat(Math.max(1, width - value.length()))).append(value);
            });
            out.append('\n');
        }
        return out.toString();
    }

    /** As HTML, one row an edit, the best value of each column marked. */
    static String html(List<Measurement> edits) {
        List<Column> columns = filled(edits);
        StringBuilder out = new StringBuilder("<div class=\"wide\"><table><tr><th></th>");
        columns.forEach(column -> out.append("<th>").append(column.title).append("</th>"));
        out.append("</tr>\n");
        for (int i = 0; i < edits.size(); i++) {
            Measurement m = edits.get(i);
            out.append("<tr><td><i class=\"key s").append(i + 1).append("\"></i>").append(Text.escaped(m.name())).append("</td>");
            for (Column column : columns) {
                double value = column.value.apply(m);
                boolean best = edits.size() > 1 && Double.isFinite(value)
                        && edits.stream().mapToDouble(column.value::apply).filter(Double::isFinite).allMatch(
                                other -> column.lower ? value <= other : value >= other);
                out.append(best ? "<td class=\"best\">" : "<td>").append(Text.number(value, column.decimals)).append("</td>");
            }
            out.append("</tr>\n");
        }
        return out.append("</table></div>").toString();
    }
}
