package org.stablevideo.model;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * CLIP's tokenizer: byte pair encoding over lower-case text (Radford et al. 2021). A word becomes bytes, each written as one letter, the last
 * with {@code </w>} behind it; then the pair that was learnt first is joined, again and again. The number of a token is its place in the list:
 * 256 letters, the same at a word's end, the 48 894 merges in the order in which they were learnt, start and end of text.
 */
final class ClipTokenizer {

    /** Number of the token before a text. */
    static final int START = 49406;

    /** Number of the token after a text; fills up what is short, too. */
    static final int END = 49407;

    private static final int MERGES = 49152 - 256 - 2;
    private static final String WORD_END = "</w>";
    private static final Pattern SPACE = Pattern.compile("\\p{IsWhite_Space}+");
    private static final Pattern WORD = Pattern.compile(
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\p{IsWhite_Space}\\p{L}\\p{N}]+");

    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, Integer> ranks = new HashMap<>();
    private final String[] letters = letters();

    /** Reads the bundled list of merges. */
    ClipTokenizer() {
        List<String> words = new ArrayList<>(List.of(lettersInOrder()));
        words.addAll(words.stream().map(letter -> letter + WORD_END).toList());
        try (BufferedReader merges = merges()) {
            merges.readLine();
            for (int i = 0; i < MERGES; i++) {
                String pair = merges.readLine();
                ranks.put(pair, i);
                words.add(pair.replace(" ", ""));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        words.add("<|startoftext|>");
        words.add("<|endoftext|>");
        for (int i = 0; i < words.size(); i++) {
            numbers.put(words.get(i), i);
        }
    }

    /** The tokens of a text, without start and end. */
    List<Integer> tokens(String text) {
        String plain = lower(SPACE.matcher(Normalizer.normalize(text, Normalizer.Form.NFC)).replaceAll(" "));
        List<Integer> tokens = new ArrayList<>();
        Matcher word = WORD.matcher(plain);
        while (word.find()) {
            Integer special = word.group().startsWith("<|") ? numbers.get(word.group()) : null;
            if (special != null) {
                tokens.add(special);
            } else {
                joined(word.group()).forEach(part -> tokens.add(numbers.get(part)));
            }
        }
        return tokens;
    }

    private List<String> joined(String word) {
        List<String> parts = new ArrayList<>();
        for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
            parts.add(letters[b & 255]);
        }
        parts.set(parts.size() - 1, parts.get(parts.size() - 1) + WORD_END);
        while (parts.size() > 1) {
            int best = -1;
            int bestRank = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < parts.size(); i++) {
                int rank = ranks.getOrDefault(parts.get(i) + " " + parts.get(i + 1), Integer.MAX_VALUE);
                if (rank < bestRank) {
                    best = i;
                    bestRank = rank;
                }
            }
            if (best < 0) {
                return parts;
            }
            parts.set(best, parts.get(best) + parts.remove(best + 1));
        }
        return parts;
    }

    /** Letter by letter, whatever stands beside it: the reference knows no final sigma. */
    private static String lower(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == 0x130) {
                lower.append("i\u0307");
            } else {
                lower.appendCodePoint(Character.toLowerCase(c));
            }
        });
        return lower.toString();
    }

    /** A visible letter for every byte: itself where it is one, else from 256 on. */
    private static String[] letters() {
        String[] letters = new String[256];
        int next = 256;
        for (int b = 0; b < 256; b++) {
            letters[b] = String.valueOf((char) (isVisible(b) ? b : next++));
        }
        return letters;
    }

    /** The letters in the order of their numbers: the visible bytes first. */
    private static String[] lettersInOrder() {
        String[] order = new String[256];
        int at = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (int b = 0; b < 256; b++) {
                if (isVisible(b) == (pass == 0)) {
                    order[at++] = letters()[b];
                }
            }
        }
        return order;
    }

    private static boolean isVisible(int b) {
        return b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
    }

    private static BufferedReader merges() throws IOException {
        InputStream in = ClipTokenizer.class.getResourceAsStream("clip_merges.txt.gz");
        if (in == null) {
            throw new IOException("the class path lacks clip_merges.txt.gz");
        }
        return new BufferedReader(new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8));
    }
}
