package org.stablevideo.preset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.stablevideo.problem.PresetInvalid;
import org.stablevideo.problem.ProblemException;

/**
 * Presets of this computer: one file {@code <id>.json} each, those shipped and those the user saved, and those that the user saved in Kdenlive's own preset
 * menu. The user's files win over those shipped, and files over the menu, where they have one of the same id. Reads everything anew on every call, so
 * what is dropped in or saved is there at once.
 */
public final class PresetLibrary {

    private static final String SUFFIX = ".json";
    private static final String SCHEMA_FILE = "preset.schema.json";

    private final List<Path> shipped;
    private final Path own;
    private final Optional<KdenlivePresets> menu;

    /**
     * Files alone.
     *
     * @param shipped folders that are read only, the first wins
     * @param own the user's folder; made when first written to
     */
    public PresetLibrary(List<Path> shipped, Path own) {
        this(shipped, own, Optional.empty());
    }

    /** Files and Kdenlive's menu. */
    public PresetLibrary(List<Path> shipped, Path own, KdenlivePresets menu) {
        this(shipped, own, Optional.of(menu));
    }

    private PresetLibrary(List<Path> shipped, Path own, Optional<KdenlivePresets> menu) {
        this.shipped = List.copyOf(shipped);
        this.own = own;
        this.menu = menu;
    }

    /**
     * The library of this process: {@code presets} below the system property {@code stablevideo.root} and {@code /usr/share/stablevideo/presets} as
     * shipped; the user's own in {@code $STABLEVIDEO_PRESETS}, else {@code $XDG_DATA_HOME/stablevideo/presets}, else
     * {@code ~/.local/share/stablevideo/presets}; Kdenlive's menu of the user.
     */
    public static PresetLibrary standard() {
        List<Path> shipped = new ArrayList<>();
        String root = System.getProperty("stablevideo.root", "");
        if (!root.isEmpty()) {
            shipped.add(Path.of(root, "presets"));
        }
        shipped.add(Path.of("/usr/share/stablevideo/presets"));
        Path data = userData(System.getenv());
        KdenlivePresets menu = new KdenlivePresets(data.resolve("kdenlive/effects/presets/stablevideo.json"));
        String chosen = System.getenv().getOrDefault("STABLEVIDEO_PRESETS", "");
        return new PresetLibrary(shipped, chosen.isBlank() ? data.resolve("stablevideo").resolve("presets") : Path.of(chosen), menu);
    }

    /**
     * This library with more folders to read, which yield to all that it has.
     *
     * @param folders the first wins
     */
    public PresetLibrary with(List<Path> folders) {
        List<Path> all = new ArrayList<>(shipped);
        all.addAll(folders);
        return new PresetLibrary(all, own, menu);
    }

    private static Path userData(Map<String, String> environment) {
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        return data.isBlank() ? Path.of(System.getProperty("user.home"), ".local", "share") : Path.of(data);
    }

    /**
     * The preset of that id.
     *
     * @throws ProblemException with {@link PresetInvalid} when there is none (naming near ones) or its file is malformed
     */
    public Preset get(String id) {
        Path file = files().get(id);
        if (file != null) {
            return readNamed(file);
        }
        Preset saved = savedInKdenlive().get(id);
        if (saved == null) {
            throw unknown(id);
        }
        return saved;
    }

    /** All presets that can be read: files by id, then those in Kdenlive's menu; what cannot is in {@link #broken}. */
    public List<Preset> list() {
        List<Preset> presets = new ArrayList<>(listFiles());
        try {
            presets.addAll(savedInKdenlive().values());
        } catch (ProblemException e) {
            // told by broken(); the files are good nevertheless
        }
        return Collections.unmodifiableList(presets);
    }

    /** The presets that are files of ours, without those in Kdenlive's menu alone. */
    public List<Preset> listFiles() {
        List<Preset> presets = new ArrayList<>();
        files().values().forEach(file -> {
            try {
                presets.add(readNamed(file));
            } catch (ProblemException e) {
                // told by broken(); one bad file must not hide the others
            }
        });
        return Collections.unmodifiableList(presets);
    }

    /** What is wrong with the files that {@link #list} leaves out, by file. */
    public Map<Path, PresetInvalid> broken() {
        Map<Path, PresetInvalid> problems = new LinkedHashMap<>();
        files().values().forEach(file -> {
            try {
                readNamed(file);
            } catch (ProblemException e) {
                if (e.problem() instanceof PresetInvalid problem) {
                    problems.put(file, problem);
                }
            }
        });
        try {
            savedInKdenlive();
        } catch (ProblemException e) {
            if (e.problem() instanceof PresetInvalid problem) {
                problems.put(menu.orElseThrow().file(), problem);
            }
        }
        return problems;
    }

