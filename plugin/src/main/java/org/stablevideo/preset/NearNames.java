package org.stablevideo.preset;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names that a mistyped one may have meant. */
public final class NearNames {

    private NearNames() {}

    /**
     * The known names nearest to a wrong one: those within a third of its length in edits, or that contain it or are contained in it.
     *
     * @return at most three, nearest first
     */
    public static List<String> of(String wrong, Collection<String> known) {
        String key = wrong.toLowerCase(Locale.ROOT);
        int reach = Math.max(1, (key.length() + 2) / 3);
        return known.stream()
                .filter(name -> distance(key, name) <= reach || key.length() >= 3 && (name.contains(key) || key.contains(name)))
                .sorted(Comparator.<String>comparingInt(name -> distance(key, name)).thenComparing(Comparator.naturalOrder()))
                .limit(3)
                .toList();
    }

    /** “Did you mean a or b”, or the list of all when nothing is near; without full stop. */
    public static String didYouMean(String wrong, Collection<String> known) {
        List<String> near = of(wrong, known);
        if (!near.isEmpty()) {
            return "Did you mean " + String.join(" or ", near);
        }
        return known.isEmpty() ? "There is none yet" : "Known: " + String.join(", ", known);
    }

    /** Levenshtein distance: insertions, deletions and replacements, one each. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replace, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
