package org.stablevideo.measure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.stablevideo.frame.Picture;

/**
 * One HTML file about one or several edits of a clip that needs nothing else: table, plots over time, contact sheet, worst moments, and a wipe
 * between any two of them.
 */
public final class MeasurementPage {

    private static final int SHEET_FRAMES = 6;
    private static final int SHEET_WIDTH = 256;
    private static final int WIPE_FRAMES = 12;
    private static final int WIPE_WIDTH = 640;
    private static final int MOMENTS = 4;

    /** Edits beyond this many would share colours. */
    private static final int MOST = 12;

    /**
     * An edit on the page.
     *
     * @param measurement its figures
     * @param frame its frames
     */
    public record Shown(Measurement measurement, IntFunction<Picture> frame) {}

    private final String title;
    private final IntFunction<Picture> source;
    private final List<Shown> edits;
    private final int count;

    /**
     * A page.
     *
     * @param title what was edited
     * @param source frames of the clip
     * @param edits at least one, at most twelve, in order
     */
    public MeasurementPage(String title, IntFunction<Picture> source, List<Shown> edits) {
        if (edits.isEmpty() || edits.size() > MOST) {
            throw new IllegalArgumentException("a page shows 1 to " + MOST + " edits, got " + edits.size());
        }
        this.title = title;
        this.source = source;
        this.edits = List.copyOf(edits);
        this.count = edits.get(0).measurement.frames().size();
    }

    /** The page as text. */
    public String html() {
        List<Measurement> all = edits.stream().map(Shown::measurement).toList();
        return read("page.html")
                .replace("{{title}}", Text.escaped(title))
                .replace("{{clip}}", count + " frames, measured at " + all.get(0).size())
                .replace("{{table}}", ScoreTable.html(all))
                .replace("{{legend}}", legend())
                .replace("{{warp}}", plot("×10⁻³", pair -> ScoreTable.THOUSANDTHS * pair.warp().object(),
                        pair -> ScoreTable.THOUSANDTHS * pair.sourceWarp().object()))
                .replace("{{warpWhole}}", plot("×10⁻³", pair -> ScoreTable.THOUSANDTHS * pair.warp().whole(),
                        pair -> ScoreTable.THOUSANDTHS * pair.sourceWarp().whole()))
                .replace("{{ratio}}", plot("×", Measurement::worseness, pair -> 1))
                .replace("{{flow}}", plot("px", pair -> pair.flow().object(), null))
                .replace("{{flowWhole}}", plot("px", pair -> pair.flow().whole(), null))
                .replace("{{psnr}}", framePlot("dB", FrameScore::psnr))
                .replace("{{ssim}}", framePlot("", FrameScore::ssim))
                .replace("{{impressions}}", impressions())
                .replace("{{sheet}}", sheet())
                .replace("{{moments}}", moments())
                .replace("{{wipe}}", wipe());
    }

    private String legend() {
        StringBuilder out = new StringBuilder("<p class=\"legend\"><span><i class=\"key s0\"></i>source</span>");
        for (int i = 0; i < edits.size(); i++) {
            out.append("<span><i class=\"key s").append(i + 1).append("\"></i>").append(name(i)).append("</span>");
        }
        return out.append("</p>").toString();
    }

    private String name(int edit) {
        return Text.escaped(edits.get(edit).measurement.name());
    }

    private String plot(String unit, ToDoubleFunction<PairScore> of, ToDoubleFunction<PairScore> ofSource) {
        Plot plot = new Plot(unit, true);
        if (ofSource != null) {
            plot.line("source", "s0", edits.get(0).measurement.pairs().stream().mapToDouble(ofSource).toArray());
        }
        for (int i = 0; i < edits.size(); i++) {
            Measurement m = edits.get(i).measurement;
            plot.line(m.name(), "s" + (i + 1), m.pairs().stream().mapToDouble(of).toArray());
        }
        return plot.svg();
    }

    private String framePlot(String unit, ToDoubleFunction<FrameScore> of) {
        Plot plot = new Plot(unit, false);
        for (int i = 0; i < edits.size(); i++) {
            Measurement m = edits.get(i).measurement;
            plot.line(m.name(), "s" + (i + 1), m.frames().stream().mapToDouble(of).toArray());
        }
        return plot.svg();
    }