    /** What the user saved in Kdenlive's menu, by id; not what is there because it is a file of ours. */
    private Map<String, Preset> savedInKdenlive() {
        if (menu.isEmpty()) {
            return Map.of();
        }
        List<Preset> ours = listFiles();
        Set<String> titles = ours.stream().map(Preset::title).collect(Collectors.toSet());
        Map<String, Map<EffectParameter, String>> values = ours.stream().collect(Collectors.toMap(Preset::id, Preset::values));
        Map<String, Preset> saved = menu.get().read(titles, id -> values.getOrDefault(id, Map.of()));
        values.keySet().forEach(saved::remove);
        return saved;
    }

    /** Whether the preset of that id is only in Kdenlive's menu. */
    public boolean isInKdenlive(String id) {
        return !files().containsKey(id) && savedInKdenlive().containsKey(id);
    }

    /** Whether the preset of that id is the user's own. */
    public boolean isOwn(String id) {
        return id.matches(Preset.ID_PATTERN) && Files.isRegularFile(own.resolve(id + SUFFIX));
    }

    /**
     * Stores a preset in the user's folder, replacing one of the same id; readers see the old file or the new, never half of one.
     *
     * @return the file
     * @throws ProblemException with {@link PresetInvalid} when the folder cannot be written
     */
    public Path save(Preset preset) {
        Path file = own.resolve(preset.id() + SUFFIX);
        PresetFiles.write(file, PresetFormat.print(preset));
        return file;
    }

    /**
     * Removes a preset of the user's own, or one from Kdenlive's menu; a shipped one of the same id appears again.
     *
     * @throws ProblemException with {@link PresetInvalid} when there is none, or it is a shipped one
     */
    public void delete(String id) {
        if (isInKdenlive(id)) {
            menu.orElseThrow().drop(Set.of(get(id).title()));
            return;
        }
        if (!isOwn(id)) {
            Path file = files().get(id);
            if (file == null) {
                throw unknown(id);
            }
            throw new ProblemException(
                    new PresetInvalid("Preset “" + id + "” belongs to the installation (" + file + ").", "Only your own presets can be deleted."));
        }
        try {
            Files.delete(own.resolve(id + SUFFIX));
        } catch (IOException e) {
            throw PresetFiles.cannot("delete", own.resolve(id + SUFFIX), e);
        }
    }

    /**
     * Copies a preset file into the user's folder after checking it.
     *
     * @return the preset
     * @throws ProblemException with {@link PresetInvalid} when the file is missing, malformed or cannot be stored
     */
    public Preset importFrom(Path file) {
        Preset preset = PresetFiles.read(file);
        save(preset);
        return preset;
    }

    /**
     * Writes a preset to a file of the user's choice.
     *
     * @throws ProblemException with {@link PresetInvalid} when there is no such preset or the file cannot be written
     */
    public void exportTo(String id, Path file) {
        PresetFiles.write(file.toAbsolutePath(), PresetFormat.print(get(id)));
    }

    /** The preset as the text of its file. */
    public static String print(Preset preset) {
        return PresetFormat.print(preset);
    }

    private ProblemException unknown(String id) {
        List<String> known = list().stream().map(Preset::id).toList();
        return new ProblemException(new PresetInvalid("There is no preset “" + id + "”.", NearNames.didYouMean(id, known) + "."));
    }

    private Map<String, Path> files() {
        Map<String, Path> files = new TreeMap<>();
        List<Path> folders = new ArrayList<>(shipped);
        Collections.reverse(folders);
        folders.add(own);
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (Stream<Path> entries = Files.list(folder)) {
                entries.filter(PresetLibrary::isPreset).forEach(file -> files.put(idOf(file), file));
            } catch (IOException | UncheckedIOException e) {
                throw PresetFiles.cannot("read", folder, e);
            }
        }
        return files;
    }

    private static boolean isPreset(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(SUFFIX) && !name.startsWith(".") && !name.equals(SCHEMA_FILE);
    }

    private static String idOf(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - SUFFIX.length());
    }

    private static Preset readNamed(Path file) {
        Preset preset = PresetFiles.read(file);
        if (!preset.id().equals(idOf(file))) {
            throw new ProblemException(new PresetInvalid(
                    "Preset " + file + " calls itself “" + preset.id() + "” in field id.", "Give the file and the field one name."));
        }
        return preset;
    }
}
