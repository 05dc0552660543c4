package org.stablevideo.diffusion;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

/**
 * A structure that a painting shall keep, how strongly and when.
 *
 * @param kind edges or depth
 * @param strength factor on what the ControlNet adds, in [0, 2]
 * @param start share of the way from noise to picture at which it begins, in [0, 1)
 * @param end share at which it ends, in (start, 1]
 */
public record ControlChoice(Kind kind, double strength, double start, double end) {

    private static final Pattern ONE = Pattern.compile("(edges|depth)(?::([0-9.]+))?(?:@([0-9.]+)-([0-9.]+))?");

    /** What is kept. */
    public enum Kind {
        /** Lines of the shot. */
        EDGES,
        /** How near things are. */
        DEPTH
    }

    public ControlChoice {
        if (!(strength >= 0 && strength <= 2 && start >= 0 && start < end && end <= 1)) {
            throw new IllegalArgumentException(kind + ":" + strength + "@" + start + "-" + end);
        }
    }

    /**
     * Reads a list such as {@code edges:0.8@0-0.6,depth}; an empty text is an empty list, which leaves it to the model.
     *
     * @throws ProblemException request-invalid for anything else
     */
    public static List<ControlChoice> listOf(String text) {
        List<ControlChoice> choices = new ArrayList<>();
        for (String item : text.toLowerCase(Locale.ROOT).split("[,;\\s]+")) {
            if (!item.isEmpty()) {
                choices.add(one(item));
            }
        }
        return List.copyOf(choices);
    }

    private static ControlChoice one(String item) {
        Matcher matcher = ONE.matcher(item);
        if (matcher.matches()) {
            try {
                return new ControlChoice(
                        Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)), number(matcher.group(2), 1), number(matcher.group(3), 0),
                        number(matcher.group(4), 1));
            } catch (IllegalArgumentException e) {
                // said below, like what does not read at all
            }
        }
        throw new ProblemException(new RequestInvalid(
                "“" + item + "” is no structure to keep.",
                "Write edges or depth, with a strength from 0 to 2 and from when to when if you like: edges:0.8@0-0.6,depth."));
    }

    private static double number(String text, double otherwise) {
        return text == null ? otherwise : Double.parseDouble(text);
    }

    /** Whether it counts at a timestep: 999 is all noise, 0 the picture. */
    boolean isAt(int timestep) {
        double way = 1 - (timestep + 1.0) / NoiseSchedule.TIMESTEPS;
        return way >= start && (way < end || end == 1);
    }
}
