package org.stablevideo.diffusion;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.model.Autoencoder;
import org.stablevideo.model.LatentUNet;
import org.stablevideo.model.ModelCard;
import org.stablevideo.model.TextEncoder;
import org.stablevideo.problem.MemoryShort;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.FreeMemory;
import org.stablevideo.tensor.MemoryShortException;
import org.stablevideo.tensor.TensorEngine;

/**
 * Latent diffusion with text and edges: Stable Diffusion 1.5 and the small bundled model alike. Where memory is short it keeps in memory only what is at
 * work, then leaves the graphics card for the processor, and says so; it gives up only when that does not help.
 */
final class DiffusionPictureModel implements PictureModel {

    private static final Logger LOG = LoggerFactory.getLogger(DiffusionPictureModel.class);
    private static final int LATENTS = 4;
    private static final double PAINTING_FROM = 0.3;

    /** How many times as long as short a picture may be painted. */
    private static final double LONGEST = 2;

    /** Area of a picture that is wanted soon, in squares of the shorter side. */
    private static final double QUICK = 1;

    private final String id;
    private final ModelCard card;
    private final Networks networks;
    private final PromptFeatures words;
    private final PictureCoder coder;
    private final Optional<PaintLoad> load;
    private boolean sparing;

    /**
     * The networks of a model.
     *
     * @param words the text encoder
     * @param unets the UNets
     * @param autoencoder the autoencoder
     * @param controls what holds a painting to its shot
     * @param latentStride pixels a side that a latent stands for
     * @param unetStride the latents' sides are multiples of it
     */
    record Networks(
            OnDemand<? extends TextEncoder> words, UNets unets, OnDemand<Autoencoder> autoencoder, StructureControls controls, int latentStride, int unetStride) {

        /** Networks that are in memory and stay there. */
        static Networks of(TextEncoder words, LatentUNet unet, StructureControls controls, Autoencoder autoencoder) {
            return new Networks(
                    OnDemand.of(words), new UNets(OnDemand.of(unet)), OnDemand.of(autoencoder), controls, autoencoder.stride(), unet.stride());
        }

        /** The same with a UNet for one kind of painting. */
        Networks with(UNets.Kind kind, OnDemand<LatentUNet> unet) {
            return new Networks(words, unets.with(kind, unet), autoencoder, controls, latentStride, unetStride);
        }
    }

    /**
     * How a picture is painted.
     *
     * @param kind the UNet that does it
     * @param guidance what of the guidance asked is left to compute; 1 where it is in the UNet's weights
     */
    private record Way(UNets.Kind kind, double guidance) {}

    /** Takes the networks over and closes them with itself; {@code load} tells what they cost, where that matters. */
    DiffusionPictureModel(String id, ModelCard card, Networks networks, Optional<PaintLoad> load) {
        this.id = id;
        this.card = card;
        this.networks = networks;
        this.load = load;
        words = new PromptFeatures(networks.words);
        coder = new PictureCoder(networks.autoencoder, card.scale(), networks.latentStride);
    }

