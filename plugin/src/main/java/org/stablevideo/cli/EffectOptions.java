package org.stablevideo.cli;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.stablevideo.pipeline.AppliedEdit;
import org.stablevideo.preset.EffectParameter;
import org.stablevideo.preset.EffectSettings;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options that every editing command shares: one a row of {@link EffectParameter}, made from that table. */
final class EffectOptions {

    /** Rows that make no sense as an option: a render always waits, and results are written by the effect. */
    private static final Set<EffectParameter> NO_OPTION = EnumSet.of(EffectParameter.WAIT, EffectParameter.RESULTS);

    private final CommandSpec spec;

    private EffectOptions(CommandSpec spec) {
        this.spec = spec;
    }

    /** Adds the options to a command; to be called from the setter of its {@code @Spec}. */
    static EffectOptions addTo(CommandSpec spec) {
        for (EffectParameter parameter : EffectParameter.values()) {
            if (hasOption(parameter)) {
                spec.addOption(option(parameter));
            }
        }
        return new EffectOptions(spec);
    }

    /** Whether the row is an option of the command line. */
    static boolean hasOption(EffectParameter parameter) {
        return !NO_OPTION.contains(parameter);
    }

    /**
     * What was given, by name, checked together with the preset.
     *
     * @throws org.stablevideo.problem.ProblemException when a value or the preset is wrong
     */
    Map<String, String> given(PresetLibrary library) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (EffectParameter parameter : EffectParameter.values()) {
            if (hasOption(parameter)) {
                String text = spec.commandLine().getParseResult().matchedOptionValue(name(parameter), (String) null);
                if (text != null) {
                    properties.put(parameter.key(), text);
                }
            }
        }
        EffectSettings.of(properties, library);
        return properties;
    }

    /**
     * As {@link #given}, for commands that make no sense without an edit. A seed that is to be drawn is drawn, and said on stderr.
     *
     * @throws ProblemException also when nothing is to become anything else
     */
    Map<String, String> edit(PresetLibrary library) {
        Map<String, String> properties = given(library);
        EffectSettings settings = EffectSettings.of(properties, library);
        if (settings.text(EffectParameter.FOREGROUND).isEmpty() && settings.text(EffectParameter.BACKGROUND).isEmpty()) {
            throw new ProblemException(
                    new RequestInvalid("There is nothing to edit.", "Give --foreground, --background or a --preset with one of them."));
        }
        if (settings.integer(EffectParameter.SEED) < 0) {
            long seed = AppliedEdit.draw();
            properties.put(EffectParameter.SEED.key(), Long.toString(seed));
            spec.commandLine().getErr().println("seed " + seed + " was drawn: --seed " + seed + " gives this edit again");
        }
        return properties;
    }

    private static OptionSpec option(EffectParameter parameter) {
        return OptionSpec.builder(name(parameter))
                .type(String.class)
                .paramLabel(label(parameter))
                .description(parameter.help().replace("%", "%%") + suffix(parameter) + ".")
                .build();
    }

    private static String name(EffectParameter parameter) {
        return "--" + parameter.key();
    }

    private static String label(EffectParameter parameter) {
        return switch (parameter.kind()) {
            case TEXT -> "TEXT";
            case CHOICE -> String.join("|", parameter.choices());
            case INTEGER -> "N";
            case NUMBER -> "X";
            case FRAMES -> "FRAMES";
        };
    }

    private static String suffix(EffectParameter parameter) {
        return switch (parameter.kind()) {
            case TEXT, FRAMES -> "";
            case CHOICE -> " (default " + parameter.defaultText() + ")";
            case INTEGER, NUMBER -> " (" + parameter.expectation().replaceFirst("^.* from ", "") + ", default " + parameter.defaultText() + ")";
        };
    }
}
