package org.stablevideo.diffusion;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.stablevideo.model.Autoencoder;
import org.stablevideo.model.CheckpointParts;
import org.stablevideo.model.ClipTextEncoder;
import org.stablevideo.model.ControlNet;
import org.stablevideo.model.DepthEstimator;
import org.stablevideo.model.Difference;
import org.stablevideo.model.LatentUNet;
import org.stablevideo.model.LoraChoice;
import org.stablevideo.model.LoraStack;
import org.stablevideo.model.ModelCard;
import org.stablevideo.model.ModelKind;
import org.stablevideo.model.ModelStore;
import org.stablevideo.model.NetworkCost;
import org.stablevideo.model.PictureFiles;
import org.stablevideo.model.SentenceEncoder;
import org.stablevideo.model.TextEncoder;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;
import org.stablevideo.tensor.FastPrecision;
import org.stablevideo.tensor.Precision;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.Weights;

/** Opens picture models by name. */
public final class PictureModels {

    /** How long found files are taken for granted, so that asking for an id frame by frame costs nothing. */
    private static final long FRESH_NS = 2_000_000_000L;

    private final ModelStore store;
    private final Supplier<Precision> precision;
    private final Map<String, Found> found = new ConcurrentHashMap<>();

    private record Found(String id, long at) {}

    /** The models of a store, large ones in the precision that this machine computes fastest. */
    public PictureModels(ModelStore store) {
        this(store, FastPrecision::ofThisMachine);
    }

    /**
     * The models of a store.
     *
     * @param precision of large models; the bundled one is always computed in single precision
     */
    public PictureModels(ModelStore store, Supplier<Precision> precision) {
        this.store = store;
        this.precision = precision;
    }

    /** The models that this user has. */
    public static PictureModels ofUser() {
        return new PictureModels(ModelStore.ofUser());
    }

    /** What {@link PictureModel#id} of a model would say, without loading it. */
    public String idOf(String name) {
        return idOf(name, "");
    }

    /**
     * As above, with LoRAs.
     *
     * @param loras as for {@link LoraChoice#listOf}
     */
    public String idOf(String name, String loras) {
        Found known = found.get(name + "|" + loras);
        if (known == null || System.nanoTime() - known.at > FRESH_NS) {
            PictureFiles files = PictureFiles.of(store, name);
            StringBuilder id = new StringBuilder(ModelStore.idOf(files));
            for (LoraChoice lora : LoraChoice.listOf(loras)) {
                id.append('+').append(store.idOf(lora)).append('*').append(lora.weight());
            }
            if (files.kind() != ModelKind.POCKET && precision.get() != Precision.SINGLE) {
                id.append('~').append(precision.get().name().toLowerCase(Locale.ROOT));
            }
            known = new Found(id.toString(), System.nanoTime());
            found.put(name + "|" + loras, known);
        }
        return known.id;
    }

    /** Loads a model without LoRAs; the caller closes it. */
    public PictureModel open(String name) {
        return open(name, "");
    }

    /**
     * Loads a model; the caller closes it.
     *
     * @param name {@code auto}, {@code pocket}, a name of the catalogue such as {@code sd15}, another file's name, or the path of a file or of a
     *     folder that diffusers wrote
     * @param loras as for {@link LoraChoice#listOf}
     * @throws ProblemException model-missing, model-invalid or request-invalid
     */
    public PictureModel open(String name, String loras) {
        PictureFiles files = PictureFiles.of(store, name);
        List<LoraChoice> choices = LoraChoice.listOf(loras);
        String id = idOf(name, loras);
        if (files.kind() == ModelKind.POCKET && !choices.isEmpty()) {
            throw new ProblemException(new RequestInvalid(
                    "LoRAs are made for Stable Diffusion; the bundled model cannot use “" + loras + "”.",
                    "Choose a Stable Diffusion 1.5 model (model=sd15), or leave the LoRAs out."));
        }
        Map<Path, Double> loraFiles = new LinkedHashMap<>();
        choices.forEach(choice -> loraFiles.merge(store.find(choice.name()), choice.weight(), Double::sum));
        return files.kind() == ModelKind.POCKET ? pocket(id, files) : checkpoint(id, files, loraFiles);
    }

