package org.stablevideo.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The folder where work that broke off waits to be taken up. */
public final class UnfinishedWork {

    private UnfinishedWork() {}

    /**
     * Gives up what nobody has taken up for long.
     *
     * @param folder an existing one
     * @param ours which files are meant, by name
     * @param kept how long they wait
     */
    public static void sweep(Path folder, Predicate<String> ours, Duration kept) throws IOException {
        Instant least = Instant.now().minus(kept);
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> meant = files.filter(path -> ours.test(path.getFileName().toString())).toList();
            for (Path old : meant) {
                if (Files.exists(old) && Files.getLastModifiedTime(old).toInstant().isBefore(least)) {
                    Files.deleteIfExists(old);
                }
            }
        }
    }
}
