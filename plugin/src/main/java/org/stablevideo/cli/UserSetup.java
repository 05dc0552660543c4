package org.stablevideo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.stablevideo.model.InstalledModel;
import org.stablevideo.model.ModelStore;
import org.stablevideo.preset.KdenlivePresets;
import org.stablevideo.preset.Preset;
import org.stablevideo.preset.PresetLibrary;

/**
 * The effect in one user's data folder:
 *
 * <ul>
 *   <li>{@code stablevideo/mlt}: links to the host's modules and to ours, for {@code MLT_REPOSITORY}; only where no package installed our module
 *   <li>{@code kdenlive/effects/stablevideo.xml} and its presets
 *   <li>a group of its own in {@code kdenlive/kdenliveeffectscategory.rc}
 *   <li>{@code applications/kdenlive-stablevideo.desktop}
 *   <li>Shotcut with our panel, where Shotcut is installed and no package put the panel into it, see {@link ShotcutSetup}
 * </ul>
 */
final class UserSetup {

    private static final Path SYSTEM = Path.of("/usr/share");
    private static final String CATEGORIES = "kdenlive/kdenliveeffectscategory.rc";
    private static final String EMPTY_CATEGORIES = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<data name=\"effects\" version=\"0\">\n</data>\n";

    private final Installation installation;
    private final Path data;
    private final Path kdenliveData;

    /**
     * @param installation what is set up
     * @param data the user's data folder
     */
    UserSetup(Installation installation, Path data) {
        this(installation, data, SYSTEM);
    }

    /**
     * @param installation what is set up
     * @param data the folder in which Kdenlive keeps the user's data
     * @param kdenliveData where the Kdenlive that is meant has its own
     */
    UserSetup(Installation installation, Path data, Path kdenliveData) {
        this.installation = installation;
        this.data = data;
        this.kdenliveData = kdenliveData;
    }

    /** The module folder that setup makes. */
    Path moduleFolder() {
        return data.resolve("stablevideo/mlt");
    }

    /** Whether the host finds our module only through that folder. */
    boolean needsModuleFolder() {
        return installation.builtModule().isPresent();
    }

    /** Does everything, again where it was done before; one line for each thing done. */
    List<String> install(PresetLibrary presets) throws IOException {
        List<String> done = new ArrayList<>();
        Optional<Path> module = installation.builtModule();
        if (module.isPresent()) {
            int links = linkModules(module.get());
            done.add("module folder   " + moduleFolder() + " (" + links + " modules)");
            replace(desktopEntry(), desktopText());
            done.add("menu entry      " + desktopEntry());
            if (ShotcutSetup.isThere()) {
                done.addAll(shotcut().install(moduleFolder()));
            }
        }
        done.addAll(installLists(presets));
        return done;
    }

    /** What Kdenlive reads from the user's data: the effect, its group and its presets; one line for each thing done. */
    List<String> installLists(PresetLibrary presets) throws IOException {
        List<String> done = new ArrayList<>();
        showPresets(presets);
        done.add("effect          " + effect());
        String group = Files.readString(installation.kdenlive("category.xml"));
        replace(categories(), withGroup(currentCategories(), group));
        done.add("category        " + categories());
        done.add("presets         " + menuPresets());
        return done;
    }

    /** Whether it was done before. */
    boolean isDone() {
        return Files.exists(effect());
    }

    /** Brings presets and models into the effect's lists, and presets into Kdenlive's preset menu; whether the lists have changed. */
    boolean showPresets(PresetLibrary presets) throws IOException {
        String before = isDone() ? Files.readString(effect()) : "";
        String now = EffectFile.with(Files.readString(installation.kdenlive("stablevideo.xml")), presets.listFiles(), InstalledModel.in(ModelStore.ofUser()));
        if (!now.equals(before)) {
            replace(effect(), now);
        }
        new KdenlivePresets(menuPresets()).put(presets.listFiles());
        return !now.equals(before);
    }

