package org.stablevideo.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.Weights;

/**
 * What is known of a CLIP network before it is asked: the size of its pictures, and how texts become tokens.
 *
 * @param side pixels across and down that it sees
 * @param longest tokens that it reads
 * @param tokenizer makes tokens of texts
 */
record ClipEye(int side, int longest, ClipTokenizer tokenizer) {

    /**
     * Reads shapes.
     *
     * @param weights in the naming of transformers
     * @throws org.stablevideo.problem.ProblemException model-invalid when they are of something else
     */
    static ClipEye of(Weights weights) {
        weights.shapeOf("text_projection.weight");
        weights.shapeOf("visual_projection.weight");
        long longest = weights.shapeOf("text_model.embeddings.position_embedding.weight")[0];
        long patch = weights.shapeOf("vision_model.embeddings.patch_embedding.weight")[2];
        long patches = weights.shapeOf("vision_model.embeddings.position_embedding.weight")[0] - 1;
        return new ClipEye((int) (patch * Math.round(Math.sqrt(patches))), (int) longest, new ClipTokenizer());
    }

    /** A text's direction, by a network with {@code clip_text.ts}; what is longer than it reads is left out. */
    float[] text(Script script, String text) {
        List<Integer> tokens = tokenizer.tokens(text);
        int kept = Math.min(tokens.size(), longest - 2);
        long[] ids = new long[kept + 2];
        ids[0] = ClipTokenizer.START;
        for (int i = 0; i < kept; i++) {
            ids[i + 1] = tokens.get(i);
        }
        ids[kept + 1] = ClipTokenizer.END;
        try (NDManager scope = script.scope()) {
            return script.call(scope, "say", scope.create(ids, new Shape(1, ids.length))).singletonOrThrow().toFloatArray();
        }
    }
}
