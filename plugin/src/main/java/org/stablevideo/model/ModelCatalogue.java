package org.stablevideo.model;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;

/**
 * The model files that this program knows by name: {@code models.json}.
 *
 * @param sets names for several files that work together
 * @param files what is known about each
 */
public record ModelCatalogue(Map<String, List<String>> sets, List<Card> files) {

    /**
     * One file.
     *
     * @param id short name
     * @param role {@code checkpoint}, {@code edges}, {@code depth} (ControlNets), {@code distance} (estimates depth), {@code lora} or {@code measure}
     * @param title for people
     * @param file name of the file
     * @param url where it is fetched from
     * @param sha256 64 hexadecimal digits; empty where the first download decides
     * @param bytes its size; 0 where it is not known
     * @param licence under which its authors give it
     * @param alternatives other names under which files, or folders of diffusers, serve the same end
     */
    public record Card(
            String id, String role, String title, String file, String url, String sha256, long bytes, String licence, List<String> alternatives) {

        /** All names under which it may be found, the best first. */
        public List<String> names() {
            List<String> names = new ArrayList<>(List.of(file));
            names.addAll(alternatives);
            return names;
        }
    }

    private static final ModelCatalogue BUNDLED = read();

    public ModelCatalogue {
        sets = Map.copyOf(sets);
        files = List.copyOf(files);
    }

    /** The catalogue that comes with the program. */
    public static ModelCatalogue bundled() {
        return BUNDLED;
    }

    /** The card of that name. */
    public Optional<Card> card(String id) {
        return files.stream().filter(card -> card.id.equals(id)).findFirst();
    }

    /**
     * The cards that a name means: one file, or a set.
     *
     * @throws ProblemException model-missing, naming those that there are
     */
    public List<Card> named(String name) {
        List<String> ids = sets.getOrDefault(name, List.of(name));
        List<Card> cards = files.stream().filter(card -> ids.contains(card.id)).toList();
        if (cards.isEmpty()) {
            String known = files.stream().map(Card::id).collect(Collectors.joining(", "));
            throw new ProblemException(new ModelMissing(
                    "There is no model named “" + name + "” to fetch.",
                    "Choose one of " + known + ", or a set: " + sets.keySet().stream().sorted().collect(Collectors.joining(", ")) + "."));
        }
        return cards;
    }

    private static ModelCatalogue read() {
        try (InputStream in = ModelCatalogue.class.getResourceAsStream("models.json")) {
            return new Gson().fromJson(new InputStreamReader(in, StandardCharsets.UTF_8), ModelCatalogue.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
