package org.stablevideo.diffusion;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

/**
 * One picture to paint.
 *
 * @param prompt what it shows
 * @param negative what it must not show, or empty
 * @param size working size, both sides multiples of the model's stride
 * @param structure edges in [0, 255] that the picture keeps, of that size; empty for none
 * @param control how strongly it keeps them, in [0, 2]
 * @param start picture to start from (img2img, equation 5–6 of the paper); empty to start from noise
 * @param strength t0 in (0, 1]: how much of the start is painted anew; 1 without a start
 * @param steps steps of the whole schedule, at least 1
 * @param guidance classifier-free guidance scale, at least 1
 * @param seed seed of the noise
 * @param sampler as in the table of effect parameters, or {@code auto} for the model's own
 * @param scene picture whose depth is kept instead of the edges, by models that can, or by which a model lays its scene out, of that size;
 *     empty for none
 * @param controls structures to keep instead of the model's own choice; empty leaves it to the model, with strength {@code control}
 * @param eta share of fresh noise in each step of DDIM, in [0, 1]
 */
public record PaintRequest(
        String prompt,
        String negative,
        FrameSize size,
        Optional<Plane> structure,
        double control,
        Optional<Picture> start,
        double strength,
        int steps,
        double guidance,
        long seed,
        String sampler,
        Optional<Picture> scene,
        List<ControlChoice> controls,
        double eta) {

    /** With the model's own sampler, without a scene. */
    public PaintRequest(
            String prompt,
            String negative,
            FrameSize size,
            Optional<Plane> structure,
            double control,
            Optional<Picture> start,
            double strength,
            int steps,
            double guidance,
            long seed) {
        this(prompt, negative, size, structure, control, start, strength, steps, guidance, seed, "auto", Optional.empty(), List.of(), 0);
    }

    public PaintRequest {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(negative, "negative");
        controls = List.copyOf(controls);
        if (structure.isPresent() && !structure.get().size().equals(size)) {
            throw new IllegalArgumentException("structure of " + structure.get().size() + " for a picture of " + size);
        }
        if (start.isPresent() && !start.get().size().equals(size)) {
            throw new IllegalArgumentException("start of " + start.get().size() + " for a picture of " + size);
        }
        if (scene.isPresent() && !scene.get().size().equals(size)) {
            throw new IllegalArgumentException("scene of " + scene.get().size() + " for a picture of " + size);
        }
        if (!(strength > 0 && strength <= 1)) {
            throw new IllegalArgumentException("strength must be in (0, 1], got " + strength);
        }
        if (steps < 1 || steps > 1000) {
            throw new IllegalArgumentException("steps must be in 1..1000, got " + steps);
        }
        if (!(guidance >= 1 && guidance <= 50)) {
            throw new IllegalArgumentException("guidance must be in [1, 50], got " + guidance);
        }
        if (!(control >= 0 && control <= 2)) {
            throw new IllegalArgumentException("control must be in [0, 2], got " + control);
        }
        if (!(eta >= 0 && eta <= 1)) {
            throw new IllegalArgumentException("eta must be in [0, 1], got " + eta);
        }
    }
}
