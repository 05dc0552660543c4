package org.stablevideo.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;
import org.stablevideo.render.RenderSettings;

/**
 * The parameters of the effect, read from the text that a host or the command line hands over.
 *
 * @param edit what decides the pixels of the edit
 * @param render how it is laid over the shot
 * @param mask path of a matte for the object, or empty
 */
public record EffectRequest(EditRequest edit, RenderSettings render, String mask) {

    private static final int LONGEST_PROMPT = 20_000;

    /**
     * Reads parameters by their names in the effect (the yml, the Kdenlive panel, the command line). Missing and blank values take the preset's
     * value, then the default; names it does not know are ignored, since hosts add their own.
     *
     * @param parameters values as text; {@code mix} in percent, the other numbers as they are
     * @param presets values of a preset by its id; throws {@link ProblemException} for an unknown one
     * @throws ProblemException with {@link RequestInvalid} naming the parameter, its value and its range
     */
    public static EffectRequest read(Map<String, String> parameters, Function<String, Map<String, String>> presets) {
        Map<String, String> values = new HashMap<>();
        String preset = parameters.getOrDefault("preset", "").strip();
        if (!preset.isEmpty()) {
            values.putAll(presets.apply(preset));
        }
        parameters.forEach((name, value) -> {
            if (value != null && !value.isBlank()) {
                values.put(name, value);
            }
        });
        Reader in = new Reader(values);
        EditRequest edit = new EditRequest(
                in.prompt("foreground"),
                in.prompt("background"),
                in.prompt("negative"),
                in.oneOf("method", "auto", List.of("auto", "atlas")),
                in.text("model", "auto"),
                (long) in.number("seed", 1, 0, Long.MAX_VALUE),
                in.optionalCount("steps", 1, 1000),
                in.optionalNumber("guidance", 1, 50),
                in.number("strength", 0.8, 0.01, 1),
                in.frames("keyframes"));
        RenderSettings render = new RenderSettings(
                in.number("light", RenderSettings.DEFAULT.light(), 0, 1),
                in.number("detail", RenderSettings.DEFAULT.detail(), 0, 1),
                in.number("mix", 100, 0, 100) / 100);
        return new EffectRequest(edit, render, in.text("mask", ""));
    }

    private record Reader(Map<String, String> values) {

        String text(String name, String otherwise) {
            String value = values.get(name);
            return value == null || value.isBlank() ? otherwise : value.strip();
        }

        String prompt(String name) {
            String value = text(name, "").replaceAll("\\s+", " ");
            if (value.length() > LONGEST_PROMPT) {
                throw invalid(name, "of " + value.length() + " characters", "Use at most " + LONGEST_PROMPT + " characters.");
            }
            return value;
        }

        String oneOf(String name, String otherwise, List<String> choices) {
            String value = text(name, otherwise);
            if (!choices.contains(value)) {
                throw invalid(name, "“" + shortened(value) + "”", "Choose one of: " + String.join(", ", choices) + ".");
            }
            return value;
        }

        double number(String name, double otherwise, double least, double most) {
            return optionalNumber(name, least, most).orElse(otherwise);
        }

        OptionalDouble optionalNumber(String name, double least, double most) {
            String value = text(name, "");
            if (value.isEmpty() || value.equals("auto")) {
                return OptionalDouble.empty();
            }
            double number;
            try {
                number = Double.parseDouble(value.replace(',', '.'));
            } catch (NumberFormatException e) {
                throw invalid(name, "“" + shortened(value) + "”", "Give a number from " + plain(least) + " to " + plain(most) + ".");
            }
            if (!(number >= least && number <= most)) {
                throw invalid(name, plain(number), "Give a number from " + plain(least) + " to " + plain(most) + ".");
            }
            return OptionalDouble.of(number);
        }

        OptionalInt optionalCount(String name, int least, int most) {
            OptionalDouble number = optionalNumber(name, 0, most);
            if (number.isEmpty() || number.getAsDouble() == 0) {
                return OptionalInt.empty();
            }
            if (number.getAsDouble() != Math.rint(number.getAsDouble()) || number.getAsDouble() < least) {
                throw invalid(name, plain(number.getAsDouble()), "Give a whole number from " + least + " to " + most + ".");
            }
            return OptionalInt.of((int) number.getAsDouble());
        }

        List<Integer> frames(String name) {
            String value = text(name, "auto");
            List<Integer> frames = new ArrayList<>();
            if (value.equals("auto")) {
                return frames;
            }
            for (String part : value.split("[,;\\s]+")) {
                try {
                    frames.add(Integer.parseUnsignedInt(part));
                } catch (NumberFormatException e) {
                    throw invalid(name, "“" + shortened(value) + "”", "Give “auto” or frame numbers such as 10, 40, 70.");
                }
            }
            return frames;
        }

        private static ProblemException invalid(String name, String value, String remedy) {
            return new ProblemException(new RequestInvalid("The parameter “" + name + "” cannot be " + value + ".", remedy));
        }

        private static String shortened(String value) {
            return value.length() <= 40 ? value : value.substring(0, 40) + "…";
        }

        private static String plain(double number) {
            return number == Math.rint(number) && Math.abs(number) < 1e15 ? Long.toString((long) number) : Double.toString(number);
        }
    }
}