    /** Takes networks over that are in memory. */
    DiffusionPictureModel(String id, ModelCard card, TextEncoder words, LatentUNet unet, StructureControls controls, Autoencoder autoencoder) {
        this(id, card, Networks.of(words, unet, controls, autoencoder), Optional.empty());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public FrameSize workingSize(FrameSize picture, boolean quick) {
        return size(picture, card.shortSide(), quick);
    }

    @Override
    public FrameSize sceneSize(FrameSize picture, boolean quick) {
        return size(picture, card.sceneSide(), quick);
    }

    private FrameSize size(FrameSize picture, int side, boolean quick) {
        double elongation = (double) card.longSide() / card.shortSide();
        double area = (quick && load.isPresent() ? Math.min(elongation, QUICK) : elongation) * side * side;
        return new WorkingSize(side, (int) (side * Math.max(LONGEST, elongation)), area, stride()).of(picture);
    }

    /** Working sizes are multiples of this. */
    private int stride() {
        return networks.latentStride * networks.unetStride;
    }

    @Override
    public PaintDefaults defaults() {
        return new PaintDefaults(
                card.steps(), card.guidance(), card.foregroundControl(), card.backgroundControl(), card.foregroundSuffix(),
                card.backgroundSuffix(), card.negative(), card.sampler());
    }

    @Override
    public Optional<PaintEstimate> estimate(FrameSize size, int pictures, int steps, boolean guided) {
        return load.map(l -> l.estimate(size, pictures, steps, guided));
    }

    private Shape latentShape(FrameSize size) {
        if (size.width() % stride() != 0 || size.height() % stride() != 0) {
            throw new IllegalArgumentException("sides of a working size are multiples of " + stride() + ", got " + size);
        }
        return new Shape(LATENTS, size.height() / networks.latentStride, size.width() / networks.latentStride);
    }

    @Override
    public Picture paint(PaintRequest request, Progress progress) {
        return withMemory(request.size(), request.guidance() > 1, progress, () -> {
            Picture picture = coder.decode(request.size(), latents(request, progress));
            progress.report("painting", 1);
            return picture;
        });
    }

    /** Guidance that is in the weights of a UNet is not computed again: that halves the work. */
    private Way wayOf(PaintRequest request) {
        boolean scene = request.scene().isPresent();
        UNets.Kind guided = scene ? UNets.Kind.GUIDED_SCENES : UNets.Kind.GUIDED;
        if (networks.unets.has(guided) && request.guidance() == card.distilledGuidance() && request.negative().isBlank()) {
            return new Way(guided, 1);
        }
        return new Way(scene ? UNets.Kind.SCENES : UNets.Kind.WHOLE, request.guidance());
    }

    /** Latents without noise, scaled as the UNet wants them. */
    float[] latents(PaintRequest request, Progress progress) {
        LOG.debug("painting {}", request.size());
        Shape shape = latentShape(request.size());
        Way way = wayOf(request);
        String stepping = request.sampler().equals("auto") ? card.sampler() : request.sampler();
        double share = request.start().isPresent() ? request.strength() : 1;
        Sampler sampler = Sampler.of(stepping, request.steps(), card.velocity(), request.seed(), request.eta(), share);
        progress.report("painting", 0);
        List<float[]> texts = words.of(request.prompt(), request.negative(), way.guidance);
        boolean laidOut = card.laidOut() && request.scene().isPresent() && request.start().isEmpty();
        List<float[]> wordless = laidOut ? List.of(words.of("")) : List.of();
        words.putAway();
        int steps = sampler.schedule().steps();
        float[] latents = GaussianNoise.of(request.seed(), (int) shape.size());
        float[] scene = laidOut ? coder.encode(SceneNoise.grey(request.scene().orElseThrow())) : new float[0];
        if (request.start().isPresent()) {
            latents = sampler.noised(coder.encode(request.start().get()), latents, steps - 1);
        }
        if (sparing) {
            networks.autoencoder.putAway();
        }
        LatentUNet unet = networks.unets.of(way.kind).get();
        try (NDManager scope = unet.scope()) {
            List<GuidedDenoiser.Structure> structures = networks.controls.asked(scope, request);
            if (laidOut) {
                LatentUNet seeing = networks.unets.of(UNets.Kind.SCENES).get();
                Denoiser denoiser = new GuidedDenoiser(seeing, wordless, 1, structures, shape, false);
                latents = new SceneNoise(sampler.schedule(), card.velocity()).of(scene, latents, denoiser, progress.part(0.02, PAINTING_FROM));
            }
            Denoiser denoiser = new GuidedDenoiser(unet, texts, way.guidance, structures, shape, false);
            latents = sampler.sample(latents, steps, denoiser, progress.part(laidOut ? PAINTING_FROM : 0.02, 0.98));
        }
        if (sparing) {
            networks.unets.putAway();
            networks.controls.putAway();
        }
        return latents;
    }

    /** The picture of {@link #latents}: three planes, about in [-1, 1]. */
    float[] values(float[] latents, FrameSize size) {
        return coder.values(size, latents);
    }

    @Override
    public List<Picture> paintShot(ShotRequest request, Path journal, Progress progress) {
        FrameSize size = request.size();
        Shape shape = latentShape(size);
        ShotPainting.Latents latents = new ShotPainting.Latents() {
            @Override
            public float[] encode(Picture picture) {
                return coder.encode(picture);
            }

            @Override
            public Picture decode(float... clean) {
                return coder.decode(size, clean);
            }
        };
        return withMemory(size, request.guidance() > 1, progress, () -> {
            try (ShotJournal opened = ShotJournal.open(journal, id + "|" + request.key(), request.count(), size.area(), (int) shape.size())) {
                List<float[]> texts = words.of(request.prompt(), request.negative(), request.guidance());
                float[] caption = words.of(request.caption());
                words.putAway();
                List<Picture> pictures = new ShotPainting(networks.unets.whole().get(), networks.controls, latents, card.velocity())
                        .paint(request, caption, texts, shape, opened, progress);
                opened.forget();
                return pictures;
            }
        });
    }

    /** Works with less and less in memory until it fits. */
    private <T> T withMemory(FrameSize size, boolean guided, Progress progress, Supplier<T> work) {
        lookAhead(size, guided, progress);
        while (true) {
            try {
                return work.get();
            } catch (MemoryShortException e) {
                putAway();
                if (!sparing) {
                    spare(progress);
                } else if (TensorEngine.leaveCard()) {
                    say(progress, "the graphics card has too little memory for this; the processor goes on, which takes longer");
                } else {
                    throw memoryShort(size, e.getMessage(), e);
                }
            }
        }
    }

    /** Linux hands out memory that it does not have and ends the program later: what will not fit is not begun. */
    private void lookAhead(FrameSize size, boolean guided, Progress progress) {
        if (load.isEmpty() || networks.unets.whole().isLoaded() || FreeMemory.bytes().isEmpty()) {
            return;
        }
        long free = FreeMemory.bytes().getAsLong();
        if (!sparing && load.get().bytes(size, guided, false) > free) {
            spare(progress);
        }
        long wanted = load.get().bytes(size, guided, true);
        if (wanted > free && !TensorEngine.onGpu()) {
            throw memoryShort(size, String.format("it takes %.1f GB, %.1f GB are free", wanted / 1e9, free / 1e9), null);
        }
    }

    private void spare(Progress progress) {
        sparing = true;
        say(progress, "memory is short; only the networks at work are kept in it");
    }

    private static void say(Progress progress, String what) {
        LOG.warn("{}", what);
        progress.note(what);
    }

    private ProblemException memoryShort(FrameSize size, String why, MemoryShortException cause) {
        return new ProblemException(
                new MemoryShort(
                        "There is not enough memory to paint " + size + " with the model " + card.name() + ", not even piece by piece: " + why + ".",
                        "Close other programs, or choose the bundled model (model=pocket)."),
                cause);
    }

    @Override
    public void putAway() {
        words.putAway();
        networks.unets.putAway();
        networks.autoencoder.putAway();
        networks.controls.putAway();
        TensorEngine.giveBack();
    }

    @Override
    public void close() {
        coder.close();
        networks.controls.close();
        networks.unets.close();
        words.close();
    }
}
