package org.stablevideo.diffusion;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.diffusion.ShotJournal.Stage;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.model.LatentUNet;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.MemoryShortException;

/**
 * Pix2Video (Ceylan et al., ICCV 2023): every frame is turned into the noise that gives it back (DDIM inversion), and that noise is painted under the
 * prompt, where the decoder's self-attention looks at the anchor and the frame before (section 3.2) and latents are drawn towards those of the frame
 * before in the first half of the steps (section 3.3).
 *
 * <p>Steps are the outer loop and frames the inner one: a frame needs features of others at its own step only, so two sets of features are kept and
 * memory grows neither with frames nor with steps. Deviations from the released program: structure is normalised over the clip and not frame by
 * frame, frames keep their aspect, and a cut begins with a new anchor.
 */
final class ShotPainting {

    /**
     * How far latents go towards those of the frame before, a step of the paper's fifty: 2w/n for its w = 100 and n = 4·64·64 latents. The paper's loss
     * is a mean over latents; its gradient is this factor times the difference, which is kept at other sizes instead of w.
     */
    private static final double PULL = 2 * 100.0 / (4 * 64 * 64);

    private static final int STEPS_OF_PAPER = 50;

    private static final Logger LOG = LoggerFactory.getLogger(ShotPainting.class);
    private static final double LOOKED = 0.03;
    private static final double TUNED = 0.4;
    private static final double INVERTED = 0.35;
    private static final double PAINTED = 0.97;

    private final LatentUNet unet;
    private final StructureControls controls;
    private final Latents latents;
    private final boolean velocity;

    /** Pictures to latents and back. */
    interface Latents {
        float[] encode(Picture picture);

        Picture decode(float... latents);
    }

    /**
     * A painting of shots; everything is lent.
     *
     * @param velocity whether the network predicts velocity instead of noise
     */
    ShotPainting(LatentUNet unet, StructureControls controls, Latents latents, boolean velocity) {
        this.unet = unet;
        this.controls = controls;
        this.latents = latents;
        this.velocity = velocity;
    }

    /**
     * Paints.
     *
     * @param texts features of the source's caption; then of the negative prompt and the prompt, or of the prompt alone for guidance 1
     * @param shape (4, h, w)
     * @param journal of this work, begun or not
     * @return one picture a frame
     */
    List<Picture> paint(ShotRequest request, float[] caption, List<float[]> texts, Shape shape, ShotJournal journal, Progress progress) {
        DdimSampler sampler = new DdimSampler(NoiseSchedule.ofSteps(request.steps()), velocity);
        if (journal.done() > 0 || journal.stage() != Stage.RANGING) {
            LOG.info("the painting is taken up again: {}, {} done", journal.stage(), journal.done());
        }
        boolean deep = request.deep() && controls.depth().isPresent();
        if (deep) {
            each(journal, Stage.RANGING, request, progress.part(0, LOOKED / 2), frame -> controls.range(request.frames().apply(frame), journal::seen));
        }
        each(journal, Stage.LOOKING, request, progress.part(LOOKED / 2, LOOKED), frame -> {
            Picture picture = request.frames().apply(frame);
            Plane structure = deep ? controls.near(picture, journal.low(), journal.high()) : request.edges().apply(picture);
            journal.structure(frame, structure.values());
        });
        if (request.tuning() == 0) {
            return painted(request, caption, texts, shape, journal, sampler, progress.part(LOOKED, 1));
        }
        try {
            new ShotTuning(unet, velocity, caption, shape).run(
                    request.tuning(), request.count(), frame -> latents.encode(request.frames().apply(frame)),
                    (scope, frame) -> structure(scope, request, frame, journal), progress.part(LOOKED, TUNED));
            return painted(request, caption, texts, shape, journal, sampler, progress.part(TUNED, 1));
        } finally {
            unet.tuneEnd();
        }
    }

    private List<Picture> painted(
            ShotRequest request, float[] caption, List<float[]> texts, Shape shape, ShotJournal journal, DdimSampler sampler, Progress progress) {
        Denoisers denoisers = new Denoisers(request, texts, shape);
        each(journal, Stage.INVERTING, request, progress.part(0, INVERTED),
                frame -> journal.latents(frame, 0, inverted(request, frame, caption, shape, journal, sampler)));
        int first = journal.stage() == Stage.PAINTING ? journal.done() : 0;
        for (int turn = first; turn < request.steps(); turn++) {
            double at = INVERTED + (PAINTED - INVERTED) * turn / request.steps();
            double next = INVERTED + (PAINTED - INVERTED) * (turn + 1) / request.steps();
            try {
                step(request, denoisers.get(), turn, journal, sampler, progress.part(at, next));
            } catch (MemoryShortException e) {
                denoisers.apart(e);
                step(request, denoisers.get(), turn, journal, sampler, progress.part(at, next));
            }
            journal.done(Stage.PAINTING, turn + 1);
        }
        List<Picture> pictures = new ArrayList<>();
        for (int frame = 0; frame < request.count(); frame++) {
            progress.report("finishing frame " + (frame + 1) + " of " + request.count(), PAINTED + (1 - PAINTED) * frame / request.count());
            pictures.add(latents.decode(journal.latents(frame, request.steps())));
        }
        return pictures;
    }

    /** The denoiser for both prompts, as long as there is memory for both at once. */
    private final class Denoisers {
        private final ShotRequest request;
        private final List<float[]> texts;
        private final Shape shape;
        private boolean apart;

        Denoisers(ShotRequest request, List<float[]> texts, Shape shape) {
            this.request = request;
            this.texts = texts;
            this.shape = shape;
        }

        ShotDenoiser get() {
            return new ShotDenoiser(unet, texts, request.guidance(), shape, apart);
        }

