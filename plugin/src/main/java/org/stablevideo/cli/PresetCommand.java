package org.stablevideo.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.stablevideo.preset.EffectParameter;
import org.stablevideo.preset.Preset;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.PresetInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code preset}: looks by name. */
@Command(
        name = "preset",
        description = "Lists, shows, saves and shares presets.",
        subcommands = {
            PresetCommand.ListAll.class,
            PresetCommand.Show.class,
            PresetCommand.Save.class,
            PresetCommand.Delete.class,
            PresetCommand.Import.class,
            PresetCommand.Export.class
        })
final class PresetCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCode.USAGE;
    }

    @Command(name = "list", description = "Names all presets; your own are marked with *, those saved in Kdenlive with K.")
    static final class ListAll implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Option(names = "--json", description = "On stdout as a JSON array.")
        private boolean json;

        @Override
        public Integer call() {
            PresetLibrary library = PresetLibrary.standard();
            List<Preset> presets = library.list();
            if (json) {
                JsonArray array = new JsonArray();
                presets.forEach(preset -> array.add(JsonParser.parseString(PresetLibrary.print(preset))));
                spec.commandLine().getOut().println(array);
            } else {
                int width = presets.stream().mapToInt(preset -> preset.id().length()).max().orElse(1);
                for (Preset preset : presets) {
                    String mark = library.isOwn(preset.id()) ? "*" : library.isInKdenlive(preset.id()) ? "K" : " ";
                    String about = preset.description().isBlank() ? preset.title() : preset.title() + ": " + preset.description();
                    spec.commandLine().getOut().println(mark + " " + preset.id() + " ".repeat(width - preset.id().length()) + "  " + about);
                }
            }
            Map<Path, PresetInvalid> broken = library.broken();
            broken.values().forEach(problem -> spec.commandLine().getErr().println("stablevideo: " + problem.sentence()));
            return broken.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    @Command(name = "show", description = "Prints a preset as JSON.")
    static final class Show implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "ID")
        private String id;

        @Override
        public Integer call() {
            spec.commandLine().getOut().print(PresetLibrary.print(PresetLibrary.standard().get(id)));
            spec.commandLine().getOut().flush();
            return ExitCode.DONE;
        }
    }

    @Command(name = "save", description = "Saves the given options as a preset of your own, on top of --preset when given.")
    static final class Save implements Callable<Integer> {

        private CommandSpec spec;
        private EffectOptions effect;

        @Parameters(index = "0", paramLabel = "ID", description = "Lower case letters, digits and hyphens.")
        private String id;

        @Option(names = "--title", paramLabel = "TEXT", description = "Name for people (default the id).")
        private String title;

        @Option(names = "--description", paramLabel = "TEXT", description = "One sentence.")
        private String description = "";

        @Option(names = "--overwrite", description = "Replace a preset of your own of that id.")
        private boolean overwrite;

        @Spec
        void declare(CommandSpec own) {
            spec = own;
            effect = EffectOptions.addTo(own);
        }

        @Override
        public Integer call() throws IOException {
            PresetLibrary library = PresetLibrary.standard();
            Map<String, String> given = effect.given(library);
            if (!id.matches(Preset.ID_PATTERN)) {
                throw new ProblemException(new PresetInvalid(
                        "“" + id + "” is no name for a preset.", "Use lower case letters, digits and hyphens."));
            }
            if (library.isOwn(id) && !overwrite) {
                throw new ProblemException(
                        new PresetInvalid("You have a preset “" + id + "” already.", "Choose another name, or give --overwrite."));
            }
            Map<EffectParameter, String> values = new EnumMap<>(EffectParameter.class);
            if (given.containsKey(EffectParameter.PRESET.key())) {
                values.putAll(library.get(given.get(EffectParameter.PRESET.key())).values());
            }
            given.forEach((name, text) -> EffectParameter.named(name)
                    .filter(parameter -> parameter != EffectParameter.PRESET)
                    .ifPresent(parameter -> values.put(presettable(parameter), text)));
            if (values.isEmpty()) {
                throw new ProblemException(new PresetInvalid("The preset would hold nothing.", "Give a prompt, for instance --background \"…\"."));
            }
            Path file = library.save(new Preset(id, title == null ? id : title, description, values));
            KdenliveLists.refresh(library);
            spec.commandLine().getOut().println("saved " + file);
            return ExitCode.DONE;
        }

        private static EffectParameter presettable(EffectParameter parameter) {
            if (!parameter.presettable()) {
                throw new ProblemException(new RequestInvalid(
                        "A preset cannot hold " + parameter.key() + ", which belongs to one clip.", "Leave --" + parameter.key() + " out."));
            }
            return parameter;
        }
    }

    @Command(name = "delete", description = "Deletes a preset of your own.")
    static final class Delete implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "ID")
        private String id;

        @Override
        public Integer call() throws IOException {
            PresetLibrary library = PresetLibrary.standard();
            Optional<Preset> old = library.list().stream().filter(preset -> preset.id().equals(id)).findFirst();
            library.delete(id);
            UserSetup setup = new UserSetup(Installation.current(), Installation.userData());
            if (setup.isDone() && old.isPresent()) {
                setup.hidePreset(old.get().title(), library);
            }
            spec.commandLine().getOut().println("deleted " + id);
            return ExitCode.DONE;
        }
    }

    @Command(name = "import", description = "Checks preset files and takes them over as your own.")
    static final class Import implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Parameters(arity = "1..*", paramLabel = "FILE")
        private List<Path> files;

        @Override
        public Integer call() throws IOException {
            PresetLibrary library = PresetLibrary.standard();
            files.forEach(file -> spec.commandLine().getOut().println("imported " + library.importFrom(file).id()));
            KdenliveLists.refresh(library);
            return ExitCode.DONE;
        }
    }

    @Command(name = "export", description = "Writes a preset to a file.")
    static final class Export implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "ID")
        private String id;

        @Parameters(index = "1", paramLabel = "FILE")
        private Path file;

        @Override
        public Integer call() {
            PresetLibrary.standard().exportTo(id, file);
            spec.commandLine().getOut().println("wrote " + file.toAbsolutePath());
            return ExitCode.DONE;
        }
    }
}
