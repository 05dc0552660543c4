package org.stablevideo.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.stablevideo.host.KeptEdits;
import org.stablevideo.host.ProjectEdits;
import org.stablevideo.host.ProjectEdits.Shown;
import org.stablevideo.host.Studio;
import org.stablevideo.pipeline.PackedEdits;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.ClipUnreadable;
import org.stablevideo.problem.ProblemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code export PROJECT}: puts the finished edits of a project beside it, so that they travel with it. */
@Command(
        name = "export",
        description = "Puts the finished edits of a project beside it, in the folder " + PackedEdits.FOLDER
                + ". Moved with the project and its clips, they render on another computer, without models.")
final class ExportCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Project of Kdenlive, or any MLT XML.")
    private Path project;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Path file = project.toAbsolutePath().normalize();
        if (!Files.isRegularFile(file)) {
            throw new ProblemException(new ClipUnreadable("There is no file " + file + ".", "Check the name."));
        }
        PresetLibrary presets = PresetLibrary.standard();
        List<Shown> edits = ProjectEdits.of(file, presets);
        int missing = 0;
        try (Studio studio = new Studio()) {
            for (Shown edit : edits) {
                missing += pack(studio, presets, edit, file) ? 0 : 1;
            }
        }
        if (edits.isEmpty()) {
            spec.commandLine().getOut().println("nothing to export: no clip of " + file + " has the effect with words in it");
        }
        return missing == 0 ? ExitCode.DONE : ExitCode.INCOMPLETE;
    }

    private boolean pack(Studio studio, PresetLibrary presets, Shown edit, Path file) {
        Path clip = Path.of(edit.clip().resource());
        // found again from the clip upwards; a clip outside the project's folder keeps its edits beside itself
        Path home = clip.startsWith(file.getParent()) ? file.getParent() : clip.getParent();
        Path folder = home.resolve(PackedEdits.FOLDER);
        Optional<Path> packed = KeptEdits.pack(studio.pipeline(), presets, edit, folder);
        if (packed.isEmpty()) {
            spec.commandLine().getErr().println("stablevideo: the edit of " + clip + " (" + words(edit) + ") is not made yet: press Apply on it, then export again");
            return false;
        }
        spec.commandLine().getOut().println("packed " + packed.get() + " (" + clip.getFileName() + ": " + words(edit) + ")");
        return true;
    }

    private static String words(Shown edit) {
        String between = edit.request().foreground().isEmpty() || edit.request().background().isEmpty() ? "" : ", ";
        return edit.request().foreground() + between + edit.request().background();
    }
}
