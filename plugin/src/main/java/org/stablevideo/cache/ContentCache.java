package org.stablevideo.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.problem.CacheFull;
import org.stablevideo.problem.Problem;
import org.stablevideo.problem.ProblemException;

/**
 * A folder of files, each named by what it was made of. Entries appear complete or not at all; the ones used longest ago go when the folder
 * grows past its bound. An entry that cannot be read is deleted and counts as missing, so it is made anew. Safe for several threads and
 * several processes.
 *
 * <p>The files are the artefacts themselves, unwrapped: a reader must notice damage by itself (all formats here carry checksums).
 */
public final class ContentCache {

    private static final Logger LOG = LoggerFactory.getLogger(ContentCache.class);
    private static final String PART = ".part";

    private final Path folder;
    private final long maxBytes;
    private final Clock clock;

    /** Reads an entry; any {@link ProblemException} or {@link IOException} means that it is damaged. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(Path file) throws IOException;
    }

    /** Writes an entry to a file that nobody else sees yet. */
    @FunctionalInterface
    public interface Writer {
        void write(Path file) throws IOException;
    }

    private record Entry(Path file, long bytes, FileTime used) {}

    /**
     * @param folder where entries lie; made when first written to
     * @param maxBytes bytes of all entries together, positive; the entry stored last stays even when it alone is larger
     */
    public ContentCache(Path folder, long maxBytes) {
        this(folder, maxBytes, Clock.systemUTC());
    }

    ContentCache(Path folder, long maxBytes, Clock clock) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("a cache of " + maxBytes + " bytes");
        }
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /**
     * Finds an entry and marks it as used.
     *
     * @param name file name, letters, digits, hyphens and dots, beginning with a letter or digit
     * @return empty when it is missing or was damaged, in which case it is gone now
     */
    public <T> Optional<T> find(String name, Reader<T> reader) {
        Path file = file(name);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        T value;
        try {
            value = reader.read(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | UncheckedIOException | ProblemException e) {
            LOG.warn("The cached {} is damaged and will be made anew ({}).", name, e.getMessage());
            discard(file);
            return Optional.empty();
        }
        try {
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
        } catch (IOException e) {
            LOG.debug("{} cannot be marked as used", file, e);
        }
        return Optional.of(value);
    }

    /**
     * Stores an entry, replacing one of the same name.
     *
     * @return why it could not be stored; the work itself is not lost, so go on without
     */
    public Optional<Problem> store(String name, Writer writer) {
        Path file = file(name);
        Path part = null;
        try {
            Files.createDirectories(folder);
            part = Files.createTempFile(folder, name, PART);
            writer.write(part);
            Files.setLastModifiedTime(part, FileTime.from(clock.instant()));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            part = null;
            trim(file);
            return Optional.empty();
        } catch (IOException | UncheckedIOException e) {
            return Optional.of(full(name, e.getMessage()));
        } catch (ProblemException e) {
            if (e.problem() instanceof CacheFull) {
                return Optional.of(e.problem());
            }
            throw e;
        } finally {
            if (part != null) {
                discard(part);
            }
        }
    }

    /** Path of an entry, whether it is there or not. */
    public Path file(String name) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9.-]*") || name.endsWith(PART)) {
            throw new IllegalArgumentException("no name for a cache entry: " + name);
        }
        return folder.resolve(name);
    }

    private Problem full(String name, String reason) {
        return new CacheFull(
                "The cache in " + folder + " cannot take " + name + " (" + reason + "); the result is used but not kept.",
                "Free disk space, or set STABLEVIDEO_CACHE to a folder on another disk.");
    }

    private void trim(Path newest) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                entry(file).ifPresent(entries::add);
            }
        }
        entries.sort(Comparator.comparing(Entry::used).thenComparing(Entry::file));
        long total = entries.stream().mapToLong(Entry::bytes).sum();
        for (Entry entry : entries) {
            if (total <= maxBytes) {
                return;
            }
            if (!entry.file().equals(newest)) {
                discard(entry.file());
                total -= entry.bytes();
            }
        }
    }

    /** Size and age of a file; empty for what is no entry, or went away meanwhile. */
    private static Optional<Entry> entry(Path file) throws IOException {
        try {
            if (!Files.isRegularFile(file) || file.getFileName().toString().endsWith(PART)) {
                return Optional.empty();
            }
            return Optional.of(new Entry(file, Files.size(file), Files.getLastModifiedTime(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted ({}).", file, e.getMessage());
        }
    }
}
