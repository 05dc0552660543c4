package org.stablevideo.preset;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.stablevideo.problem.PresetInvalid;
import org.stablevideo.problem.ProblemException;

/**
 * The preset menu of our effect in Kdenlive: {@code [{"Title": [{"name": "foreground", "value": "…"}, …]}, …]}. What the user saved there under other
 * titles than ours stays, and can be read.
 *
 * @param file {@code kdenlive/effects/presets/stablevideo.json} in the user's data folder; need not exist
 */
public record KdenlivePresets(Path file) {

    /** A value that Kdenlive keeps as an animation with one key: {@code 0=100}. */
    private static final Pattern ONE_KEY = Pattern.compile("[\\d:.]+[|~]?=([^;=]*)");

    private static final int LONGEST_ID = 64;

    /**
     * What is in the menu besides some titles, by id: the title in lower case with hyphens. Values that no preset can hold, such as keyframes, and those
     * that were not touched are left out.
     *
     * @param others titles to leave out
     * @param base gives the values of a preset that an entry builds on, by its id
     * @throws ProblemException with {@link PresetInvalid} when the file cannot be read
     */
    Map<String, Preset> read(Set<String> others, Function<String, Map<EffectParameter, String>> base) {
        Map<String, Preset> presets = new LinkedHashMap<>();
        for (JsonElement element : menu()) {
            if (!element.isJsonObject()) {
                continue;
            }
            for (Map.Entry<String, JsonElement> entry : element.getAsJsonObject().entrySet()) {
                if (!others.contains(entry.getKey()) && entry.getValue().isJsonArray()) {
                    String id = idOf(entry.getKey());
                    presets.put(id, new Preset(id, entry.getKey(), "", values(entry.getValue().getAsJsonArray(), base)));
                }
            }
        }
        return presets;
    }

    private static Map<EffectParameter, String> values(JsonArray entry, Function<String, Map<EffectParameter, String>> base) {
        Map<EffectParameter, String> own = new EnumMap<>(EffectParameter.class);
        Map<EffectParameter, String> all = new EnumMap<>(EffectParameter.class);
        for (JsonElement element : entry) {
            JsonObject field = element.isJsonObject() ? element.getAsJsonObject() : new JsonObject();
            if (!field.has("name") || !field.has("value") || !field.get("value").isJsonPrimitive()) {
                continue;
            }
            String text = text(field.get("value"));
            EffectParameter.named(field.get("name").getAsString()).ifPresent(parameter -> {
                if (parameter == EffectParameter.PRESET && !text.isBlank()) {
                    all.putAll(base.apply(text));
                } else if (parameter.presettable() && isTouched(parameter, text)) {
                    own.put(parameter, text);
                }
            });
        }
        all.putAll(own);
        return all;
    }

    private static String text(JsonElement value) {
        String text = value.getAsJsonPrimitive().isNumber() ? value.getAsBigDecimal().stripTrailingZeros().toPlainString() : HostText.decode(value.getAsString());
        Matcher oneKey = ONE_KEY.matcher(text);
        return oneKey.matches() ? oneKey.group(1) : text;
    }

    private static boolean isTouched(EffectParameter parameter, String text) {
        try {
            return !text.isBlank() && !parameter.isDefault(parameter.check(text));
        } catch (ProblemException e) {
            return false;
        }
    }

    private static String idOf(String title) {
        String plain = Normalizer.normalize(title, Normalizer.Form.NFKD).replaceAll("\\p{M}", "").toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String id = plain.substring(0, Math.min(LONGEST_ID, plain.length())).replaceAll("^-|-$", "");
        return id.isEmpty() ? "preset-" + Integer.toHexString(title.hashCode()) : id;
    }

    /**
     * Adds presets under their titles, replacing those of the same title.
     *
     * @throws ProblemException with {@link PresetInvalid} when the file cannot be read or written
     */
    public void put(List<Preset> presets) {
        JsonArray menu = without(presets.stream().map(Preset::title).collect(Collectors.toSet()));
        for (Preset preset : presets) {
            JsonObject entry = new JsonObject();
            entry.add(preset.title(), values(preset));
            menu.add(entry);
        }
        write(menu);
    }

    /**
     * Takes presets out by their titles.
     *
     * @throws ProblemException with {@link PresetInvalid} when the file cannot be read or written
     */
    public void drop(Set<String> titles) {
        JsonArray rest = without(titles);
        if (!rest.isEmpty()) {
            write(rest);
            return;
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw PresetFiles.cannot("delete", file, e);
        }
    }

    private JsonArray without(Set<String> titles) {
        JsonArray rest = new JsonArray();
        for (JsonElement entry : menu()) {
            if (!entry.isJsonObject() || !titles.containsAll(entry.getAsJsonObject().keySet())) {
                rest.add(entry);
            }
        }
        return rest;
    }

    private JsonArray menu() {
        if (!Files.exists(file)) {
            return new JsonArray();
        }
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonArray();
        } catch (JsonParseException | IllegalStateException e) {
            throw new ProblemException(new PresetInvalid("Kdenlive's presets in " + file + " cannot be read.", "Move the file away and run setup again."), e);
        } catch (IOException e) {
            throw PresetFiles.cannot("read", file, e);
        }
    }

    private void write(JsonArray menu) {
        PresetFiles.write(file, new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(menu) + "\n");
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
