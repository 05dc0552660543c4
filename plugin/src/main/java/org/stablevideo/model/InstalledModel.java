package org.stablevideo.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.SafetensorsFile;

/**
 * A picture model that is there besides the bundled one.
 *
 * @param name what the parameter {@code model} takes
 * @param title for people, with its size: {@code Stable Diffusion 1.5 (4.3 GB)}
 */
public record InstalledModel(String name, String title) {

    /** Those of the catalogue first, then every other checkpoint of the Stable Diffusion 1.5 family by its file's name. */
    public static List<InstalledModel> in(ModelStore store) {
        List<InstalledModel> models = new ArrayList<>();
        List<Path> told = new ArrayList<>();
        for (ModelCatalogue.Card card : ModelCatalogue.bundled().files()) {
            if (card.role().equals("checkpoint")) {
                store.find(card.names()).ifPresent(path -> {
                    told.add(path);
                    models.add(new InstalledModel(card.id(), card.title() + size(path)));
                });
            }
        }
        for (Path file : store.files()) {
            String name = file.getFileName().toString().replaceFirst("\\.safetensors$", "");
            if (!told.contains(file) && isFound(store, name, file) && isCheckpoint(file)) {
                models.add(new InstalledModel(name, name + size(file)));
            }
        }
        return models;
    }

    private static boolean isFound(ModelStore store, String name, Path file) {
        try {
            return store.find(name).equals(file);
        } catch (ProblemException e) {
            return false;
        }
    }

    private static boolean isCheckpoint(Path file) {
        try (SafetensorsFile open = SafetensorsFile.open(file)) {
            return ModelKind.of(open) == ModelKind.CHECKPOINT;
        } catch (ProblemException e) {
            return false;
        }
    }

    private static String size(Path path) {
        try {
            return Files.isRegularFile(path) ? String.format(Locale.ROOT, " (%.1f GB)", Files.size(path) / 1e9) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
