package org.stablevideo.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.stablevideo.problem.CacheFull;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;

/**
 * The libraries that compute on NVIDIA cards: libtorch for CUDA as DJL publishes it, one compressed file a library. They are not among the program's own
 * files because of their size. The launcher uses them where they are in {@code folder/lib}; {@code folder/version} says which they are.
 *
 * @param folder where they are put
 * @param source where {@code files.txt} lists them
 * @param version of libtorch; another one does not fit the program
 */
public record CudaLibraries(Path folder, URI source, String version) {

    /** For CUDA 12.8. */
    public static final String FLAVOUR = "cu128";

    private static final String PREFIX = FLAVOUR + "/linux-x86_64/native/lib/";
    private static final String PACKED = ".gz";
    private static final long ROOM = 9L << 30;

    /** Those of this user: below {@code data/stablevideo/cuda}, from DJL's server or {@code $STABLEVIDEO_CUDA_URL}. */
    public static CudaLibraries ofUser(Path data) {
        String version = fittingVersion();
        String mirror = System.getenv("STABLEVIDEO_CUDA_URL");
        String source = mirror == null || mirror.isBlank() ? "https://publish.djl.ai/pytorch/" + version : mirror.strip();
        return new CudaLibraries(data.resolve("stablevideo").resolve("cuda"), URI.create(source.endsWith("/") ? source : source + "/"), version);
    }

    private static String fittingVersion() {
        try (InputStream in = CudaLibraries.class.getResourceAsStream("/jnilib/pytorch.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("jni_version").replaceFirst("-.*", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether they are there. */
    public boolean isThere() {
        return Files.exists(folder.resolve("version")) && Files.exists(folder.resolve("lib").resolve("libtorch_cuda.so"));
    }

    /**
     * Fetches them; what an earlier attempt brought is kept and continued.
     *
     * @throws ProblemException model-missing where the server has none or breaks off, cache-full where there is no room
     */
    public void fetch(Progress progress) {
        if (isThere()) {
            return;
        }
        try {
            Path part = Files.createDirectories(folder.resolveSibling(folder.getFileName() + ".part").resolve("lib"));
            demandRoom(part);
            Download download = Download.ofUser();
            List<String> names = names(download, part.getParent());
            for (int i = 0; i < names.size(); i++) {
                Progress own = progress.part((double) i / names.size(), (i + 1.0) / names.size()).renamed(stage -> "fetching the libraries for CUDA");
                unpack(download, names.get(i), part, own);
            }
            Files.writeString(part.resolveSibling("version"), version + " " + FLAVOUR + "\n");
            Files.deleteIfExists(part.resolveSibling("files.txt"));
            Files.move(part.getParent(), folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ProblemException(new CacheFull("The libraries for CUDA cannot be written (" + e + ").", "Free disk space below " + folder + "."), e);
        }
    }

    private void demandRoom(Path part) {
        long free = part.toFile().getUsableSpace();
        if (free < ROOM) {
            throw new ProblemException(new CacheFull(
                    "The libraries for CUDA take up to " + (ROOM >> 30) + " GB while they are unpacked; " + (free >> 30) + " GB are free below " + folder + ".",
                    "Free disk space, or set XDG_DATA_HOME to a folder on another disk."));
        }
    }

    private List<String> names(Download download, Path part) throws IOException {
        Path list = part.resolve("files.txt");
        Files.deleteIfExists(list);
        download.fetch(source.resolve("files.txt"), list, 0, Progress.NONE);
        List<String> names = Files.readAllLines(list).stream()
                .map(String::strip)
                .filter(line -> line.matches("\\Q" + PREFIX + "\\E[A-Za-z0-9._%+-]+\\Q" + PACKED + "\\E"))
                .map(line -> line.substring(PREFIX.length()))
                .toList();
        if (names.stream().noneMatch(name -> name.startsWith("libtorch_cuda.so"))) {
            throw new ProblemException(new ModelMissing(
                    "There are no libraries for CUDA at " + source + ".",
                    "Unpack libtorch " + version + " for CUDA 12.8 yourself; packaging/docs/models.md says how it is used."));
        }
        return names;
    }

    private void unpack(Download download, String name, Path lib, Progress progress) throws IOException {
        String plain = URLDecoder.decode(name.substring(0, name.length() - PACKED.length()), StandardCharsets.UTF_8);
        Path done = lib.resolve(plain).normalize();
        if (!done.getParent().equals(lib)) {
            throw new IOException("a library named " + plain);
        }
        if (Files.exists(done)) {
            return;
        }
        Path packed = lib.resolveSibling(plain + PACKED);
        download.fetch(source.resolve(PREFIX + name), packed, 0, progress);
        Path open = lib.resolveSibling(plain);
        try (InputStream in = new GZIPInputStream(Files.newInputStream(packed), 1 << 16)) {
            Files.copy(in, open, StandardCopyOption.REPLACE_EXISTING);
        } catch (java.util.zip.ZipException | java.io.EOFException e) {
            Files.delete(packed);
            throw e;
        }
        Files.move(open, done, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(packed);
    }

    /** Takes them away, parts too; false when there were none. */
    public boolean remove() throws IOException {
        boolean any = false;
        for (Path tree : List.of(folder, folder.resolveSibling(folder.getFileName() + ".part"))) {
            if (Files.isDirectory(tree)) {
                any = true;
                try (Stream<Path> all = Files.walk(tree)) {
                    for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
        return any;
    }
}
