package org.stablevideo.model;

import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a network costs, told from the names and shapes of its tensors alone: a weight is multiplied once for every place at which its layer is applied,
 * and attention multiplies every place with every other twice.
 *
 * @param shapes tensors in the naming of diffusers
 */
public record NetworkCost(Map<String, long[]> shapes) {

    private static final Pattern BLOCK = Pattern.compile("(?:encoder\\.|decoder\\.)?(down_blocks|up_blocks|controlnet_down_blocks)\\.(\\d+)\\..*");
    private static final int WORDS = 77;

    /** Numbers that it keeps. */
    public long weights() {
        return shapes.values().stream().mapToLong(NetworkCost::elements).sum();
    }

    /**
     * Multiplications and additions of one step of a UNet or ControlNet for one picture.
     *
     * @param height of the latents
     * @param width of the latents
     */
    public double step(int height, int width) {
        int levels = count("down_blocks.");
        int layers = count("down_blocks.0.resnets.");
        double sum = 0;
        for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
            String name = tensor.getKey();
            if (tensor.getValue().length < 2 || name.startsWith("time") || name.contains("time_emb_proj") || name.startsWith("controlnet_cond_embedding")) {
                continue;
            }
            int level = name.contains("mid_block") ? levels - 1 : level(name, levels, layers);
            double places = Math.ceil(height / (double) (1 << level)) * Math.ceil(width / (double) (1 << level));
            boolean words = name.endsWith("attn2.to_k.weight") || name.endsWith("attn2.to_v.weight");
            sum += elements(tensor.getValue()) * (words ? WORDS : places);
            if (name.endsWith(".to_q.weight")) {
                sum += 2 * tensor.getValue()[0] * places * (name.contains("attn2") ? WORDS : places);
            }
        }
        return sum;
    }

    private static int level(String name, int levels, int layers) {
        Matcher block = BLOCK.matcher(name);
        if (!block.matches()) {
            return 0;
        }
        int index = Integer.parseInt(block.group(2));
        return switch (block.group(1)) {
            case "down_blocks" -> Math.min(levels - 1, name.contains("downsamplers") ? index + 1 : index);
            case "up_blocks" -> Math.max(0, name.contains("upsamplers") ? levels - 2 - index : levels - 1 - index);
            default -> Math.min(levels - 1, index / (layers + 1));
        };
    }

    /**
     * Multiplications and additions with which an autoencoder makes a picture, or latents of one.
     *
     * @param side {@code decoder} or {@code encoder}
     * @param height of the latents
     * @param width of the latents
     */
    public double picture(String side, int height, int width) {
        int levels = count(side + (side.equals("decoder") ? ".up_blocks." : ".down_blocks."));
        double sum = 0;
        for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
            String name = tensor.getKey();
            if (!name.startsWith(side + ".") || tensor.getValue().length < 2) {
                continue;
            }
            double places = (double) height * width * (1L << 2 * finer(name, side, levels));
            sum += elements(tensor.getValue()) * places;
            if (name.endsWith(".to_q.weight")) {
                sum += 2 * tensor.getValue()[0] * places * places;
            }
        }
        return sum;
    }

    /** How often the latents' sides are doubled where a layer is applied. */
    private static int finer(String name, String side, int levels) {
        Matcher block = BLOCK.matcher(name);
        if (!block.matches()) {
            boolean latents = name.contains("mid_block") || name.startsWith("decoder.conv_in") || name.startsWith("encoder.conv_out");
            return latents ? 0 : levels - 1;
        }
        int index = Integer.parseInt(block.group(2));
        return side.equals("decoder")
                ? Math.min(levels - 1, name.contains("upsamplers") ? index + 1 : index)
                : Math.max(0, name.contains("downsamplers") ? levels - 2 - index : levels - 1 - index);
    }

    private int count(String prefix) {
        int most = 0;
        for (String name : shapes.keySet()) {
            if (name.startsWith(prefix)) {
                most = Math.max(most, 1 + Integer.parseInt(name.substring(prefix.length()).replaceFirst("\\..*", "")));
            }
        }
        return most;
    }

    private static long elements(long... shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }
}
