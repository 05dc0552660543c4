package org.stablevideo.model;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Where this user's model files may be: our own folders first, then those of other programs, whose files are used where they are.
 *
 * @param environment looks a variable up; null where it is not set
 * @param home the user's home
 */
public record ModelFolders(UnaryOperator<String> environment, Path home) {

    private static final List<String> OTHERS = List.of(
            "ComfyUI/models", "comfyui/models", "ComfyUI_windows_portable/ComfyUI/models", "Documents/ComfyUI/models",
            ".local/share/krita/ai_diffusion/server/ComfyUI/models", ".local/share/krita/ai_diffusion/models",
            ".local/share/krita-ai-diffusion/server/ComfyUI/models", ".local/share/krita-ai-diffusion/models",
            "stable-diffusion-webui/models", "stable-diffusion-webui/extensions/sd-webui-controlnet/models",
            "stable-diffusion-webui-forge/models", "InvokeAI/models", "StabilityMatrix/Models");

    /** Those of the user that runs this program. */
    public static ModelFolders ofUser() {
        return new ModelFolders(System::getenv, Path.of(System.getProperty("user.home")));
    }

    /** Where fetched models are put: the first of {@code $STABLEVIDEO_MODELS}, else {@code $XDG_DATA_HOME/stablevideo/models}. */
    public Path own() {
        List<Path> named = named();
        return named.isEmpty() ? below("XDG_DATA_HOME", ".local/share").resolve("stablevideo").resolve("models") : named.get(0);
    }

    /** The list of further folders that the user has named, one a line. */
    public Path list() {
        return below("XDG_CONFIG_HOME", ".config").resolve("stablevideo").resolve("model-folders");
    }

    /** All folders, in the order in which they are searched; some may not exist. */
    public List<Path> all() {
        List<Path> folders = new ArrayList<>(named());
        folders.add(below("XDG_DATA_HOME", ".local/share").resolve("stablevideo").resolve("models"));
        Optional.ofNullable(System.getProperty("stablevideo.models")).map(Path::of).ifPresent(folders::add);
        Optional.ofNullable(System.getProperty("stablevideo.root")).map(root -> Path.of(root, "packaging", "models")).ifPresent(folders::add);
        folders.add(Path.of("/usr/share/stablevideo/models"));
        folders.addAll(listed());
        OTHERS.stream().map(home::resolve).filter(Files::isDirectory).forEach(folders::add);
        return folders.stream().distinct().toList();
    }

    private List<Path> named() {
        String value = environment.apply("STABLEVIDEO_MODELS");
        List<Path> folders = new ArrayList<>();
        for (String folder : value == null ? new String[0] : value.split(File.pathSeparator)) {
            if (!folder.isBlank()) {
                folders.add(Path.of(folder));
            }
        }
        return folders;
    }

    private List<Path> listed() {
        try {
            return Files.isRegularFile(list())
                    ? Files.readAllLines(list()).stream().map(String::strip).filter(line -> !line.isEmpty()).map(Path::of).toList()
                    : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }

    private Path below(String variable, String otherwise) {
        String value = environment.apply(variable);
        return value == null || value.isBlank() ? home.resolve(otherwise) : Path.of(value);
    }
}
