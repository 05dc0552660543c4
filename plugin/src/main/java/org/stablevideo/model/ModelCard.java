package org.stablevideo.model;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;

/**
 * What a model file says about itself in its {@code __metadata__}. The keys are {@code prediction}, {@code scaling_factor},
 * {@code text_tokens}, {@code name}, {@code short_side}, {@code long_side}, {@code steps}, {@code guidance},
 * {@code foreground_control}, {@code background_control}, {@code foreground_suffix}, {@code background_suffix}, {@code negative},
 * {@code sampler}, {@code scene_side}, {@code layout} ({@code noise} or {@code scene}) and {@code distilled_guidance}; each may lack.
 * {@code format=stablevideo-pocket} stands for other defaults where they do. Files of that format may say {@code vae_scaling_factor} and
 * {@code sampling_steps} instead, and count their training as {@code steps}, which is not read.
 *
 * @param name the model's short name
 * @param velocity whether its UNet predicts velocity instead of noise
 * @param scale factor from the autoencoder's latents to the UNet's
 * @param textTokens rows of its text features
 * @param shortSide shorter side at which it paints best, in pixels
 * @param longSide longer side of the largest picture that it paints well, in pixels; longer ones are painted with the same area, to twice the shorter side
 * @param steps DDIM steps
 * @param guidance classifier-free guidance scale
 * @param foregroundControl structure strength for objects
 * @param backgroundControl structure strength for backgrounds
 * @param foregroundSuffix added to foreground prompts, or empty
 * @param backgroundSuffix added to background prompts, or empty
 * @param negative negative prompt where the user gives none
 * @param sampler its sampler, by the names of the effect parameter
 * @param sceneSide shorter side at which it paints scenes, in pixels
 * @param laidOut whether it paints scenes from noise that is laid out as the shot is, as suits a model that knows little of layout
 * @param distilledGuidance guidance scale that is in its distilled weights, where it has some
 */
public record ModelCard(
        String name,
        boolean velocity,
        double scale,
        int textTokens,
        int shortSide,
        int longSide,
        int steps,
        double guidance,
        double foregroundControl,
        double backgroundControl,
        String foregroundSuffix,
        String backgroundSuffix,
        String negative,
        String sampler,
        int sceneSide,
        boolean laidOut,
        double distilledGuidance) {

    /** Reads a card; the defaults for what it leaves open are those of Stable Diffusion 1.5, or of the bundled model. */
    public static ModelCard of(Path file, Map<String, String> metadata) {
        Reader card = new Reader(file, metadata);
        String prediction = card.text("prediction", "epsilon");
        if (!prediction.equals("v") && !prediction.equals("epsilon")) {
            throw card.invalid("prediction", prediction);
        }
        boolean pocket = "stablevideo-pocket".equals(metadata.get("format"));
        String layout = card.text("layout", pocket ? "scene" : "noise");
        if (!layout.equals("scene") && !layout.equals("noise")) {
            throw card.invalid("layout", layout);
        }
        boolean early = pocket && !metadata.containsKey("scaling_factor");
        String fileName = file.getFileName().toString();
        int shortSide = (int) card.number("short_side", pocket ? 96 : 512, 16, 4096);
        double guidance = card.number("guidance", pocket ? 4 : 9, 1, 50);
        return new ModelCard(
                card.text("name", fileName.substring(0, Math.max(fileName.lastIndexOf('.'), 1))),
                prediction.equals("v"),
                card.number(early ? "vae_scaling_factor" : "scaling_factor", 0.18215, 1e-4, 1e4),
                (int) card.number("text_tokens", 77, 1, 1024),
                shortSide,
                (int) card.number("long_side", 2 * shortSide, shortSide, 8192),
                (int) card.number(early ? "sampling_steps" : "steps", 20, 1, 1000),
                guidance,
                card.number("foreground_control", 1, 0, 2),
                card.number("background_control", 1, 0, 2),
                card.text("foreground_suffix", ""),
                card.text("background_suffix", ""),
                card.text("negative", ""),
                card.text("sampler", "ddim"),
                (int) card.number("scene_side", pocket ? 2 * shortSide : shortSide, 16, 4096),
                layout.equals("scene"),
                card.number("distilled_guidance", guidance, 1, 50));
    }

    /**
     * The card of a Stable Diffusion 1.5 checkpoint: what the paper's program adds to prompts, and what the file says about its prediction.
     *
     * @param file the checkpoint
     * @param metadata its metadata, perhaps in the way of the Model Specification of Stability AI
     */
    public static ModelCard ofCheckpoint(Path file, Map<String, String> metadata) {
        Map<String, String> said = new HashMap<>(Map.of(
                "long_side", "768",
                "foreground_suffix", "best quality, extremely detailed, no background",
                "background_suffix", "best quality, extremely detailed",
                "negative", "lowres, bad anatomy, bad hands, missing fingers, extra digit, fewer digits, cropped, worst quality, low quality"));
        if (metadata.getOrDefault("modelspec.prediction_type", "").startsWith("v") || metadata.getOrDefault("prediction", "").equals("v")) {
            said.put("prediction", "v");
        }
        return of(file, said);
    }

    /** The same model hurried by a distilled LoRA. */
    public ModelCard hurried(String way, int hurriedSteps, double littleGuidance) {
        return new ModelCard(
                name, velocity, scale, textTokens, shortSide, longSide, hurriedSteps, littleGuidance, foregroundControl, backgroundControl,
                foregroundSuffix, backgroundSuffix, negative, way, sceneSide, laidOut, distilledGuidance);
    }

    private record Reader(Path file, Map<String, String> metadata) {

        String text(String key, String otherwise) {
            return metadata.getOrDefault(key, otherwise);
        }

        double number(String key, double otherwise, double least, double most) {
            String text = metadata.get(key);
            if (text == null) {
                return otherwise;
            }
            try {
                double number = Double.parseDouble(text);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // said below, like a number out of range
            }
            throw invalid(key, text);
        }

        ProblemException invalid(String key, String value) {
            return new ProblemException(new ModelInvalid(
                    "The model file " + file + " says " + key + "=" + value + ", which makes no sense.",
                    "Fetch the file again, or choose the bundled model (model=pocket)."));
        }
    }
}
