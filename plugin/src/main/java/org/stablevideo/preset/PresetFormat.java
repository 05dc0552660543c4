package org.stablevideo.preset;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.stablevideo.problem.PresetInvalid;
import org.stablevideo.problem.ProblemException;

/** A preset as JSON, as {@code presets/preset.schema.json} describes it. */
final class PresetFormat {

    /** Value of the field {@code schema}: the version of the format. */
    static final int SCHEMA = 1;

    private static final Set<String> HEAD = Set.of("$schema", "schema", "id", "title", "description");
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private PresetFormat() {}

    /**
     * Reads one preset.
     *
     * @param json the text
     * @param source name of the file, for messages
     * @throws ProblemException with {@link PresetInvalid} naming the source, the field and the likeliest meaning
     */
    static Preset parse(String json, String source) {
        JsonObject object = object(json, source);
        double schema = schemaOf(object, source);
        if (schema != SCHEMA) {
            throw invalid(source, "has schema " + trimmed(schema) + ", this version reads " + SCHEMA, "Update StableVideo, or save the preset anew");
        }
        String id = text(object, "id", true, source);
        if (!id.matches(Preset.ID_PATTERN)) {
            throw invalid(source, "has the id “" + id + "”", "Use lower case letters, digits and hyphens in field id");
        }
        Map<EffectParameter, String> values = new EnumMap<>(EffectParameter.class);
        for (Map.Entry<String, JsonElement> field : object.entrySet()) {
            if (!HEAD.contains(field.getKey())) {
                EffectParameter parameter = parameter(field.getKey(), source);
                values.put(parameter, value(parameter, field.getValue(), source));
            }
        }
        return new Preset(id, text(object, "title", true, source), text(object, "description", false, source), values);
    }

    /** Writes one preset, with a line feed at the end. */
    static String print(Preset preset) {
        JsonObject object = new JsonObject();
        object.addProperty("schema", SCHEMA);
        object.addProperty("id", preset.id());
        object.addProperty("title", preset.title());
        object.addProperty("description", preset.description());
        preset.values().forEach((parameter, text) -> object.add(parameter.key(), json(parameter, text)));
        return GSON.toJson(object) + "\n";
    }

    private static JsonPrimitive json(EffectParameter parameter, String text) {
        return switch (parameter.kind()) {
            case INTEGER, NUMBER -> new JsonPrimitive(new BigDecimal(text));
            case TEXT, CHOICE, FRAMES -> new JsonPrimitive(text);
        };
    }

    private static JsonObject object(String json, String source) {
        try {
            JsonElement element = JsonParser.parseString(json);
            if (!element.isJsonObject()) {
                throw invalid(source, "holds no JSON object", "Compare it with presets/preset.schema.json");
            }
            return element.getAsJsonObject();
        } catch (JsonParseException e) {
            throw new ProblemException(
                    new PresetInvalid("Preset " + source + " is not JSON: " + firstLine(e) + ".", "Mend or delete the file."), e);
        }
    }

    private static double schemaOf(JsonObject object, String source) {
        JsonElement schema = object.get("schema");
        if (schema == null || !schema.isJsonPrimitive() || !schema.getAsJsonPrimitive().isNumber()) {
            throw invalid(source, "has no field schema with a number", "Add \"schema\": " + SCHEMA);
        }
        return schema.getAsDouble();
    }

    private static EffectParameter parameter(String key, String source) {
        return EffectParameter.named(key)
                .filter(EffectParameter::presettable)
                .orElseThrow(() -> {
                    List<String> known = Stream.concat(
                                    HEAD.stream(),
                                    Arrays.stream(EffectParameter.values())
                                            .filter(EffectParameter::presettable)
                                            .map(EffectParameter::key))
                            .sorted()
                            .collect(Collectors.toList());
                    return invalid(source, "has the field " + key + ", which no preset has", NearNames.didYouMean(key, known));
                });
    }

    private static String value(EffectParameter parameter, JsonElement element, String source) {
        if (!element.isJsonPrimitive()) {
            throw invalid(source, "has a value in field " + parameter.key() + " that is no text or number", "Give " + parameter.expectation());
        }
        String text = element.getAsString();
        try {
            return parameter.check(text);
        } catch (ProblemException e) {
            throw invalid(source, "has “" + text + "” in field " + parameter.key(), "Give " + parameter.expectation());
        }
    }

    private static String text(JsonObject object, String key, boolean needed, String source) {
        JsonElement element = object.get(key);
        if (element == null && !needed) {
            return "";
        }
        if (element == null || !element.isJsonPrimitive() || !element.getAsJsonPrimitive().isString()) {
            throw invalid(source, "has no text in field " + key, "Add \"" + key + "\": \"…\"");
        }
        String text = element.getAsString();
        if (needed && text.isBlank()) {
            throw invalid(source, "has nothing in field " + key, "Give it a name");
        }
        return text;
    }

    private static ProblemException invalid(String source, String what, String remedy) {
        return new ProblemException(new PresetInvalid("Preset " + source + " " + what + ".", remedy + "."));
    }

    private static String trimmed(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static String firstLine(Exception e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return message.lines().findFirst().orElse("").replaceFirst("^.*Exception: ", "");
    }
}
