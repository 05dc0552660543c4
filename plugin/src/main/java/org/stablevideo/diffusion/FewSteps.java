package org.stablevideo.diffusion;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Painting objects in few steps without guidance, by weights into which a model's many guided steps were distilled (Meng et al. 2023): for those who ask for few
 * steps and leave guidance, sampler and what is not wanted to the model.
 *
 * @param most at most so many steps are few
 */
public record FewSteps(int most) {

    static final String SAMPLER = "ddim-trailing";

    public FewSteps {
        if (most < 1) {
            throw new IllegalArgumentException("there is at least one step, got " + most);
        }
    }

    /**
     * Whether it does what is asked.
     *
     * @param steps steps, or empty for the model's own
     * @param guidance guidance scale, or empty for the model's own
     * @param negative what must not be shown, or blank
     * @param sampler as in the table of effect parameters
     * @param eta share of fresh noise in each step
     */
    public boolean suits(OptionalInt steps, OptionalDouble guidance, String negative, String sampler, double eta) {
        return steps.orElse(Integer.MAX_VALUE) <= most && guidance.orElse(1) <= 1 && negative.isBlank()
                && (sampler.equals("auto") || sampler.equals(SAMPLER)) && eta == 0;
    }

    boolean suits(PaintRequest request) {
        return request.scene().isEmpty()
                && suits(OptionalInt.of(request.steps()), OptionalDouble.of(request.guidance()), request.negative(), request.sampler(), request.eta());
    }
}
