package org.stablevideo.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.model.Autoencoder;
import org.stablevideo.model.ControlNet;
import org.stablevideo.model.LatentUNet;
import org.stablevideo.model.ModelCard;
import org.stablevideo.model.TextEncoder;
import org.stablevideo.progress.Progress;

/** Latent diffusion with text and edges, from one model file: Stable Diffusion 1.5 and the small bundled model alike. */
final class DiffusionPictureModel implements PictureModel {

    private static final int LATENTS = 4;

    private final String id;
    private final ModelCard card;
    private final TextEncoder words;
    private final LatentUNet unet;
    private final Optional<ControlNet> control;
    private final Autoencoder autoencoder;

    /** Takes the networks over and closes them with itself. */
    DiffusionPictureModel(
            String id, ModelCard card, TextEncoder words, LatentUNet unet, Optional<ControlNet> control, Autoencoder autoencoder) {
        this.id = id;
        this.card = card;
        this.words = words;
        this.unet = unet;
        this.control = control;
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

    @Override
    public Picture paint(PaintRequest request, Progress progress) {
        FrameSize size = request.size();
        if (size.width() % stride() != 0 || size.height() % stride() != 0) {
            throw new IllegalArgumentException("sides of a working size are multiples of " + stride() + ", got " + size);
        }
        Shape latentShape = new Shape(LATENTS, size.height() / autoencoder.stride(), size.width() / autoencoder.stride());
        String way = request.sampler().equals("auto") ? card.sampler() : request.sampler();
        Sampler sampler = Sampler.of(way, request.steps(), card.velocity(), request.seed());
        try (NDManager scope = unet.scope()) {
            progress.report("painting", 0);
            int steps = sampler.schedule().steps();
            float[] latents = GaussianNoise.of(request.seed(), (int) latentShape.size());
            if (request.start().isPresent()) {
                steps = sampler.schedule().stepsFor(request.strength());
                latents = sampler.noised(encode(scope, request.start().get()), latents, steps - 1);
            }
            Denoiser denoiser =
                    new GuidedDenoiser(unet, text(scope, request), request.guidance(), structure(scope, request), latentShape);
            float[] clean = sampler.sample(latents, steps, denoiser, progress.part(0.02, 0.98));
            Picture picture = decode(scope, clean, latentShape, size);
            progress.report("painting", 1);
            return picture;
        }
    }

    /** Features of the negative prompt and the prompt; the shorter repeats itself until both end together, which changes nothing. */
    private NDArray text(NDManager scope, PaintRequest request) {
        List<float[]> texts = new ArrayList<>(List.of(words.encode(request.prompt())));
        if (request.guidance() > 1) {
            texts.add(0, words.encode(request.negative()));
        }
        int length = texts.stream().mapToInt(features -> features.length).reduce(1, DiffusionPictureModel::commonMultiple);
        float[] features = new float[texts.size() * length];
        for (int i = 0; i < features.length; i++) {
            float[] text = texts.get(i / length);
            features[i] = text[i % length % text.length];
        }
        return scope.create(features, new Shape(texts.size(), length / words.width(), words.width()));
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

    private Optional<GuidedDenoiser.Structure> structure(NDManager scope, PaintRequest request) {
        if (control.isEmpty() || request.structure().isEmpty() || request.control() == 0) {
            return Optional.empty();
        }
        Plane edges = request.structure().get();
        int area = edges.size().area();
        float[] hint = new float[3 * area];
        for (int i = 0; i < area; i++) {
            hint[i] = (edges.values()[i] & 255) / 255f;
        }
        System.arraycopy(hint, 0, hint, area, area);
        System.arraycopy(hint, 0, hint, 2 * area, area);
        NDArray image = scope.create(hint, new Shape(1, 3, edges.size().height(), edges.size().width()));
        return Optional.of(new GuidedDenoiser.Structure(control.get(), control.get().hint(scope, image), request.control()));
    }

    private float[] encode(NDManager scope, Picture picture) {
        int area = picture.size().area();
        float[] values = new float[3 * area];
        for (int i = 0; i < 3 * area; i++) {
            values[i % 3 * area + i / 3] = (picture.rgb()[i] & 255) / 127.5f - 1;
        }
        NDArray image = scope.create(values, new Shape(1, 3, picture.height(), picture.width()));
        float[] latents = autoencoder.encode(scope, image).toFloatArray();
        for (int i = 0; i < latents.length; i++) {
            latents[i] = (float) (latents[i] * card.scale());
        }
        return latents;
    }

    private Picture decode(NDManager scope, float[] latents, Shape shape, FrameSize size) {
        float[] unscaled = Arrays.copyOf(latents, latents.length);
        for (int i = 0; i < unscaled.length; i++) {
            unscaled[i] = (float) (unscaled[i] / card.scale());
        }
        float[] values = autoencoder.decode(scope, scope.create(unscaled, new Shape(1).addAll(shape))).toFloatArray();
        int area = size.area();
        byte[] rgb = new byte[3 * area];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.max(0, Math.min(255, Math.round((values[i % 3 * area + i / 3] + 1) * 127.5f)));
        }
        return new Picture(size, rgb);
    }

    @Override
    public void close() {
        autoencoder.close();
        control.ifPresent(ControlNet::close);
        unet.close();
        words.close();
    }
}
