package org.stablevideo.preset;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A named look.
 *
 * @param id name for programs: lower case letters, digits and hyphens
 * @param title name for people
 * @param description one sentence, or empty
 * @param values what it sets, checked; holds only parameters that are {@link EffectParameter#presettable}
 */
public record Preset(String id, String title, String description, Map<EffectParameter, String> values) {

    /** What an id looks like. */
    public static final String ID_PATTERN = "[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?";

    public Preset {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(description, "description");
        if (!id.matches(ID_PATTERN)) {
            throw new IllegalArgumentException("a preset's id has lower case letters, digits and hyphens, got " + id);
        }
        EnumMap<EffectParameter, String> checked = new EnumMap<>(EffectParameter.class);
        values.forEach((parameter, text) -> {
            if (!parameter.presettable()) {
                throw new IllegalArgumentException("a preset cannot hold " + parameter.key());
            }
            checked.put(parameter, parameter.check(text));
        });
        values = Collections.unmodifiableMap(checked);
    }

    /** The same values by the names of the parameters, as the filter's properties would carry them. */
    public Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        values.forEach((parameter, text) -> properties.put(parameter.key(), text));
        return properties;
    }
}
