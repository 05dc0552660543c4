package org.stablevideo.preset;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * One checked value for every parameter: what the user set, else what the preset says, else the default.
 *
 * @param values a value that reads as its kind demands, for every parameter
 */
public record EffectSettings(Map<EffectParameter, String> values) {

    public EffectSettings {
        EnumMap<EffectParameter, String> all = new EnumMap<>(EffectParameter.class);
        for (EffectParameter parameter : EffectParameter.values()) {
            String text = values.get(parameter);
            all.put(parameter, text == null ? parameter.defaultText() : parameter.check(text));
        }
        values = Collections.unmodifiableMap(all);
    }

    /** Everything at its default: nothing is edited. */
    public static EffectSettings defaults() {
        return new EffectSettings(Map.of());
    }

    /**
     * Reads the properties of the filter. Names outside the table are ignored: hosts add their own. The property {@code preset} names the preset, and a
     * property that is missing, blank or at its default yields to it.
     *
     * @param properties name to text, as the host sends them ({@link HostText} is decoded)
     * @param library where the preset is looked up
     * @throws org.stablevideo.problem.ProblemException with {@link org.stablevideo.problem.RequestInvalid} for a value out of range, or
     *     {@link org.stablevideo.problem.PresetInvalid} for a preset that is unknown or malformed
     */
    public static EffectSettings of(Map<String, String> properties, PresetLibrary library) {
        EnumMap<EffectParameter, String> chosen = new EnumMap<>(EffectParameter.class);
        String name = properties.getOrDefault(EffectParameter.PRESET.key(), "").trim();
        if (!name.isEmpty()) {
            chosen.putAll(library.get(name).values());
        }
        for (EffectParameter parameter : EffectParameter.values()) {
            String text = properties.get(parameter.key());
            if (text == null || text.isBlank()) {
                continue;
            }
            String value = parameter.check(HostText.decode(text));
            if (!chosen.containsKey(parameter) || !parameter.isDefault(value)) {
                chosen.put(parameter, value);
            }
        }
        return new EffectSettings(chosen);
    }

    /** Text of a parameter, trimmed; empty when it is not set and has no default. */
    public String text(EffectParameter parameter) {
        return values.get(parameter).trim();
    }

    /** Value of a {@link EffectParameter.Kind#NUMBER} or {@link EffectParameter.Kind#INTEGER}. */
    public double number(EffectParameter parameter) {
        return Double.parseDouble(text(parameter));
    }

    /** Value of an {@link EffectParameter.Kind#INTEGER}. */
    public long integer(EffectParameter parameter) {
        return Long.parseLong(text(parameter));
    }

    /** Sampling steps; empty takes the model's own. */
    public OptionalInt steps() {
        int steps = (int) integer(EffectParameter.STEPS);
        return steps == 0 ? OptionalInt.empty() : OptionalInt.of(steps);
    }

    /** Guidance scale, at least 1; empty takes the model's own. */
    public OptionalDouble guidance() {
        double guidance = number(EffectParameter.GUIDANCE);
        return guidance == 0 ? OptionalDouble.empty() : OptionalDouble.of(Math.max(1, guidance));
    }

    /** Frames to paint, in the order given, without repeats; empty lets coverage decide. */
    public List<Integer> keyframes() {
        String text = text(EffectParameter.KEYFRAMES);
        if (text.equals("auto")) {
            return List.of();
        }
        return Arrays.stream(text.split("[,;\\s]+")).map(Integer::valueOf).distinct().toList();
    }
}
