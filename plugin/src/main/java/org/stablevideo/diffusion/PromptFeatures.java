package org.stablevideo.diffusion;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.stablevideo.cache.RecentMap;
import org.stablevideo.model.TextEncoder;

/** Features of prompts. The last few are remembered, so that the text encoder need not stay in memory. */
final class PromptFeatures implements AutoCloseable {

    private static final int REMEMBERED = 16;

    private final OnDemand<? extends TextEncoder> words;
    private final Map<String, float[]> known = RecentMap.of(REMEMBERED);

    /** Takes the encoder over. */
    PromptFeatures(OnDemand<? extends TextEncoder> words) {
        this.words = words;
    }

    /** Features of one text. */
    float[] of(String text) {
        return known.computeIfAbsent(text, key -> words.get().encode(key));
    }

    /**
     * Features of the negative prompt and the prompt, or of the prompt alone for guidance 1; the shorter repeats itself until both end together, which
     * changes nothing.
     */
    List<float[]> of(String prompt, String negative, double guidance) {
        List<float[]> texts = new ArrayList<>(List.of(of(prompt)));
        if (guidance > 1) {
            texts.add(0, of(negative));
        }
        int length = texts.stream().mapToInt(features -> features.length).reduce(1, PromptFeatures::commonMultiple);
        return texts.stream().map(features -> repeated(features, length)).toList();
    }

    private static float[] repeated(float[] features, int length) {
        float[] repeated = new float[length];
        for (int at = 0; at < length; at += features.length) {
            System.arraycopy(features, 0, repeated, at, features.length);
        }
        return repeated;
    }

    private static int commonMultiple(int a, int b) {
        int rest = a;
        int divisor = b;
        while (rest != 0) {
            int next = divisor % rest;
            divisor = rest;
            rest = next;
        }
        return a / divisor * b;
    }

    /** Frees the encoder until a text comes that is not known. */
    void putAway() {
        words.putAway();
    }

    @Override
    public void close() {
        words.close();
    }
}
