package org.stablevideo.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.stablevideo.model.ModelCatalogue;
import org.stablevideo.model.ModelFolders;
import org.stablevideo.model.ModelKind;
import org.stablevideo.model.ModelShelf;
import org.stablevideo.model.ModelStore;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.SafetensorsFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code models}: which models are there, and how to get others. */
@Command(
        name = "models",
        description = "Lists, fetches, checks, finds and removes picture models.",
        subcommands = {ModelsCommand.ListAll.class, ModelsCommand.Pull.class, ModelsCommand.Verify.class, ModelsCommand.Find.class, ModelsCommand.Remove.class})
final class ModelsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCode.USAGE;
    }

    @Command(name = "list", description = "Says for every known model whether it is there and where, then names the other models found.")
    static final class ListAll implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Option(names = "--json", description = "On stdout as a JSON array.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            JsonArray array = new JsonArray();
            ModelStore store = ModelStore.ofUser();
            PrintWriter out = spec.commandLine().getOut();
            List<Path> told = new ArrayList<>();
            for (ModelCatalogue.Card card : ModelCatalogue.bundled().files()) {
                Optional<Path> path = store.find(card.names());
                path.ifPresent(told::add);
                array.add(entry(card.id(), card.role(), path));
                if (!json) {
                    out.println(String.format(Locale.ROOT, "%-15s %-10s %9s  %s", card.id(), card.role(), size(card, path), place(card, path)));
                }
            }
            for (Path file : store.files()) {
                if (!told.contains(file)) {
                    String name = file.getFileName().toString().replaceFirst("\\.safetensors$", "");
                    JsonObject entry = entry(name, kind(file), Optional.of(file));
                    array.add(entry);
                    if (!json) {
                        out.println(String.format(Locale.ROOT, "%-15s %-10s %6.0f MB  %s", name, entry.get("role").getAsString(), Files.size(file) / 1e6, file));
                    }
                }
            }
            if (json) {
                out.println(array);
            }
            return ExitCode.DONE;
        }

        private static JsonObject entry(String name, String role, Optional<Path> path) throws IOException {
            JsonObject entry = new JsonObject();
            entry.addProperty("name", name);
            entry.addProperty("role", role);
            entry.addProperty("installed", path.isPresent());
            if (path.isPresent()) {
                entry.addProperty("bytes", Files.isRegularFile(path.get()) ? Files.size(path.get()) : 0);
                entry.addProperty("path", path.get().toString());
            }
            return entry;
        }

        private static String size(ModelCatalogue.Card card, Optional<Path> path) throws IOException {
            long bytes = path.isPresent() && Files.isRegularFile(path.get()) ? Files.size(path.get()) : card.bytes();
            return bytes == 0 ? "?" : String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
        }

        private static String place(ModelCatalogue.Card card, Optional<Path> path) {
            return path.map(Path::toString).orElse("missing: stablevideo models pull " + card.id() + "  (" + card.title() + ")");
        }

        private static String kind(Path file) {
            try (SafetensorsFile open = SafetensorsFile.open(file)) {
                return ModelKind.of(open).name().toLowerCase(Locale.ROOT).replace('_', '-');
            } catch (ProblemException e) {
                return "unreadable";
            }
        }
    }

    @Command(
            name = "pull",
            description = "Fetches a model or a set of them (sd15: everything that Stable Diffusion 1.5 needs). Stops with Ctrl-C, continues when run again.")
    static final class Pull implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "NAME", description = "As models list shows it, or sd15, fast.")
        private String name;

        @Override
        public Integer call() throws IOException {
            ModelShelf shelf = ModelShelf.ofUser();
            ModelStore store = ModelStore.ofUser();
            for (ModelCatalogue.Card card : ModelCatalogue.bundled().named(name)) {
                Optional<Path> there = store.find(card.names());
                if (there.isPresent()) {
                    spec.commandLine().getOut().println(card.title() + " is there: " + there.get());
                    continue;
                }
                spec.commandLine().getErr().println(card.title() + ", licence: " + card.licence() + ", from " + card.url());
                ModelShelf.State state;
                try (ProgressLine line = ProgressLine.standard(); Cancelling cancelling = new Cancelling(line)) {
                    state = shelf.pull(card, cancelling);
                }
                spec.commandLine().getOut().println(card.title() + ": " + shelf.folder().resolve(card.file())
                        + (state == ModelShelf.State.PINNED ? " (no checksum was known; that of this download is kept)" : " (checksum agrees)"));
            }
            KdenliveLists.follow(spec.commandLine().getOut());
            return ExitCode.DONE;
        }
    }

    /** Turns Ctrl-C into a cancellation, so that the part that was fetched stays whole. */
    private static final class Cancelling implements Progress, AutoCloseable {

        private final Progress shown;
        private final Thread worker = Thread.currentThread();
        private final Thread hook = new Thread(this::stop, "cancel");
        private volatile boolean stopping;

        Cancelling(Progress shown) {
            this.shown = shown;
            Runtime.getRuntime().addShutdownHook(hook);
        }

        private void stop() {
            stopping = true;
            try {
                worker.join(2000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void report(String stage, double fraction) {
            if (stopping) {
                throw new CancelledException();
            }
            shown.report(stage, fraction);
        }

        @Override
        public void close() {
            if (!stopping) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        }
    }

    @Command(name = "verify", description = "Checks fetched models byte by byte; --repair fetches damaged ones again.")
    static final class Verify implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "NAME", arity = "0..1", description = "A model or set; all where it is not given.")
        private String name;

        @Option(names = "--repair", description = "Throw damaged files away and fetch them again.")
        private boolean repair;

        @Override
        public Integer call() throws IOException {
            ModelShelf shelf = ModelShelf.ofUser();
            boolean good = true;
            int seen = 0;
            List<ModelCatalogue.Card> cards = name == null ? ModelCatalogue.bundled().files() : ModelCatalogue.bundled().named(name);
            for (ModelCatalogue.Card card : cards) {
                try (ProgressLine line = ProgressLine.standard()) {
                    ModelShelf.State state = shelf.verify(card, line);
                    if (state == ModelShelf.State.DAMAGED && repair) {
                        shelf.remove(card);
                        state = shelf.pull(card, line);
                    }
                    good &= state != ModelShelf.State.DAMAGED;
                    if (state != ModelShelf.State.ABSENT) {
                        seen++;
                        spec.commandLine().getOut().println(card.id() + ": " + said(state));
                    }
                }
            }
            if (repair) {
                KdenliveLists.follow(spec.commandLine().getOut());
            }
            if (seen == 0) {
                spec.commandLine().getOut().println("No fetched models in " + shelf.folder() + ".");
            }
            return good ? ExitCode.DONE : ExitCode.FAILED;
        }

        private static String said(ModelShelf.State state) {
            return switch (state) {
                case GOOD -> "good";
                case PINNED -> "readable; no checksum was known, the present one is kept";
                case DAMAGED -> "DAMAGED. Run: stablevideo models verify --repair";
                case ABSENT -> "not fetched";
            };
        }
    }

    @Command(name = "find", description = "Prints the file of a model, or says where it was looked for; --add names a further folder.")
    static final class Find implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "NAME", arity = "0..1", description = "Folders that are searched where it is not given.")
        private String name;

        @Option(names = "--add", paramLabel = "FOLDER", description = "Search this folder too from now on: models of ComfyUI, A1111, Krita are used where they are.")
        private Path folder;

        @Override
        public Integer call() throws IOException {
            ModelFolders folders = ModelFolders.ofUser();
            if (folder != null) {
                Path whole = folder.toAbsolutePath().normalize();
                if (!Files.isDirectory(whole)) {
                    spec.commandLine().getErr().println("stablevideo: " + whole + " is no folder.");
                    return ExitCode.USAGE;
                }
                if (!folders.all().contains(whole)) {
                    Files.createDirectories(folders.list().getParent());
                    Files.writeString(folders.list(), whole + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
                KdenliveLists.follow(spec.commandLine().getOut());
            }
            if (name == null) {
                folders.all().forEach(path -> spec.commandLine().getOut().println(path + (Files.isDirectory(path) ? "" : "  (not there)")));
            } else {
                spec.commandLine().getOut().println(ModelStore.ofUser().find(name));
            }
            return ExitCode.DONE;
        }
    }

    @Command(name = "remove", description = "Removes a model that pull has fetched; files of other programs are never touched.")
    static final class Remove implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "NAME")
        private String name;

        @Override
        public Integer call() throws IOException {
            ModelShelf shelf = ModelShelf.ofUser();
            for (ModelCatalogue.Card card : ModelCatalogue.bundled().named(name)) {
                spec.commandLine().getOut().println(card.id() + (shelf.remove(card) ? ": removed" : ": was not fetched"));
            }
            KdenliveLists.follow(spec.commandLine().getOut());
            return ExitCode.DONE;
        }
    }
}