    /** Plots of what networks say, where there are any. */
    private String impressions() {
        return impression("LPIPS to the source", true, Impression::lpipsSource) + impression("LPIPS to the next frame", true, Impression::lpipsNext)
                + impression("CLIP: cosine to the words", false, Impression::clipPrompt)
                + impression("CLIP: cosine to the next frame", false, Impression::clipNext);
    }

    private String impression(String heading, boolean fromZero, Function<Impression, double[]> of) {
        Plot plot = new Plot("", fromZero);
        boolean any = false;
        for (int i = 0; i < edits.size(); i++) {
            Measurement m = edits.get(i).measurement;
            double[] values = of.apply(m.impression());
            if (values.length > 0) {
                plot.line(m.name(), "s" + (i + 1), values);
                any = true;
            }
        }
        return any ? "<h3>" + heading + "</h3>" + plot.svg() : "";
    }

    private String sheet() {
        int[] frames = spread(SHEET_FRAMES);
        StringBuilder out = new StringBuilder("<div class=\"wide\"><table class=\"sheet\"><tr><th></th>");
        IntStream.of(frames).forEach(t -> out.append("<th>").append(t).append("</th>"));
        out.append("</tr>");
        row(out, "source", source, frames);
        for (int i = 0; i < edits.size(); i++) {
            row(out, name(i), edits.get(i).frame, frames);
        }
        return out.append("</table></div>").toString();
    }

    private static void row(StringBuilder out, String name, IntFunction<Picture> of, int... frames) {
        out.append("<tr><th>").append(name).append("</th>");
        IntStream.of(frames).forEach(t -> out.append("<td><img alt=\"").append(name).append(", frame ").append(t).append("\" src=\"")
                .append(Stills.address(of.apply(t), SHEET_WIDTH)).append("\"></td>"));
        out.append("</tr>\n");
    }

    /** The frames before and after the pairs that pop most, of the first edit. */
    private String moments() {
        StringBuilder out = new StringBuilder("<div class=\"moments\">");
        Shown edit = edits.get(0);
        for (PairScore pair : edit.measurement.worst(MOMENTS)) {
            int t = pair.frame();
            out.append("<figure><img alt=\"frame ").append(t).append("\" src=\"").append(Stills.address(edit.frame.apply(t), SHEET_WIDTH))
                    .append("\"><img alt=\"frame ").append(t + 1).append("\" src=\"").append(Stills.address(edit.frame.apply(t + 1), SHEET_WIDTH))
                    .append("\"><figcaption>").append(name(0)).append(", frames ").append(t).append(" → ").append(t + 1).append(": ")
                    .append(Text.number(Measurement.worseness(pair), 1)).append("× the source</figcaption></figure>");
        }
        return out.append("</div>").toString();
    }

    /** The wipe's pictures as JavaScript: names, frame numbers, and for each clip its pictures. */
    private String wipe() {
        int[] frames = spread(WIPE_FRAMES);
        StringBuilder out = new StringBuilder("const frames=[");
        IntStream.of(frames).forEach(t -> out.append(t).append(','));
        out.append("],clips=[");
        clip(out, "source", source, frames);
        for (Shown edit : edits) {
            clip(out, edit.measurement.name(), edit.frame, frames);
        }
        return out.append("];").toString();
    }

    private static void clip(StringBuilder out, String name, IntFunction<Picture> of, int... frames) {
        out.append("{name:").append(new com.google.gson.JsonPrimitive(name).toString().replace("<", "\\u003c")).append(",pictures:[");
        IntStream.of(frames).forEach(t -> out.append('"').append(Stills.address(of.apply(t), WIPE_WIDTH)).append("\","));
        out.append("]},\n");
    }

    private int[] spread(int wanted) {
        int shown = Math.min(wanted, count);
        return IntStream.range(0, shown).map(i -> shown == 1 ? 0 : Math.round((float) i * (count - 1) / (shown - 1))).toArray();
    }

    private static String read(String resource) {
        try (InputStream in = MeasurementPage.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
