package org.stablevideo.model;

import java.util.Map;
import java.util.Optional;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.TensorEntry;

/** What a model file is, told from the names and shapes of its tensors. */
public enum ModelKind {
    /** All networks in the naming of this program, such as the bundled model. */
    POCKET("a model of this program"),
    /** A Stable Diffusion 1.x checkpoint in one file. */
    CHECKPOINT("a Stable Diffusion 1.5 checkpoint"),
    /** A UNet in diffusers' naming. */
    UNET("the UNet alone"),
    /** An autoencoder. */
    AUTOENCODER("an autoencoder alone"),
    /** CLIP's text encoder. */
    TEXT_ENCODER("a text encoder alone"),
    /** A ControlNet for Stable Diffusion 1.x. */
    CONTROLNET("a ControlNet"),
    /** Low-rank additions to the weights of another model. */
    LORA("a LoRA, which only works beside another model"),
    /** Depth Anything V2. */
    DEPTH_ANYTHING("a network that estimates depth"),
    /** The hybrid dense prediction transformer. */
    DPT_HYBRID("a network that estimates depth"),

    CONTROL_LORA("a Control-LoRA, which is a ControlNet only together with the weights of another model",
            "Use the whole ControlNet instead: control_v11p_sd15_canny_fp16 or control_v11f1p_sd15_depth_fp16 (stablevideo models pull sd15)."),
    XL("of the Stable Diffusion XL family", "Choose a model of the Stable Diffusion 1.5 family: fine-tunes say “SD 1.5” where they are offered."),
    SD2("of the Stable Diffusion 2 family", "Choose a model of the Stable Diffusion 1.5 family: fine-tunes say “SD 1.5” where they are offered."),
    NEWER("of a newer family (Stable Diffusion 3, Flux or the like)", "Choose a model of the Stable Diffusion 1.5 family."),
    INPAINTING("an inpainting model, which wants a masked picture beside the noise", "Use the plain version of the same model."),
    INSTRUCT("a model that wants another picture beside the noise (InstructPix2Pix, depth or the like)", "Use a plain Stable Diffusion 1.5 model."),
    ADAPTER("an IP- or T2I-Adapter, which only works beside another model", "Choose the checkpoint of a Stable Diffusion 1.5 model."),
    EMBEDDING("a textual inversion (an embedding), which this version does not use", "Choose the checkpoint of a Stable Diffusion 1.5 model."),
    UNKNOWN("of a kind that this version does not know", "Choose a model of the Stable Diffusion 1.5 family, or the bundled one (model=pocket).");

    private static final int SD2_TEXT = 1024;
    private static final int XL_TEXT = 2048;

    private final String noun;
    private final String remedy;

    ModelKind(String noun) {
        this(noun, "");
    }

    ModelKind(String noun, String remedy) {
        this.noun = noun;
        this.remedy = remedy;
    }

    /** What an open file is. */
    public static ModelKind of(SafetensorsFile file) {
        Map<String, TensorEntry> all = file.entries();
        if (all.containsKey("unet.conv_in.weight")) {
            return POCKET;
        }
        if (all.containsKey("lora_controlnet") || all.containsKey("input_blocks.1.0.in_layers.2.up")) {
            return CONTROL_LORA;
        }
        if (any(all, "model.diffusion_model.joint_blocks.") || any(all, "double_blocks.") || any(all, "model.diffusion_model.double_blocks.")
                || any(all, "transformer_blocks.") || any(all, "joint_blocks.")) {
            return NEWER;
        }
        if (any(all, "lora_unet_") || any(all, "lora_te_") || any(all, "lora_te1_") || all.keySet().stream().anyMatch(ModelKind::isLowRank)) {
            return any(all, "lora_te2_") || any(all, "lora_te1_") ? XL : LORA;
        }
        for (String prefix : new String[] {"control_model.", ""}) {
            if (all.containsKey(prefix + "zero_convs.0.0.weight")) {
                return network(all, prefix + "input_blocks.0.0.weight", prefix + "middle_block.1.", CONTROLNET);
            }
        }
        if (all.containsKey("controlnet_cond_embedding.conv_in.weight")) {
            return network(all, "conv_in.weight", "mid_block.attentions.0.", CONTROLNET);
        }
        if (all.containsKey("model.diffusion_model.input_blocks.0.0.weight")) {
            return any(all, "conditioner.embedders.1.")
                    ? XL
                    : network(all, "model.diffusion_model.input_blocks.0.0.weight", "model.diffusion_model.middle_block.1.", CHECKPOINT);
        }
        if (all.containsKey("time_embedding.linear_1.weight")) {
            return network(all, "conv_in.weight", "mid_block.attentions.0.", UNET);
        }
        if (all.containsKey("decoder.conv_in.weight") || all.containsKey("first_stage_model.decoder.conv_in.weight")) {
            return AUTOENCODER;
        }
        return others(all);
    }

    private static ModelKind others(Map<String, TensorEntry> all) {
        if (all.keySet().stream().anyMatch(name -> name.endsWith("embeddings.token_embedding.weight"))) {
            return TEXT_ENCODER;
        }
        if (any(all, "dpt.embeddings.backbone.")) {
            return DPT_HYBRID;
        }
        if (any(all, "backbone.embeddings.patch_embeddings.")) {
            return DEPTH_ANYTHING;
        }
        if (any(all, "ip_adapter.") || any(all, "image_proj.") || any(all, "adapter.body.") || any(all, "body.0.")) {
            return ADAPTER;
        }
        return all.containsKey("emb_params") || all.size() == 1 ? EMBEDDING : UNKNOWN;
    }

    private static boolean isLowRank(String name) {
        return name.endsWith(".lora_A.weight") || name.endsWith(".lora_down.weight") || name.endsWith(".lora.down.weight")
                || name.endsWith("_lora.down.weight");
    }

    /** Tells families apart by the channels that a network sees and the width of its text. */
    private static ModelKind network(Map<String, TensorEntry> all, String first, String middle, ModelKind plain) {
        TensorEntry in = all.get(first);
        TensorEntry text = all.get(middle + "transformer_blocks.0.attn2.to_k.weight");
        if (in == null || in.shape().length != 4 || text == null || text.shape().length != 2) {
            return UNKNOWN;
        }
        int width = (int) text.shape()[1];
        if (width == XL_TEXT) {
            return XL;
        }
        if (width == SD2_TEXT) {
            return SD2;
        }
        return switch ((int) in.shape()[1]) {
            case 4 -> plain;
            case 9 -> INPAINTING;
            default -> INSTRUCT;
        };
    }

    private static boolean any(Map<String, TensorEntry> all, String prefix) {
        return all.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    /** What it is, with its article: “a ControlNet”. */
    public String noun() {
        return noun;
    }

    /** Whether this program has a use for files of this kind. */
    public boolean isUsed() {
        return remedy.isEmpty();
    }

    /**
     * Makes sure that a file is of this kind.
     *
     * @param role what it was wanted for: “a ControlNet”
     * @throws ProblemException that says what it is instead, and what to do
     */
    public void demand(SafetensorsFile file, String role) {
        ModelKind kind = of(file);
        if (kind != this) {
            throw kind.refused(file, role);
        }
    }

    /** A refusal of a file of this kind. */
    ProblemException refused(SafetensorsFile file, String role) {
        String todo = isUsed() ? "Give the file of " + role + "." : remedy;
        return new ProblemException(new ModelInvalid(
                "The model file " + file.path() + " cannot be used as " + role + ": it is " + noun + ".", todo));
    }
}