    /** Takes a preset out of the effect's list and of Kdenlive's preset menu. */
    void hidePreset(String title, PresetLibrary rest) throws IOException {
        new KdenlivePresets(menuPresets()).drop(Set.of(title));
        showPresets(rest);
    }

    /** Takes everything back that is still as setup left it. */
    List<String> remove() throws IOException {
        List<String> done = new ArrayList<>();
        if (Files.isDirectory(moduleFolder())) {
            deleteTree(moduleFolder());
            done.add("removed " + moduleFolder());
        }
        for (Path file : List.of(desktopEntry(), effect())) {
            if (Files.deleteIfExists(file)) {
                done.add("removed " + file);
            }
        }
        done.addAll(shotcut().remove());
        if (Files.exists(categories())) {
            String group = Files.readString(installation.kdenlive("category.xml"));
            String rest = Files.readString(categories()).replace(group, "");
            if (rest.equals(systemCategories())) {
                Files.delete(categories());
            } else {
                replace(categories(), rest);
            }
            done.add("removed our group from " + categories());
        }
        if (Files.exists(menuPresets())) {
            Set<String> ours = PresetLibrary.standard().listFiles().stream().map(Preset::title).collect(Collectors.toSet());
            new KdenlivePresets(menuPresets()).drop(ours);
            done.add("removed our presets from " + menuPresets());
        }
        return done.isEmpty() ? List.of("nothing was set up") : done;
    }

    private ShotcutSetup shotcut() {
        return new ShotcutSetup(installation, data);
    }

    private int linkModules(Path ours) throws IOException {
        Path folder = moduleFolder();
        if (Files.isDirectory(folder)) {
            deleteTree(folder);
        }
        Files.createDirectories(folder);
        List<Path> modules = new ArrayList<>(List.of(ours.toRealPath()));
        try (Stream<Path> system = Files.list(Installation.hostModules().orElseThrow())) {
            system.filter(file -> file.toString().endsWith(".so"))
                    .filter(file -> !file.getFileName().toString().equals(Installation.MODULE))
                    .forEach(modules::add);
        }
        for (Path module : modules) {
            Files.createSymbolicLink(folder.resolve(module.getFileName()), module);
        }
        return modules.size();
    }

    private String currentCategories() throws IOException {
        return Files.exists(categories()) ? Files.readString(categories()) : systemCategories();
    }

    private String systemCategories() throws IOException {
        Path theirs = kdenliveData.resolve(CATEGORIES);
        return Files.exists(theirs) ? Files.readString(theirs) : EMPTY_CATEGORIES;
    }

    private static String withGroup(String categories, String group) {
        int end = categories.lastIndexOf("</data>");
        return categories.contains(group) || end < 0 ? categories : categories.substring(0, end) + group + categories.substring(end);
    }

    private String desktopText() {
        return String.join(
                "\n",
                "[Desktop Entry]",
                "Type=Application",
                "Name=Kdenlive with StableVideo",
                "GenericName=Video Editor",
                "Comment=Kdenlive with the effect that edits by text",
                "Exec=env \"MLT_REPOSITORY=" + moduleFolder() + "\" \"STABLEVIDEO_LAUNCHER=" + installation.launcher() + "\" kdenlive %U",
                "Icon=kdenlive",
                "Categories=AudioVideo;AudioVideoEditing;",
                "MimeType=application/x-kdenlive;",
                "");
    }

    private Path desktopEntry() {
        return data.resolve("applications/kdenlive-stablevideo.desktop");
    }

    private Path effect() {
        return data.resolve("kdenlive/effects/stablevideo.xml");
    }

    private Path categories() {
        return data.resolve(CATEGORIES);
    }

    private Path menuPresets() {
        return data.resolve("kdenlive/effects/presets/stablevideo.json");
    }

    static void replace(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, text);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static void deleteTree(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
