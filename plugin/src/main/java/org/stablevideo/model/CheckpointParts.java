package org.stablevideo.model;

import java.util.Set;
import java.util.function.UnaryOperator;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.Weights;

/** The networks inside files, under the names that the network texts use, whatever naming the file has. */
public final class CheckpointParts {

    private static final String TEXT = "text_model.";

    private CheckpointParts() {}

    /** The UNet of a single-file checkpoint or of a file of its own. */
    public static Weights unet(SafetensorsFile file) {
        boolean single = file.entries().containsKey("model.diffusion_model.input_blocks.0.0.weight");
        return ldm(file.weights(single ? "model.diffusion_model." : ""), single);
    }

    /** A ControlNet: bare names, below {@code control_model.}, or as diffusers names them. */
    public static Weights controlNet(SafetensorsFile file) {
        ModelKind.CONTROLNET.demand(file, "a ControlNet");
        boolean prefixed = file.entries().containsKey("control_model.zero_convs.0.0.weight");
        return ldm(file.weights(prefixed ? "control_model." : ""), !file.entries().containsKey("controlnet_cond_embedding.conv_in.weight"));
    }

    private static Weights ldm(Weights weights, boolean ldm) {
        return ldm ? weights.renamed(LdmNames.unet(weights.names().keySet())) : weights;
    }

    /** The autoencoder of a single-file checkpoint or of a file of its own. */
    public static Weights autoencoder(SafetensorsFile file) {
        Weights inside = file.weights("first_stage_model.");
        Weights weights = inside.names().isEmpty() ? file.weights("") : inside;
        return weights.renamed(LdmNames.autoencoder(weights.names().keySet()));
    }

    /** CLIP's text encoder of a single-file checkpoint or of a file of its own. */
    public static Weights textEncoder(SafetensorsFile file) {
        Weights inside = file.weights("cond_stage_model.transformer.");
        Weights weights = inside.names().isEmpty() ? file.weights("") : inside;
        Set<String> names = weights.names().keySet();
        UnaryOperator<String> rename = name -> name.startsWith(TEXT) ? name : TEXT + name;
        return names.stream().anyMatch(name -> name.startsWith(TEXT)) ? weights : weights.renamed(rename);
    }
}
