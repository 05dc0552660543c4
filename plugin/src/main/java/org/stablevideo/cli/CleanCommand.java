package org.stablevideo.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.stablevideo.host.UserFolders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code clean}: frees the disk of finished work, which can always be made again. */
@Command(name = "clean", description = "Deletes cached frames, atlases and edits. Your presets and models stay.")
final class CleanCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--dry-run", description = "Only say how much there is.")
    private boolean dryRun;

    @Override
    public Integer call() throws IOException {
        Path cache = UserFolders.cache();
        Sweep sweep = new Sweep(cache, dryRun);
        if (Files.isDirectory(cache)) {
            Files.walkFileTree(cache, sweep);
        }
        spec.commandLine()
                .getOut()
                .println(String.format(
                        Locale.ROOT, "%s %d files, %.1f MB, in %s", dryRun ? "found" : "deleted", sweep.files, sweep.bytes / 1e6, cache));
        return ExitCode.DONE;
    }

    /** Deletes what lies in a folder, sockets and the folder itself excepted; links are removed, not followed. */
    private static final class Sweep extends SimpleFileVisitor<Path> {

        private final Path folder;
        private final boolean dryRun;
        private long files;
        private long bytes;

        Sweep(Path folder, boolean dryRun) {
            this.folder = folder;
            this.dryRun = dryRun;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (!attributes.isOther()) {
                files++;
                bytes += attributes.size();
                if (!dryRun) {
                    Files.deleteIfExists(file);
                }
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            if (!dryRun && !visited.equals(folder) && visited.toFile().list().length == 0) {
                Files.delete(visited);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
