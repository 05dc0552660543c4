package org.stablevideo.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the filter says about a render, from the file that {@code STABLEVIDEO_REPORT} names.
 *
 * @param frames frames of the clip that went through the filter, each counted once
 * @param edited frames that carry the edit
 * @param passed frames passed on because there was nothing to edit
 * @param failed frames that are the source's because something went wrong
 * @param message why, in words for the user; empty when all is well
 */
record RenderReport(int frames, int edited, int passed, int failed, String message) {

    /** Reads the file; empty when the filter wrote none, or not to its end. */
    static Optional<RenderReport> read(Path file) {
        try {
            if (Files.size(file) == 0) {
                return Optional.empty();
            }
            JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            String message = json.has("message") && json.get("message").isJsonPrimitive() ? json.get("message").getAsString() : "";
            return Optional.of(new RenderReport(
                    count(json, "frames"), count(json, "edited"), count(json, "passed"), count(json, "failed"), message));
        } catch (IOException | JsonParseException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    /** Whether every frame is what was asked for. */
    boolean complete() {
        return failed == 0 && edited == frames && frames > 0;
    }

    private static int count(JsonObject json, String name) {
        return json.has(name) ? json.get(name).getAsInt() : 0;
    }
}
