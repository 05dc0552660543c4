package org.stablevideo.measure;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;

/** A measurement as JSON: what was averaged, the worst pairs, then every frame and pair. Values that do not exist are null. */
public final class MeasurementJson {

    private static final int WORST = 8;

    private MeasurementJson() {}

    /** Writes one. */
    public static JsonObject of(Measurement m) {
        JsonObject json = new JsonObject();
        json.addProperty("name", m.name());
        json.addProperty("width", m.size().width());
        json.addProperty("height", m.size().height());
        json.addProperty("frames", m.frames().size());
        json.add("psnr", number(m.psnr()));
        json.add("ssim", number(m.ssim()));
        json.add("iou", number(m.overlap()));
        json.add("flowConsistency", regions(m.flow()));
        json.add("warpError", regions(m.warp()));
        json.add("sourceWarpError", regions(m.sourceWarp()));
        json.add("warpRatio", regions(m.ratio()));
        json.add("pixelMse", regions(m.pixelMse()));
        json.add("lpipsP", number(m.impression().lpipsP()));
        json.add("lpipsT", number(m.impression().lpipsT()));
        json.add("clipScore", number(m.impression().clipScore()));
        json.add("clipImage", number(m.impression().clipImage()));
        json.add("clipFrame", number(m.impression().clipAll()));
        json.addProperty("unsteadyPairs", m.unsteadyPairs());
        JsonArray worst = new JsonArray();
        m.worst(WORST).forEach(pair -> worst.add(pair(pair)));
        json.add("worstPairs", worst);
        JsonArray frames = new JsonArray();
        for (int t = 0; t < m.frames().size(); t++) {
            FrameScore score = m.frames().get(t);
            JsonObject frame = new JsonObject();
            frame.addProperty("frame", t);
            frame.add("psnr", number(score.psnr()));
            frame.add("ssim", number(score.ssim()));
            frame.add("iou", number(score.overlap()));
            frame.add("lpipsP", at(m.impression().lpipsSource(), t));
            frame.add("clipScore", at(m.impression().clipPrompt(), t));
            frames.add(frame);
        }
        json.add("perFrame", frames);
        JsonArray pairs = new JsonArray();
        for (int t = 0; t < m.pairs().size(); t++) {
            JsonObject pair = pair(m.pairs().get(t));
            pair.add("lpipsT", at(m.impression().lpipsNext(), t));
            pair.add("clipImage", at(m.impression().clipNext(), t));
            pairs.add(pair);
        }
        json.add("perPair", pairs);
        return json;
    }

    private static JsonObject pair(PairScore pair) {
        JsonObject json = new JsonObject();
        json.addProperty("frame", pair.frame());
        json.addProperty("next", pair.frame() + 1);
        json.add("flowConsistency", regions(pair.flow()));
        json.add("warpError", regions(pair.warp()));
        json.add("sourceWarpError", regions(pair.sourceWarp()));
        json.add("warpRatio", regions(pair.ratio()));
        json.add("pixelMse", regions(pair.pixelMse()));
        json.add("visible", number(pair.visible()));
        return json;
    }

    private static JsonObject regions(Regions regions) {
        JsonObject json = new JsonObject();
        json.add("whole", number(regions.whole()));
        json.add("object", number(regions.object()));
        return json;
    }

    private static JsonElement at(double[] values, int index) {
        return index < values.length ? number(values[index]) : JsonNull.INSTANCE;
    }

    /** Six significant digits; JSON knows neither infinity nor NaN. */
    private static JsonElement number(double value) {
        return Double.isFinite(value)
                ? new JsonPrimitive(new java.math.BigDecimal(value).round(new java.math.MathContext(6)).doubleValue())
                : JsonNull.INSTANCE;
    }
}
