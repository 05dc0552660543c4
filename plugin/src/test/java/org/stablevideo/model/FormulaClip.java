package org.stablevideo.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.stablevideo.tensor.SafetensorsWriter;

/** A small CLIP whose weights are a formula: two layers of 128 on both sides, pictures of 64×64 in patches of 16. */
public final class FormulaClip {

    private static final int WIDTH = 128;

    private FormulaClip() {}

    /** Its file, in the naming of transformers. */
    public static Path write(Path file) throws IOException {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("text_model.embeddings.token_embedding.weight", new long[] {49408, WIDTH});
        shapes.put("text_model.embeddings.position_embedding.weight", new long[] {77, WIDTH});
        shapes.put("vision_model.embeddings.class_embedding", new long[] {WIDTH});
        shapes.put("vision_model.embeddings.patch_embedding.weight", new long[] {WIDTH, 3, 16, 16});
        shapes.put("vision_model.embeddings.position_embedding.weight", new long[] {17, WIDTH});
        shapes.put("visual_projection.weight", new long[] {48, WIDTH});
        shapes.put("text_projection.weight", new long[] {48, WIDTH});
        layer(shapes, "text_model.final_layer_norm", WIDTH);
        layer(shapes, "vision_model.pre_layrnorm", WIDTH);
        layer(shapes, "vision_model.post_layernorm", WIDTH);
        for (String side : new String[] {"text_model", "vision_model"}) {
            for (int i = 0; i < 2; i++) {
                String p = side + ".encoder.layers." + i + ".";
                for (String part : new String[] {"k_proj", "v_proj", "q_proj", "out_proj"}) {
                    layer(shapes, p + "self_attn." + part, WIDTH, WIDTH);
                }
                layer(shapes, p + "layer_norm1", WIDTH);
                layer(shapes, p + "layer_norm2", WIDTH);
                layer(shapes, p + "mlp.fc1", 2 * WIDTH, WIDTH);
                layer(shapes, p + "mlp.fc2", WIDTH, 2 * WIDTH);
            }
        }
        SafetensorsWriter.write(file, Map.of(), shapes, FormulaWeights::weights);
        return file;
    }

    private static void layer(Map<String, long[]> shapes, String name, long... shape) {
        shapes.put(name + ".weight", shape);
        shapes.put(name + ".bias", new long[] {shape[0]});
    }
}
