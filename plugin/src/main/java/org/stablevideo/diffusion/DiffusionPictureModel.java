package org.stablevideo.diffusion;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
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
import org.stablevideo.tensor.MemoryShortException;

/** Latent diffusion with text and edges, from one model file: Stable Diffusion 1.5 and the small bundled model alike. */
final class DiffusionPictureModel implements PictureModel {

    private static final Logger LOG = LoggerFactory.getLogger(DiffusionPictureModel.class);
    private static final int LATENTS = 4;

    /** Latents that the autoencoder works on at once, at most: a picture of a megapixel. */
    private static final int LARGEST_PIECE = 128 * 128;

    private static final int TILE = 64;
    private static final int LEAST_SIDE = 16;

    private final String id;
    private final ModelCard card;
    private final TextEncoder words;
    private final LatentUNet unet;
    private final StructureControls controls;
    private final Autoencoder autoencoder;

    /** Takes the networks over and closes them with itself. */
    DiffusionPictureModel(String id, ModelCard card, TextEncoder words, LatentUNet unet, StructureControls controls, Autoencoder autoencoder) {
        this.id = id;
        this.card = card;
        this.words = words;
        this.unet = unet;
        this.controls = controls;
        this.autoencoder = autoencoder;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public FrameSize workingSize(FrameSize picture) {
        return new WorkingSize(card.shortSide(), card.longSide(), stride()).of(picture);
    }

    /** Working sizes are multiples of this. */
    private int stride() {
        return autoencoder.stride() * unet.stride();
    }

    @Override
    public PaintDefaults defaults() {
        return new PaintDefaults(
                card.steps(), card.guidance(), card.foregroundControl(), card.backgroundControl(), card.foregroundSuffix(),
                card.backgroundSuffix(), card.negative(), card.sampler());
    }

    private Shape latentShape(FrameSize size) {
        if (size.width() % stride() != 0 || size.height() % stride() != 0) {
            throw new IllegalArgumentException("sides of a working size are multiples of " + stride() + ", got " + size);
        }
        return new Shape(LATENTS, size.height() / autoencoder.stride(), size.width() / autoencoder.stride());
    }

    @Override
    public Picture paint(PaintRequest request, Progress progress) {
        try {
            Picture picture = rounded(values(latents(request, progress), request.size()), request.size());
            progress.report("painting", 1);
            return picture;
        } catch (MemoryShortException e) {
            throw memoryShort(request.size(), e);
        }
    }

    /** Latents without noise, scaled as the UNet wants them. */
    float[] latents(PaintRequest request, Progress progress) {
        Shape latentShape = latentShape(request.size());
        String way = request.sampler().equals("auto") ? card.sampler() : request.sampler();
        Sampler sampler = Sampler.of(way, request.steps(), card.velocity(), request.seed());
        try (NDManager scope = unet.scope()) {
            progress.report("painting", 0);
            int steps = sampler.schedule().steps();
            float[] latents = GaussianNoise.of(request.seed(), (int) latentShape.size());
            if (request.start().isPresent()) {
                steps = sampler.schedule().stepsFor(request.strength());
                latents = sampler.noised(encode(request.start().get(), latentShape), latents, steps - 1);
            }
            List<float[]> texts = texts(request.prompt(), request.negative(), request.guidance());
            Denoiser denoiser = new GuidedDenoiser(unet, texts, request.guidance(), controls.asked(scope, request), latentShape, false);
            return sampler.sample(latents, steps, denoiser, progress.part(0.02, 0.98));
        }
    }

    @Override
    public List<Picture> paintShot(ShotRequest request, Path journal, Progress progress) {
        FrameSize size = request.size();
        Shape shape = latentShape(size);
        ShotPainting.Latents latents = new ShotPainting.Latents() {
            @Override
            public float[] encode(Picture picture) {
                return DiffusionPictureModel.this.encode(picture, shape);
            }

            @Override
            public Picture decode(float... clean) {
                return rounded(values(clean, size), size);
            }
        };
        try (ShotJournal opened = ShotJournal.open(journal, id + "|" + request.key(), request.count(), size.area(), (int) shape.size())) {
            List<float[]> texts = texts(request.prompt(), request.negative(), request.guidance());
            List<Picture> pictures = new ShotPainting(unet, controls, latents, card.velocity())
                    .paint(request, words.encode(request.caption()), texts, shape, opened, progress);
            opened.forget();
            return pictures;
        } catch (MemoryShortException e) {
            throw memoryShort(size, e);
        }
    }

    private ProblemException memoryShort(FrameSize size, MemoryShortException cause) {
        return new ProblemException(
                new MemoryShort(
                        "There is not enough memory to paint " + size + " with the model " + card.name() + ", not even piece by piece.",
                        "Close other programs, or choose the bundled model (model=pocket)."),
                cause);
    }

    /** Features of the negative prompt and the prompt; the shorter repeats itself until both end together, which changes nothing. */
    private List<float[]> texts(String prompt, String negative, double guidance) {
        List<float[]> texts = new ArrayList<>(List.of(words.encode(prompt)));
        if (guidance > 1) {
            texts.add(0, words.encode(negative));
        }
        int length = texts.stream().mapToInt(features -> features.length).reduce(1, DiffusionPictureModel::commonMultiple);
        return texts.stream().map(features -> repeated(features, length)).toList();
    }

    private static float[] repeated(float[] features, int length) {
        float[] repeated = new float[length];
        for (int at = 0; at < length; at += features.length) {
            System.arraycopy(features, 0, repeated, at, features.length);
        }
        return repeated;
    }

    private static int commonMultiple(int a, int b) {
        int rest = a;
        int divisor = b;
        while (rest != 0) {
            int next = divisor % rest;
            divisor = rest;
            rest = next;
        }
        return a / divisor * b;
    }

    private float[] encode(Picture picture, Shape shape) {
        int area = picture.size().area();
        float[] values = new float[3 * area];
        for (int i = 0; i < 3 * area; i++) {
            values[i % 3 * area + i / 3] = (picture.rgb()[i] & 255) / 127.5f - 1;
        }
        int height = (int) shape.get(1);
        int width = (int) shape.get(2);
        float[] latents = inPieces(side -> autoencoder.encodeInTiles(values, height, width, side), height, width);
        for (int i = 0; i < latents.length; i++) {
            latents[i] = (float) (latents[i] * card.scale());
        }
        return latents;
    }

    /** The picture of {@link #latents}: three planes, about in [-1, 1]. */
    float[] values(float[] latents, FrameSize size) {
        float[] unscaled = Arrays.copyOf(latents, latents.length);
        for (int i = 0; i < unscaled.length; i++) {
            unscaled[i] = (float) (unscaled[i] / card.scale());
        }
        int height = size.height() / autoencoder.stride();
        int width = size.width() / autoencoder.stride();
        return inPieces(side -> autoencoder.decodeInTiles(unscaled, height, width, side), height, width);
    }

    private static Picture rounded(float[] values, FrameSize size) {
        int area = size.area();
        byte[] rgb = new byte[3 * area];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.max(0, Math.min(255, Math.round((values[i % 3 * area + i / 3] + 1) * 127.5f)));
        }
        return new Picture(size, rgb);
    }

    /** As one piece where that is small enough and there is memory for it, else in smaller and smaller ones. */
    private static float[] inPieces(IntFunction<float[]> work, int height, int width) {
        int side = height * width <= LARGEST_PIECE ? Math.max(LEAST_SIDE, Math.max(height, width)) : TILE;
        while (true) {
            try {
                return work.apply(side);
            } catch (MemoryShortException e) {
                if (side <= LEAST_SIDE) {
                    throw e;
                }
                side = Math.max(LEAST_SIDE, Math.min(TILE, side / 2));
                LOG.warn("not enough memory for the picture at once; it is worked on in pieces of {} latents", side);
            }
        }
    }

    @Override
    public void close() {
        autoencoder.close();
        controls.close();
        unet.close();
        words.close();
    }
}
