package org.stablevideo.pipeline;

import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the effect keeps of an edit that was applied, in its parameter {@code results}: {@code svedit1;FRAMES;CLIP}, and {@code ;seed N} where the seed was
 * drawn. So whoever shows or renders the project later has the edit that Apply made.
 *
 * @param frameCount frames that were edited
 * @param clip beginning of the clip's content hash
 * @param drawnSeed the seed, unless the user gave it
 */
public record AppliedEdit(int frameCount, String clip, OptionalLong drawnSeed) {

    private static final Pattern SEED = Pattern.compile(".*;seed (\\d{1,10})");

    /** Smallest seed that is drawn: a default would yield to a preset. */
    private static final long LEAST = 2;

    /** Largest seed that is drawn: Kdenlive keeps six digits, and who likes a variation can type its number. */
    private static final long MOST = 999_999;

    /** As the parameter holds it. */
    public String text() {
        return "svedit1;" + frameCount + ";" + clip + (drawnSeed.isPresent() ? ";seed " + drawnSeed.getAsLong() : "");
    }

    /** The seed that an applied edit has drawn; empty where it drew none, or where the text is none of ours. */
    static OptionalLong seedOf(String results) {
        Matcher seed = SEED.matcher(results);
        return seed.matches() ? OptionalLong.of(Long.parseLong(seed.group(1))) : OptionalLong.empty();
    }

    /** Draws a seed. */
    public static long draw() {
        return ThreadLocalRandom.current().nextLong(LEAST, MOST + 1);
    }
}