        void apart(MemoryShortException reason) {
            if (apart || texts.size() == 1) {
                throw reason;
            }
            LOG.warn("not enough memory for both prompts at once; they are computed one after the other: {}", reason.getMessage());
            apart = true;
        }
    }

    /** Work that every frame of a stage needs. */
    private interface FrameWork {
        void on(int frame);
    }

    private static void each(ShotJournal journal, Stage stage, ShotRequest request, Progress progress, FrameWork work) {
        if (journal.stage().compareTo(stage) > 0) {
            return;
        }
        String name = stage == Stage.INVERTING ? "turning frames into noise" : "looking at the shot";
        int first = journal.stage() == stage ? journal.done() : 0;
        for (int frame = first; frame < request.count(); frame++) {
            progress.report(name + ", frame " + (frame + 1) + " of " + request.count(), (double) frame / request.count());
            work.on(frame);
            journal.done(stage, frame + 1);
        }
        journal.done(Stage.values()[stage.ordinal() + 1], 0);
    }

    /** The noise of a frame (section 3.1): DDIM backwards, without guidance. */
    private float[] inverted(ShotRequest request, int frame, float[] caption, Shape shape, ShotJournal journal, DdimSampler sampler) {
        float[] x = latents.encode(request.frames().apply(frame));
        ShotDenoiser denoiser = new ShotDenoiser(unet, List.of(caption), 1, shape, false);
        try (NDManager scope = unet.scope()) {
            Optional<GuidedDenoiser.Structure> structure = structure(scope, request, frame, journal);
            for (int step = 0; step < request.steps(); step++) {
                ShotDenoiser.Answer answer =
                        denoiser.predict(scope, x, sampler.schedule().timestep(step), structure, Optional.empty(), Optional.empty());
                answer.seen().close();
                x = sampler.inverse(x, answer.noise(), step);
            }
        }
        return x;
    }

    /** One step of all frames; reads latents of this turn, writes those of the next. */
    private void step(ShotRequest request, ShotDenoiser denoiser, int turn, ShotJournal journal, DdimSampler sampler, Progress progress) {
        int step = request.steps() - 1 - turn;
        boolean drawn = request.guided() && 2 * turn < request.steps();
        Optional<ShotDenoiser.Seen> anchor = Optional.empty();
        Optional<ShotDenoiser.Seen> previous = Optional.empty();
        float[] cleanBefore = null;
        try (NDManager scope = unet.scope()) {
            for (int frame = 0; frame < request.count(); frame++) {
                progress.report(
                        "painting, step " + (turn + 1) + " of " + request.steps() + ", frame " + (frame + 1) + " of " + request.count(),
                        (double) frame / request.count());
                boolean alone = request.anchors().contains(frame);
                if (alone) {
                    anchor = released(anchor, previous);
                    previous = Optional.empty();
                    cleanBefore = null;
                }
                float[] x = journal.latents(frame, turn);
                ShotDenoiser.Answer answer;
                try (NDManager inner = scope.newSubManager()) {
                    Optional<GuidedDenoiser.Structure> structure = structure(inner, request, frame, journal);
                    answer = denoiser.predict(
                            scope, x, sampler.schedule().timestep(step), structure, lookedAt(request.attention(), anchor, previous, true),
                            lookedAt(request.attention(), anchor, previous, false));
                }
                float[] clean = sampler.clean(x, answer.noise(), step);
                float[] after = sampler.step(x, answer.noise(), step);
                journal.latents(frame, turn + 1, drawn && cleanBefore != null ? drawn(after, clean, cleanBefore, pull(request.steps())) : after);
                cleanBefore = clean;
                if (anchor.isEmpty()) {
                    anchor = Optional.of(answer.seen());
                    previous = anchor;
                } else {
                    if (previous.get() != anchor.get()) {
                        previous.get().close();
                    }
                    previous = Optional.of(answer.seen());
                }
            }
        }
    }

    private static Optional<ShotDenoiser.Seen> released(Optional<ShotDenoiser.Seen> anchor, Optional<ShotDenoiser.Seen> previous) {
        previous.filter(seen -> seen != anchor.orElse(null)).ifPresent(ShotDenoiser.Seen::close);
        anchor.ifPresent(ShotDenoiser.Seen::close);
        return Optional.empty();
    }

    /** What stands in the anchor's place ({@code first}) or in that of the frame before; twice the same weighs as once. */
    private static Optional<ShotDenoiser.Seen> lookedAt(
            FrameAttention attention, Optional<ShotDenoiser.Seen> anchor, Optional<ShotDenoiser.Seen> previous, boolean first) {
        return switch (attention) {
            case ANCHOR_AND_PREVIOUS -> first ? anchor : previous;
            case PREVIOUS -> previous;
            case ANCHOR -> anchor;
            case ITSELF -> Optional.empty();
        };
    }

    /** How far latents go in a step of fewer or more than fifty, so that all steps together go as far. */
    static double pull(int steps) {
        return 1 - Math.pow(1 - PULL, (double) STEPS_OF_PAPER / steps);
    }

    /** The guided latent update: x − pull·(x₀ − x₀ of the frame before). */
    private static float[] drawn(float[] x, float[] clean, float[] cleanBefore, double pull) {
        float[] out = new float[x.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) (x[i] - pull * ((double) clean[i] - cleanBefore[i]));
        }
        return out;
    }

    private Optional<GuidedDenoiser.Structure> structure(NDManager scope, ShotRequest request, int frame, ShotJournal journal) {
        Plane plane = new Plane(request.size(), journal.structure(frame));
        return controls.of(scope, plane, request.deep(), request.control());
    }
}
