package org.stablevideo.edit;

import java.util.List;
import java.util.Optional;
import org.stablevideo.diffusion.ControlChoice;
import org.stablevideo.diffusion.PaintDefaults;
import org.stablevideo.diffusion.PaintRequest;
import org.stablevideo.diffusion.PictureModel;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.progress.Progress;

/**
 * A model with the request's settings, the model's own where the request leaves them open.
 *
 * @param model the painter; lent
 * @param request what the user asked for
 */
record Painter(PictureModel model, EditRequest request) {

    private static final int OWN_SHADING = 512;
    private static final int NO_SHADING = 192;

    /** Steps of the distilled models at most. */
    private static final int FEW_STEPS = 8;

    /** What is painted: which prompt, how closely to the structure, and whether it is a scene, which shows its depth where the model can see it (section 3.4). */
    record Subject(String prompt, double control, boolean deep) {}

    /** An object of the request. */
    Subject foreground(int object) {
        PaintDefaults own = model.defaults();
        return new Subject(prompt(request.prompts().of(object), own.foregroundSuffix()), own.foregroundControl(), false);
    }

    /** The background of the request. */
    Subject background() {
        PaintDefaults own = model.defaults();
        return new Subject(prompt(request.background(), own.backgroundSuffix()), own.backgroundControl(), true);
    }

    /**
     * Tells what painting will take, where the model can say.
     *
     * @param size of the pictures, before the model chooses its own
     * @param fresh pictures that begin with noise
     * @param restarted pictures that begin with another one
     */
    void foretell(FrameSize size, int fresh, int restarted, Progress progress) {
        int steps = request.steps().orElse(model.defaults().steps());
        int again = Math.max(1, (int) Math.floor(request.strength() * steps));
        boolean guided = request.guidance().orElse(model.defaults().guidance()) > 1;
        model.estimate(workingSize(size), fresh + restarted, fresh * steps + restarted * again, guided)
                .ifPresent(estimate -> progress.note("this edit: " + estimate.text()));
    }

    /** Size at which a picture is painted; who asks for few steps wants it soon. */
    FrameSize workingSize(FrameSize picture) {
        return model.workingSize(picture, quick());
    }

    /** Size at which a whole scene is painted. */
    FrameSize sceneSize(FrameSize picture) {
        return model.sceneSize(picture, quick());
    }

    private boolean quick() {
        return request.steps().orElse(model.defaults().steps()) <= FEW_STEPS;
    }

    private static String prompt(String asked, String suffix) {
        return suffix.isBlank() ? asked.strip() : asked.strip() + ", " + suffix;
    }

    /**
     * Paints over the edges of a picture.
     *
     * @param shown the picture whose edges are kept, of a working size of the model
     * @param start what to start from (equations 5–6), or empty for noise
     * @param strength t0 where there is a start
     * @param seed seed of the noise
     */
    Picture paint(Subject subject, Picture shown, Optional<Picture> start, double strength, long seed, Progress progress) {
        PaintDefaults own = model.defaults();
        List<ControlChoice> controls = ControlChoice.listOf(request.control());
        boolean deep = subject.deep || controls.stream().anyMatch(choice -> choice.kind() == ControlChoice.Kind.DEPTH);
        return model.paint(
                new PaintRequest(
                        subject.prompt,
                        request.negative().isBlank() ? own.negative() : request.negative().strip(),
                        shown.size(),
                        Optional.of(EdgeMap.of(shown)),
                        subject.control,
                        start,
                        start.isPresent() ? strength : 1,
                        request.steps().orElse(own.steps()),
                        request.guidance().orElse(own.guidance()),
                        seed,
                        request.sampler(),
                        deep ? Optional.of(shown) : Optional.empty(),
                        controls,
                        request.eta()),
                progress);
    }

    /**
     * How much shading the shot has to lend ({@link Relief}): most of it to a model that paints small pictures, none to one that paints 512 pixels.
     */
    static double relief(FrameSize working) {
        double small = (double) (OWN_SHADING - working.shortSide()) / (OWN_SHADING - NO_SHADING);
        return 0.85 * Math.min(1, Math.max(0, small));
    }
}
