package org.stablevideo.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * As many tokens as CLIP reads at once: start, up to 75 of the text, end; filled up with ends.
 *
 * @param ids token numbers, {@value #LENGTH} of them
 * @param weights how much each counts, 1 for plain ones
 */
record TokenChunk(int[] ids, float[] weights) {

    /** Tokens that CLIP reads at once. */
    static final int LENGTH = 77;

    private static final int ROOM = LENGTH - 2;

    /** From so many tokens on a word is broken at the end of a chunk, instead of moving to the next as a whole. */
    private static final int LONG_WORD = 8;

    private static final int MOST = 8;

    /** A text without words. */
    static TokenChunk empty() {
        return new TokenChunk(blank(), ones());
    }

    /**
     * A prompt in chunks: at least one, at most {@value #MOST}; what is longer is left out. Words are kept together, as ComfyUI keeps them.
     *
     * @param tokenizer for its words
     */
    static List<TokenChunk> of(WeightedText text, ClipTokenizer tokenizer) {
        List<TokenChunk> chunks = new ArrayList<>(List.of(empty()));
        int used = 0;
        for (WeightedText.Part part : text.parts()) {
            for (String word : part.text().split("\\p{IsWhite_Space}+")) {
                List<Integer> tokens = tokenizer.tokens(word);
                if (used + tokens.size() > ROOM && tokens.size() < LONG_WORD) {
                    chunks.add(empty());
                    used = 0;
                }
                for (int token : tokens) {
                    if (used == ROOM) {
                        chunks.add(empty());
                        used = 0;
                    }
                    TokenChunk chunk = chunks.get(chunks.size() - 1);
                    chunk.ids[1 + used] = token;
                    chunk.weights[1 + used++] = (float) part.weight();
                }
            }
        }
        return List.copyOf(chunks.subList(0, Math.min(MOST, chunks.size())));
    }

    /** Whether all of it counts alike. */
    boolean isPlain() {
        for (float weight : weights) {
            if (weight != 1) {
                return false;
            }
        }
        return true;
    }

    private static int[] blank() {
        int[] ids = new int[LENGTH];
        Arrays.fill(ids, ClipTokenizer.END);
        ids[0] = ClipTokenizer.START;
        return ids;
    }

    private static float[] ones() {
        float[] ones = new float[LENGTH];
        Arrays.fill(ones, 1);
        return ones;
    }
}
