package org.stablevideo.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The tensor names of latent diffusion's own checkpoints, read as those of diffusers, which the network texts use. What is where follows from
 * the names that there are, so that any depth is read: {@code input_blocks.3.0.op} ends a level, and so on.
 */
final class LdmNames {

    private static final Map<String, String> RESNET = Map.of(
            "in_layers.0", "norm1", "in_layers.2", "conv1", "emb_layers.1", "time_emb_proj",
            "out_layers.0", "norm2", "out_layers.3", "conv2", "skip_connection", "conv_shortcut");

    private static final Map<String, String> ATTENTION = Map.ofEntries(
            Map.entry("norm", "group_norm"), Map.entry("q", "to_q"), Map.entry("k", "to_k"), Map.entry("v", "to_v"),
            Map.entry("proj_out", "to_out.0"), Map.entry("query", "to_q"), Map.entry("key", "to_k"), Map.entry("value", "to_v"),
            Map.entry("proj_attn", "to_out.0"));

    private final Map<String, String> blocks = new LinkedHashMap<>();

    private LdmNames() {}

    /** Renames the tensors of a UNet, or of a ControlNet; the prefix is off already. */
    static UnaryOperator<String> unet(Set<String> names) {
        LdmNames table = new LdmNames();
        table.top();
        int perLevel = table.wayDown(names);
        table.wayUp(names, perLevel + 1);
        table.structure(names);
        return name -> table.renamed(name, RESNET);
    }

    /** Renames the tensors of an autoencoder; the older names of diffusers are read too. */
    static UnaryOperator<String> autoencoder(Set<String> names) {
        LdmNames table = new LdmNames();
        int levels = 0;
        while (names.contains("decoder.up." + levels + ".block.0.conv1.weight")) {
            levels++;
        }
        for (String half : new String[] {"encoder", "decoder"}) {
            for (int i = 0; i < levels; i++) {
                String down = half + (half.equals("encoder") ? ".down." + i : ".up." + (levels - 1 - i));
                String block = half + (half.equals("encoder") ? ".down_blocks." : ".up_blocks.") + i;
                table.blocks.put(down + ".downsample.conv", block + ".downsamplers.0.conv");
                table.blocks.put(down + ".upsample.conv", block + ".upsamplers.0.conv");
                for (int j = 0; names.contains(down + ".block." + j + ".conv1.weight"); j++) {
                    table.blocks.put(down + ".block." + j + ".nin_shortcut", block + ".resnets." + j + ".conv_shortcut");
                    table.blocks.put(down + ".block." + j, block + ".resnets." + j);
                }
            }
            table.blocks.put(half + ".mid.block_1", half + ".mid_block.resnets.0");
            table.blocks.put(half + ".mid.block_2", half + ".mid_block.resnets.1");
            table.blocks.put(half + ".norm_out", half + ".conv_norm_out");
            ATTENTION.forEach((theirs, ours) -> {
                table.blocks.put(half + ".mid.attn_1." + theirs, half + ".mid_block.attentions.0." + ours);
                table.blocks.put(half + ".mid_block.attentions.0." + theirs, half + ".mid_block.attentions.0." + ours);
            });
        }
        return name -> table.renamed(name, Map.of());
    }

    private void top() {
        blocks.put("time_embed.0", "time_embedding.linear_1");
        blocks.put("time_embed.2", "time_embedding.linear_2");
        blocks.put("input_blocks.0.0", "conv_in");
        blocks.put("middle_block.0", "mid_block.resnets.0");
        blocks.put("middle_block.1", "mid_block.attentions.0");
        blocks.put("middle_block.2", "mid_block.resnets.1");
        blocks.put("out.0", "conv_norm_out");
        blocks.put("out.2", "conv_out");
    }

    /** The way down; the number of blocks in a level. */
    private int wayDown(Set<String> names) {
        int level = 0;
        int j = 0;
        int perLevel = 0;
        for (int k = 1; true; k++) {
            String block = "input_blocks." + k;
            if (names.contains(block + ".0.op.weight")) {
                blocks.put(block + ".0.op", "down_blocks." + level + ".downsamplers.0.conv");
                level++;
                j = 0;
            } else if (names.contains(block + ".0.in_layers.0.weight")) {
                blocks.put(block + ".0", "down_blocks." + level + ".resnets." + j);
                blocks.put(block + ".1", "down_blocks." + level + ".attentions." + j);
                j++;
                perLevel = Math.max(perLevel, j);
            } else {
                return perLevel;
            }
        }
    }

    private void wayUp(Set<String> names, int perLevel) {
        for (int k = 0; names.contains("output_blocks." + k + ".0.in_layers.0.weight"); k++) {
            String theirs = "output_blocks." + k;
            String ours = "up_blocks." + k / perLevel;
            blocks.put(theirs + ".0", ours + ".resnets." + k % perLevel);
            blocks.put(theirs + ".1.conv", ours + ".upsamplers.0.conv");
            blocks.put(theirs + ".2.conv", ours + ".upsamplers.0.conv");
            blocks.put(theirs + ".1", ours + ".attentions." + k % perLevel);
        }
    }

    /** What a ControlNet has beside its encoder. */
    private void structure(Set<String> names) {
        int last = 0;
        for (int k = 0; names.contains("input_hint_block." + k + ".weight"); k += 2) {
            blocks.put("input_hint_block." + k, "controlnet_cond_embedding." + (k == 0 ? "conv_in" : "blocks." + (k / 2 - 1)));
            last = k;
        }
        blocks.put("input_hint_block." + last, "controlnet_cond_embedding.conv_out");
        for (int k = 0; names.contains("zero_convs." + k + ".0.weight"); k++) {
            blocks.put("zero_convs." + k + ".0", "controlnet_down_blocks." + k);
        }
        blocks.put("middle_block_out.0", "controlnet_mid_block");
    }

    /** Renames the longest known beginning, and within a residual block what follows. */
    private String renamed(String name, Map<String, String> inner) {
        for (int end = name.lastIndexOf('.'); end > 0; end = name.lastIndexOf('.', end - 1)) {
            String block = blocks.get(name.substring(0, end));
            if (block != null) {
                String rest = name.substring(end + 1);
                int dot = rest.lastIndexOf('.');
                String layer = dot < 0 ? "" : rest.substring(0, dot);
                return block + "." + (inner.containsKey(layer) ? inner.get(layer) + rest.substring(dot) : rest);
            }
        }
        return name;
    }
}
