package org.stablevideo.pipeline;

import java.util.Map;
import java.util.OptionalInt;
import org.stablevideo.diffusion.ControlChoice;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.edit.ObjectPrompts;
import org.stablevideo.preset.EffectParameter;
import org.stablevideo.preset.EffectSettings;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;
import org.stablevideo.render.RenderSettings;

/**
 * What the effect is asked for, read from the text that a host or the command line hands over.
 *
 * @param edit what decides the pixels of the edit
 * @param render how it is laid over the shot
 * @param mask path of a matte for the object, or empty
 * @param besideClip whether the finished edit is put beside the clip too
 */
public record EffectRequest(EditRequest edit, RenderSettings render, String mask, boolean besideClip) {

    private static final int LONGEST_PROMPT = 20_000;
    private static final int DRAFT_STEPS = 8;
    private static final int BEST_STEPS = 50;

    /**
     * Reads parameters by their names in {@link EffectParameter}, presets from the standard library.
     *
     * @throws ProblemException for a value out of range or an unknown preset, naming it
     */
    public static EffectRequest read(Map<String, String> parameters) {
        return read(parameters, PresetLibrary.standard());
    }

    /**
     * Reads parameters by their names in {@link EffectParameter}.
     *
     * @param parameters values as text
     * @param presets where the preset is looked up
     * @throws ProblemException for a value out of range or an unknown preset, naming it
     */
    public static EffectRequest read(Map<String, String> parameters, PresetLibrary presets) {
        EffectSettings settings = EffectSettings.of(parameters, presets);
        EditRequest edit = new EditRequest(
                prompt(settings, EffectParameter.FOREGROUND),
                prompt(settings, EffectParameter.BACKGROUND),
                prompt(settings, EffectParameter.NEGATIVE),
                settings.text(EffectParameter.METHOD),
                settings.text(EffectParameter.MODEL),
                seed(settings),
                steps(settings),
                settings.guidance(),
                settings.number(EffectParameter.STRENGTH),
                settings.keyframes(),
                settings.text(EffectParameter.SAMPLER),
                settings.text(EffectParameter.LORA),
                settings.text(EffectParameter.CONTROL),
                settings.number(EffectParameter.ETA));
        ControlChoice.listOf(edit.control());
        if (edit.prompts().count() > ObjectPrompts.MOST) {
            throw new ProblemException(new RequestInvalid(
                    "The foreground has prompts for " + edit.prompts().count() + " objects, with | between them.",
                    "Give at most " + ObjectPrompts.MOST + "; put a | that belongs to a prompt into brackets."));
        }
        RenderSettings render = new RenderSettings(
                settings.number(EffectParameter.LIGHT),
                settings.number(EffectParameter.DETAIL),
                settings.number(EffectParameter.MIX) / 100);
        return new EffectRequest(edit, render, settings.text(EffectParameter.MASK), settings.text(EffectParameter.KEEP).equals("clip"));
    }

    /** The user's seed; where it is to be drawn, the one that was drawn at the last Apply, or none yet. */
    private static long seed(EffectSettings settings) {
        long seed = settings.integer(EffectParameter.SEED);
        return seed < 0 ? AppliedEdit.seedOf(settings.text(EffectParameter.RESULTS)).orElse(seed) : seed;
    }

    /** The same request with a seed that was drawn for it. */
    public EffectRequest withSeed(long drawn) {
        return new EffectRequest(edit.withSeed(drawn), render, mask, besideClip);
    }

    private static OptionalInt steps(EffectSettings settings) {
        if (settings.steps().isPresent()) {
            return settings.steps();
        }
        return switch (settings.text(EffectParameter.QUALITY)) {
            case "draft" -> OptionalInt.of(DRAFT_STEPS);
            case "best" -> OptionalInt.of(BEST_STEPS);
            default -> OptionalInt.empty();
        };
    }

    /** A prompt on one line: hosts and files may bring line breaks. */
    private static String prompt(EffectSettings settings, EffectParameter parameter) {
        String text = settings.text(parameter).replaceAll("\\s+", " ");
        if (text.length() > LONGEST_PROMPT) {
            throw new ProblemException(new RequestInvalid(
                    "The " + parameter.key() + " prompt has " + text.length() + " characters.",
                    "Use at most " + LONGEST_PROMPT + "; a model reads only its first few dozen words."));
        }
        return text;
    }
}
