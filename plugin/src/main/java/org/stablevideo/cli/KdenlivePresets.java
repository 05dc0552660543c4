package org.stablevideo.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.stablevideo.preset.EffectParameter;
import org.stablevideo.preset.Preset;
import org.stablevideo.problem.PresetInvalid;
import org.stablevideo.problem.ProblemException;

/**
 * The preset menu of our effect in Kdenlive: {@code [{"Title": [{"name": "foreground", "value": "…"}, …]}, …]}. What the user saved there under other
 * titles stays.
 *
 * @param file {@code kdenlive/effects/presets/stablevideo.json}
 */
record KdenlivePresets(Path file) {

    /** Adds presets under their titles, replacing those of the same title. */
    void put(List<Preset> presets) throws IOException {
        JsonArray menu = without(presets);
        for (Preset preset : presets) {
            JsonObject entry = new JsonObject();
            entry.add(preset.title(), values(preset));
            menu.add(entry);
        }
        write(menu);
    }

    /** Takes presets out by their titles. */
    void drop(List<Preset> presets) throws IOException {
        JsonArray rest = without(presets);
        if (rest.isEmpty()) {
            Files.delete(file);
        } else {
            write(rest);
        }
    }

    private JsonArray without(List<Preset> presets) throws IOException {
        Set<String> titles = presets.stream().map(Preset::title).collect(Collectors.toSet());
        JsonArray rest = new JsonArray();
        for (JsonElement entry : read()) {
            if (!entry.isJsonObject() || !titles.containsAll(entry.getAsJsonObject().keySet())) {
                rest.add(entry);
            }
        }
        return rest;
    }

    private JsonArray read() throws IOException {
        if (!Files.exists(file)) {
            return new JsonArray();
        }
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonArray();
        } catch (JsonParseException | IllegalStateException e) {
            throw new ProblemException(
                    new PresetInvalid("Kdenlive's presets in " + file + " cannot be read.", "Move the file away and run setup again."), e);
        }
    }

    private void write(JsonArray menu) throws IOException {
        UserSetup.replace(file, new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(menu) + "\n");
    }

    /** A menu entry sets every prompt, so that one preset does not leave the words of another behind. */
    private static JsonArray values(Preset preset) {
        JsonArray values = new JsonArray();
        for (EffectParameter prompt : List.of(EffectParameter.FOREGROUND, EffectParameter.BACKGROUND, EffectParameter.NEGATIVE)) {
            values.add(value(prompt.key(), preset.values().getOrDefault(prompt, "")));
        }
        for (Map.Entry<EffectParameter, String> entry : preset.values().entrySet()) {
            if (entry.getKey().kind() != EffectParameter.Kind.TEXT || entry.getKey() == EffectParameter.MODEL) {
                values.add(value(entry.getKey().key(), entry.getValue()));
            }
        }
        return values;
    }

    private static JsonObject value(String name, String text) {
        JsonObject value = new JsonObject();
        value.addProperty("name", name);
        value.addProperty("value", text);
        return value;
    }
}