    private static PictureModel pocket(String id, PictureFiles files) {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try (SafetensorsFile file = SafetensorsFile.open(files.unet())) {
            ModelCard card = ModelCard.of(files.unet(), file.metadata());
            Weights whole = file.weights(UNets.Kind.WHOLE.prefix());
            TextEncoder words = keep(opened, new SentenceEncoder(card.textTokens()));
            demandWidth(files.unet(), LatentUNet.textWidthOf(whole), words.width());
            boolean controlled = file.entries().containsKey("controlnet.conv_in.weight");
            Optional<ControlNet> control =
                    controlled ? Optional.of(keep(opened, new ControlNet(file.weights("controlnet.")))) : Optional.empty();
            Autoencoder autoencoder = keep(opened, new Autoencoder(file.weights("vae.")));
            UNets unets = new UNets(onDemand(files.unet(), again -> unet(again, UNets.Kind.WHOLE)));
            for (UNets.Kind kind : UNets.Kind.values()) {
                if (kind != UNets.Kind.WHOLE && Difference.isIn(whole, kind.prefix())) {
                    unets = unets.with(kind, onDemand(files.unet(), again -> unet(again, kind)));
                }
            }
            DiffusionPictureModel.Networks networks = new DiffusionPictureModel.Networks(
                    OnDemand.of(words), unets, OnDemand.of(autoencoder), StructureControls.ofEdges(control), autoencoder.stride(), LatentUNet.strideOf(whole));
            return new DiffusionPictureModel(id, card, networks, Optional.empty());
        } catch (RuntimeException e) {
            closeAll(opened, e);
            throw e;
        }
    }

    private static LatentUNet unet(SafetensorsFile file, UNets.Kind kind) {
        Weights whole = file.weights(UNets.Kind.WHOLE.prefix());
        Weights scenes = whole.with(file.weights(UNets.Kind.SCENES.prefix()));
        return switch (kind) {
            case WHOLE -> new LatentUNet(whole);
            case SCENES -> new LatentUNet(scenes);
            case GUIDED -> new LatentUNet(whole, Difference.of(whole, kind.prefix()));
            case GUIDED_SCENES -> new LatentUNet(scenes, Difference.of(scenes, kind.prefix()));
        };
    }

    /** Reads what the files say about themselves; networks are loaded when they are needed. */
    private PictureModel checkpoint(String id, PictureFiles files, Map<Path, Double> loraFiles) {
        Weights unet = from(files.unet(), CheckpointParts::unet);
        Weights text = from(files.textEncoder(), CheckpointParts::textEncoder);
        Weights pictures = from(files.autoencoder(), CheckpointParts::autoencoder);
        ModelCard card = from(files.unet(), file -> ModelCard.ofCheckpoint(files.unet(), file.metadata()));
        try (LoraStack stack = new LoraStack(loraFiles)) {
            card = stack.hurry(card);
            stack.forUnet(unet);
            stack.forText(text);
        }
        demandWidth(files.unet(), LatentUNet.textWidthOf(unet), ClipTextEncoder.widthOf(text));
        Optional<NetworkCost> control = files.edges().map(path -> new NetworkCost(from(path, CheckpointParts::controlNet).shapes()));
        int stride = Autoencoder.strideOf(pictures);
        PaintLoad load = new PaintLoad(
                new NetworkCost(unet.shapes()), control, new NetworkCost(pictures.shapes()), text.parameters(), stride, precision);
        StructureControls controls = new StructureControls(
                files.edges().map(path -> onDemand(path, file -> new ControlNet(CheckpointParts.controlNet(file), precision.get()))),
                files.depth().map(path -> new StructureControls.Depth(
                        onDemand(path, file -> new ControlNet(CheckpointParts.controlNet(file), precision.get())),
                        onDemand(files.distance().orElseThrow(), DepthEstimator::new))));
        DiffusionPictureModel.Networks networks = new DiffusionPictureModel.Networks(
                onDemand(files.textEncoder(), file -> {
                    Weights weights = CheckpointParts.textEncoder(file);
                    try (LoraStack stack = new LoraStack(loraFiles)) {
                        return new ClipTextEncoder(weights, stack.forText(weights));
                    }
                }),
                new UNets(onDemand(files.unet(), file -> {
                    Weights weights = CheckpointParts.unet(file);
                    try (LoraStack stack = new LoraStack(loraFiles)) {
                        return new LatentUNet(weights, precision.get(), stack.forUnet(weights));
                    }
                })),
                onDemand(files.autoencoder(), file -> new Autoencoder(CheckpointParts.autoencoder(file), precision.get())),
                controls, stride, LatentUNet.strideOf(unet));
        return new DiffusionPictureModel(id, card, networks, Optional.of(load));
    }

    private static <T extends AutoCloseable> OnDemand<T> onDemand(Path path, Function<SafetensorsFile, T> reading) {
        return new OnDemand<>(() -> from(path, reading));
    }

    private static <T> T from(Path path, Function<SafetensorsFile, T> reading) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            return reading.apply(file);
        }
    }

    private static void demandWidth(Path path, int wanted, int given) {
        if (wanted != given) {
            throw new ProblemException(new ModelInvalid(
                    "The model file " + path + " wants text features of width " + wanted + "; its encoder has " + given + ".",
                    "Choose a model of the Stable Diffusion 1.5 family, or the bundled one (model=pocket)."));
        }
    }

    private static <T extends AutoCloseable> T keep(Deque<AutoCloseable> opened, T network) {
        opened.push(network);
        return network;
    }

    private static void closeAll(Deque<AutoCloseable> opened, RuntimeException reason) {
        for (AutoCloseable network : opened) {
            try {
                network.close();
            } catch (Exception e) {
                reason.addSuppressed(e);
            }
        }
    }
}
