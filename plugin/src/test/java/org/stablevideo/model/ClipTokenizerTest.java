package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClipTokenizerTest {

    private static final ClipTokenizer TOKENIZER = new ClipTokenizer();

    /** {@code tokens.json} is what transformers' CLIPTokenizer (5.23) answers. */
    @Test
    void shouldAnswerAsTransformersDoes() throws IOException {
        Map<String, List<Integer>> golden;
        try (Reader reader = new InputStreamReader(ClipTokenizerTest.class.getResourceAsStream("tokens.json"), StandardCharsets.UTF_8)) {
            golden = new Gson().fromJson(reader, new TypeToken<Map<String, List<Integer>>>() {}.getType());
        }
        assertTrue(golden.size() > 20);
        golden.forEach((text, tokens) -> assertEquals(tokens, TOKENIZER.tokens(text), text));
    }

    @Test
    void shouldWeighWhatIsInBrackets() {
        assertEquals(List.of(part("a red car", 1)), parts("a red car"));
        assertEquals(List.of(part("a ", 1), part("red", 1.1), part(" car", 1)), parts("a (red) car"));
        assertEquals(List.of(part("a ", 1), part("red", 1.3), part(" car", 1)), parts("a (red:1.3) car"));
        assertEquals(List.of(part("a", 2), part("b", 1), part("c", 2)), parts("(a(b:0.5)c:2)"));
        assertEquals(List.of(part("1:2 (x) and (open", 1)), parts("1:2 \\(x\\) and (open"));
        assertEquals(List.of(part("a:b", 1.1)), parts("(a:b)"));
        assertEquals(List.of(), parts("() (:2)".substring(0, 2)));
    }

    @Test
    void shouldCutLongPromptsIntoChunksBetweenWords() {
        List<TokenChunk> one = chunks("a red car");
        assertEquals(1, one.size());
        assertEquals("[49406, 320, 736, 1615, 49407, 49407]", Arrays.toString(Arrays.copyOf(one.get(0).ids(), 6)));
        List<TokenChunk> two = chunks("car ".repeat(74) + "supercalifragilistic (car:1.5)");
        assertEquals(2, two.size(), "a word of six tokens moves as a whole");
        assertEquals(ClipTokenizer.END, two.get(0).ids()[75]);
        assertTrue(two.get(0).isPlain());
        assertFalse(two.get(1).isPlain());
        List<TokenChunk> broken = chunks("car ".repeat(74) + "x".repeat(120));
        assertTrue(broken.get(0).ids()[75] != ClipTokenizer.END, "a very long word is broken");
        assertEquals(8, chunks("car ".repeat(5000)).size());
    }

    private static List<WeightedText.Part> parts(String prompt) {
        return WeightedText.of(prompt).parts().stream()
                .map(part -> part(part.text(), Math.round(part.weight() * 1e6) / 1e6))
                .toList();
    }

    private static WeightedText.Part part(String text, double weight) {
        return new WeightedText.Part(text, weight);
    }

    private static List<TokenChunk> chunks(String prompt) {
        return TokenChunk.of(WeightedText.of(prompt), TOKENIZER);
    }
}
