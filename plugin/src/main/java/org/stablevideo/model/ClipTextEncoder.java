package org.stablevideo.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.stablevideo.tensor.Patches;
import org.stablevideo.tensor.Precision;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.Weights;

/**
 * CLIP's text encoder ({@code clip_text.ts}): the last hidden state after the final norm, {@value TokenChunk#LENGTH} rows for every chunk of the
 * prompt. What is emphasised is moved away from the features of no words, or towards them.
 */
public final class ClipTextEncoder implements TextEncoder {

    private final Script script;
    private final ClipTokenizer tokenizer = new ClipTokenizer();
    private final int width;

    /** Copies the weights, whose names start at {@code text_model.}; single precision. */
    public ClipTextEncoder(Weights weights) {
        this(weights, Patches.NONE);
    }

    /** As above, with something added to the weights. */
    public ClipTextEncoder(Weights weights, Patches patches) {
        width = widthOf(weights);
        script = Script.ofResources(ClipTextEncoder.class, "clip_text.ts", "blocks.ts");
        weights.pourInto(script, Precision.SINGLE, patches, false);
    }

    /** Columns of the features of an encoder with these weights. */
    public static int widthOf(Weights weights) {
        return (int) weights.shapeOf("text_model.embeddings.token_embedding.weight")[1];
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public float[] encode(String text) {
        List<TokenChunk> chunks = TokenChunk.of(WeightedText.of(text), tokenizer);
        if (chunks.stream().allMatch(TokenChunk::isPlain)) {
            return features(chunks);
        }
        List<TokenChunk> all = new ArrayList<>(chunks);
        all.add(TokenChunk.empty());
        float[] features = features(all);
        int rows = TokenChunk.LENGTH * width;
        float[] weighted = new float[chunks.size() * rows];
        int empty = weighted.length;
        for (int i = 0; i < weighted.length; i++) {
            float weight = chunks.get(i / rows).weights()[i % rows / width];
            float plain = features[empty + i % rows];
            weighted[i] = weight == 1 ? features[i] : plain + (features[i] - plain) * weight;
        }
        return weighted;
    }

    private float[] features(List<TokenChunk> chunks) {
        long[] ids = new long[chunks.size() * TokenChunk.LENGTH];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = chunks.get(i / TokenChunk.LENGTH).ids()[i % TokenChunk.LENGTH];
        }
        try (NDManager scope = script.scope()) {
            return script.call(scope, "forward", scope.create(ids, new Shape(chunks.size(), TokenChunk.LENGTH)))
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    @Override
    public void close() {
        script.close();
    }
}
