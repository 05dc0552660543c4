package org.stablevideo.edit;

import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.stablevideo.diffusion.ControlChoice;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

/**
 * Everything that decides the pixels of an edit, as one value: with the atlas id and the model's id it names the edit in the cache.
 *
 * @param foreground prompt for the object, or for several in their order, separated by {@code |}; empty leaves it as it is
 * @param background prompt for the background; empty leaves it as it is
 * @param negative what must not be shown; empty takes the model's own
 * @param method a name of {@link EditMethods}
 * @param model name of the picture model, {@code auto} for the best installed
 * @param seed seed of all noise; negative until one is drawn
 * @param steps sampling steps, empty takes the model's own
 * @param guidance guidance scale, empty takes the model's own
 * @param strength t0 of equations 5–6: how much each next key frame is painted anew, in (0, 1]
 * @param keyframes frames to edit in order of propagation; empty lets coverage decide
 * @param sampler how noise is taken out; {@code auto} takes the model's own
 * @param lora LoRAs with their weights, or empty
 * @param control structures to keep, as for {@link ControlChoice#listOf}; empty takes the model's own
 * @param eta share of fresh noise in each step of DDIM, in [0, 1]
 */
public record EditRequest(
        String foreground,
        String background,
        String negative,
        String method,
        String model,
        long seed,
        OptionalInt steps,
        OptionalDouble guidance,
        double strength,
        List<Integer> keyframes,
        String sampler,
        String lora,
        String control,
        double eta) {

    /** With the model's own sampler, without LoRAs. */
    public EditRequest(
            String foreground,
            String background,
            String negative,
            String method,
            String model,
            long seed,
            OptionalInt steps,
            OptionalDouble guidance,
            double strength,
            List<Integer> keyframes) {
        this(foreground, background, negative, method, model, seed, steps, guidance, strength, keyframes, "auto", "", "", 0);
    }

    public EditRequest {
        Objects.requireNonNull(foreground, "foreground");
        Objects.requireNonNull(background, "background");
        Objects.requireNonNull(negative, "negative");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(sampler, "sampler");
        Objects.requireNonNull(lora, "lora");
        Objects.requireNonNull(control, "control");
        if (!(eta >= 0 && eta <= 1)) {
            throw new IllegalArgumentException("eta must be in [0, 1], got " + eta);
        }
        keyframes = List.copyOf(keyframes);
        if (!(strength > 0 && strength <= 1)) {
            throw new IllegalArgumentException("strength must be in (0, 1], got " + strength);
        }
    }

    /** Whether the seed is still to be drawn: nothing can be made of such a request. */
    public boolean isUndrawn() {
        return seed < 0;
    }

    /** The same request with another seed. */
    public EditRequest withSeed(long other) {
        return new EditRequest(foreground, background, negative, method, model, other, steps, guidance, strength, keyframes, sampler, lora, control, eta);
    }

    /** The same request by another method. */
    public EditRequest withMethod(String other) {
        return new EditRequest(foreground, background, negative, other, model, seed, steps, guidance, strength, keyframes, sampler, lora, control, eta);
    }

    /** The same request with other key frames. */
    public EditRequest withKeyframes(List<Integer> others) {
        return new EditRequest(foreground, background, negative, method, model, seed, steps, guidance, strength, others, sampler, lora, control, eta);
    }

    /** The part of the request that is for some of the objects, and for the background or not; the others are left as they are. */
    EditRequest only(IntPredicate object, boolean withBackground) {
        ObjectPrompts all = prompts();
        return new EditRequest(
                all.only(object).text(), withBackground ? background : "", negative, method, model, seed, steps, guidance, strength, keyframes, sampler,
                lora, control, eta);
    }

    /** What each object should become. */
    public ObjectPrompts prompts() {
        return ObjectPrompts.of(foreground);
    }

    /** Whether any object is to be changed. */
    public boolean changesObject() {
        return prompts().changes();
    }

    /** Whether the background is to be changed. */
    public boolean changesBackground() {
        return !background.isBlank();
    }

    /** Whether anything is to be changed at all. */
    public boolean changesSomething() {
        return changesObject() || changesBackground();
    }

    /**
     * Refuses key frames that a clip does not have.
     *
     * @throws ProblemException with {@link RequestInvalid}
     */
    public void requireKeyframesBelow(int frameCount) {
        for (int frame : keyframes) {
            if (frame < 0 || frame >= frameCount) {
                throw new ProblemException(new RequestInvalid(
                        "Key frame " + frame + " is outside the clip of " + frameCount + " frames.",
                        "Choose key frames from 0 to " + (frameCount - 1) + ", or leave them to coverage (keyframes=auto)."));
            }
        }
    }

    /**
     * Refuses a request for nothing.
     *
     * @throws ProblemException with {@link RequestInvalid} where neither is to be changed
     */
    void requireWords() {
        if (!changesSomething()) {
            throw new ProblemException(new RequestInvalid(
                    "Neither a foreground nor a background prompt was given.", "Say what the object or the background shall become."));
        }
    }
}
