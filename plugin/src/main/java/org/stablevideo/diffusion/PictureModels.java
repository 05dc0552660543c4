package org.stablevideo.diffusion;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.stablevideo.model.Autoencoder;
import org.stablevideo.model.ControlNet;
import org.stablevideo.model.LatentUNet;
import org.stablevideo.model.ModelCard;
import org.stablevideo.model.ModelStore;
import org.stablevideo.model.SentenceEncoder;
import org.stablevideo.model.TextEncoder;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.SafetensorsFile;

/** Opens picture models by name. */
public final class PictureModels {

    private final ModelStore store;

    /** The models of a store. */
    public PictureModels(ModelStore store) {
        this.store = store;
    }

    /** The models that this user has. */
    public static PictureModels ofUser() {
        return new PictureModels(ModelStore.ofUser());
    }

    /** What {@link PictureModel#id} of a model would say, without loading it. */
    public String idOf(String name) {
        return store.idOf(name);
    }

    /**
     * Loads a model; the caller closes it.
     *
     * @param name {@code auto}, {@code pocket}, another name, or the path of a safetensors file with {@code unet.}, {@code vae.} and perhaps
     *     {@code controlnet.} tensors
     * @throws ProblemException model-missing or model-invalid
     */
    public PictureModel open(String name) {
        Path path = store.find(name);
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            ModelCard card = ModelCard.of(path, file.metadata());
            LatentUNet unet = keep(opened, new LatentUNet(file.weights("unet.")));
            TextEncoder words = keep(opened, new SentenceEncoder(card.textTokens()));
            if (words.width() != unet.textWidth()) {
                throw new ProblemException(new ModelInvalid(
                        "The model file " + path + " wants text features of width " + unet.textWidth() + "; there is an encoder for "
                                + words.width() + " only.",
                        "Choose the bundled model (model=pocket)."));
            }
            boolean controlled = file.entries().containsKey("controlnet.conv_in.weight");
            Optional<ControlNet> control =
                    controlled ? Optional.of(keep(opened, new ControlNet(file.weights("controlnet.")))) : Optional.empty();
            Autoencoder autoencoder = keep(opened, new Autoencoder(file.weights("vae.")));
            return new DiffusionPictureModel(store.idOf(name), card, words, unet, control, autoencoder);
        } catch (RuntimeException e) {
            closeAll(opened, e);
            throw e;
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
