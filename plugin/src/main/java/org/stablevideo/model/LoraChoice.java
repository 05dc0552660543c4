package org.stablevideo.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

/**
 * A LoRA that a user wants, and how strongly.
 *
 * @param name a name as for {@link ModelStore#find(String)}
 * @param weight 1 as it was trained; may be negative
 */
public record LoraChoice(String name, double weight) {

    private static final double MOST = 10;

    /**
     * Reads a list such as {@code film:0.8,lcm}; {@code <lora:film:0.8>} is read too.
     *
     * @throws ProblemException request-invalid for a weight that is none
     */
    public static List<LoraChoice> listOf(String text) {
        List<LoraChoice> choices = new ArrayList<>();
        for (String item : text.replace("<lora:", ",").replace(">", ",").split("[,;]")) {
            String one = item.strip();
            int colon = one.lastIndexOf(':');
            if (one.isEmpty()) {
                continue;
            }
            choices.add(colon < 0 ? new LoraChoice(one, 1) : new LoraChoice(one.substring(0, colon).strip(), weight(one, colon)));
        }
        return List.copyOf(choices);
    }

    private static double weight(String one, int colon) {
        try {
            double weight = Double.parseDouble(one.substring(colon + 1).strip());
            if (Math.abs(weight) <= MOST) {
                return weight;
            }
        } catch (NumberFormatException e) {
            // said below, like a number out of range
        }
        throw new ProblemException(new RequestInvalid(
                "“" + one + "” is no LoRA with its weight.", "Write the name, a colon and a number from -10 to 10, such as film:0.8."));
    }

    /** Whether a file's name says that it is a latent consistency LoRA. */
    static boolean isConsistency(Path file) {
        return name(file).contains("lcm");
    }

    /** Whether a file's name says that it is one of Hyper-SD, for eight steps with guidance. */
    static boolean isHyper(Path file) {
        return name(file).contains("hyper-sd15-8steps-cfg");
    }

    private static String name(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT);
    }
}
