package org.stablevideo.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.SafetensorsFile;

/**
 * The files that one picture model is made of.
 *
 * @param kind {@link ModelKind#POCKET} or {@link ModelKind#CHECKPOINT}
 * @param unet file with the UNet
 * @param autoencoder file with the autoencoder; often the same
 * @param textEncoder file with the text encoder; often the same
 * @param edges ControlNet for edges
 * @param depth ControlNet for depth
 * @param distance network that tells how far away things are
 */
public record PictureFiles(
        ModelKind kind, Path unet, Path autoencoder, Path textEncoder, Optional<Path> edges, Optional<Path> depth, Optional<Path> distance) {

    private static final List<String> NETWORKS = List.of(
            "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.fp16.safetensors", "model.safetensors", "model.fp16.safetensors",
            "diffusion_pytorch_model.non_ema.safetensors");

    /**
     * Finds the files of a model.
     *
     * @param name as for {@link ModelStore#find(String)}
     * @throws ProblemException model-missing or model-invalid
     */
    public static PictureFiles of(ModelStore store, String name) {
        Path base = store.find(name);
        if (Files.isDirectory(base)) {
            return withHelpers(store, ModelKind.CHECKPOINT, part(base, "unet"), part(base, "vae"), part(base, "text_encoder"));
        }
        try (SafetensorsFile file = SafetensorsFile.open(base)) {
            ModelKind kind = ModelKind.of(file);
            return switch (kind) {
                case POCKET -> new PictureFiles(kind, base, base, base, Optional.empty(), Optional.empty(), Optional.empty());
                case CHECKPOINT -> withHelpers(store, kind, base, base, base);
                default -> throw kind.refused(file, "a picture model");
            };
        }
    }

    /** Weights in a folder of one network; empty where it holds none that can be read. */
    public static Optional<Path> network(Path folder) {
        return NETWORKS.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst();
    }

    /** The files, each once. */
    public List<Path> all() {
        List<Path> all = new ArrayList<>(Stream.of(unet, autoencoder, textEncoder).distinct().toList());
        Stream.of(edges, depth, distance).flatMap(Optional::stream).forEach(all::add);
        return all;
    }

    private static PictureFiles withHelpers(ModelStore store, ModelKind kind, Path unet, Path autoencoder, Path textEncoder) {
        Optional<Path> edges = helper(store, "canny");
        if (edges.isEmpty()) {
            throw new ProblemException(new ModelMissing(
                    "Stable Diffusion needs the ControlNet for edges beside it, which is not installed.",
                    "Fetch it (stablevideo models pull canny), put " + ModelCatalogue.bundled().card("canny").orElseThrow().file()
                            + " beside the model, or choose the bundled model (model=pocket)."));
        }
        Optional<Path> distance = helper(store, "depth-anything").or(() -> helper(store, "dpt-hybrid"));
        Optional<Path> depth = distance.isPresent() ? helper(store, "depth") : Optional.empty();
        return new PictureFiles(kind, unet, autoencoder, textEncoder, edges, depth, depth.isPresent() ? distance : Optional.empty());
    }

    private static Optional<Path> helper(ModelStore store, String id) {
        return store.find(ModelCatalogue.bundled().card(id).orElseThrow().names())
                .map(path -> Files.isDirectory(path) ? network(path).orElseThrow() : path);
    }

    private static Path part(Path folder, String network) {
        return network(folder.resolve(network)).orElseThrow(() -> {
            boolean pickle = Files.isRegularFile(folder.resolve(network).resolve("diffusion_pytorch_model.bin"))
                    || Files.isRegularFile(folder.resolve(network).resolve("pytorch_model.bin"));
            return new ProblemException(new ModelInvalid(
                    "The folder " + folder.resolve(network) + " holds no weights in safetensors form"
                            + (pickle ? ", only a pickle, which can run programs when it is opened." : "."),
                    "Fetch the .safetensors files of the same model, or use its single-file checkpoint."));
        });
    }
}
