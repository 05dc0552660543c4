package org.stablevideo.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.stablevideo.model.ModelStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code models}: which picture models are there. */
@Command(
        name = "models",
        description = "Lists and finds picture models.",
        subcommands = {ModelsCommand.ListAll.class, ModelsCommand.Find.class})
final class ModelsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCode.USAGE;
    }

    @Command(name = "list", description = "Names the installed models with their size and place.")
    static final class ListAll implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Option(names = "--json", description = "On stdout as a JSON array.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            JsonArray array = new JsonArray();
            ModelStore store = ModelStore.ofUser();
            for (Path file : installed(store)) {
                String name = file.getFileName().toString().replaceFirst("\\.safetensors$", "");
                if (json) {
                    JsonObject object = new JsonObject();
                    object.addProperty("name", name);
                    object.addProperty("bytes", Files.size(file));
                    object.addProperty("path", file.toString());
                    array.add(object);
                } else {
                    spec.commandLine().getOut().println(String.format(Locale.ROOT, "%-20s %8.1f MB  %s", name, Files.size(file) / 1e6, file));
                }
            }
            if (json) {
                spec.commandLine().getOut().println(array);
            }
            return ExitCode.DONE;
        }

        private static List<Path> installed(ModelStore store) throws IOException {
            List<Path> files = new ArrayList<>();
            for (Path folder : store.folders()) {
                if (Files.isDirectory(folder)) {
                    try (Stream<Path> entries = Files.list(folder)) {
                        entries.filter(file -> file.getFileName().toString().endsWith(".safetensors")).sorted().forEach(files::add);
                    }
                }
            }
            return files;
        }
    }

    @Command(name = "find", description = "Prints the file of a model, or says where it was looked for.")
    static final class Find implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "NAME")
        private String name;

        @Override
        public Integer call() {
            spec.commandLine().getOut().println(ModelStore.ofUser().find(name));
            return ExitCode.DONE;
        }
    }
}
