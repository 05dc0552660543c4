package org.stablevideo.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.model.ModelCatalogue.Card;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.SafetensorsFile;

/**
 * Finds model files by name.
 *
 * @param folders where to look, first match wins
 */
public record ModelStore(List<Path> folders) {

    /** The model that comes with the program. */
    public static final String BUNDLED = "pocket";

    private static final Logger LOG = LoggerFactory.getLogger(ModelStore.class);
    private static final String ENDING = ".safetensors";
    private static final int DEEPEST = 4;
    private static final int LISTED = 3;
    private static final long WHOLE = 256L << 20;
    private static final int SAMPLES = 256;
    private static final int SAMPLE_BYTES = 64 << 10;
    private static final Map<Stamp, String> IDS = new ConcurrentHashMap<>();

    private record Stamp(Path path, long bytes, long modified) {}

    /** The folders of this user: {@link ModelFolders#all}. */
    public static ModelStore ofUser() {
        return new ModelStore(ModelFolders.ofUser().all());
    }

    /**
     * The file of a model.
     *
     * @param name {@code auto}, {@code pocket}, a name of the catalogue such as {@code sd15}, a file's name without its ending, or the path of a
     *     file, or of a folder that diffusers wrote
     * @throws ProblemException model-missing, saying where it looked
     */
    public Path find(String name) {
        if (name.contains("/") || name.endsWith(".safetensors") && Files.exists(Path.of(name)) || name.endsWith(".ckpt")) {
            Path path = Path.of(name).toAbsolutePath();
            if (Files.isRegularFile(path) || isFolderOfDiffusers(path)) {
                return path;
            }
            throw new ProblemException(new ModelMissing(
                    "The model file " + path + " is not there.", "Check the path, or choose the bundled model (model=" + BUNDLED + ")."));
        }
        String wanted = name.isBlank() || name.equals("auto") ? BUNDLED : name;
        Optional<Card> card = ModelCatalogue.bundled().card(wanted);
        return find(card.map(Card::names).orElse(List.of(wanted.endsWith(ENDING) ? wanted : wanted + ENDING, wanted)))
                .orElseThrow(() -> missing(wanted, card));
    }

    /**
     * The first file, or folder that diffusers wrote, that has one of some names; in the folders themselves or a little way below.
     *
     * @param names files with their ending, folders without
     */
    public Optional<Path> find(List<String> names) {
        for (Path folder : folders) {
            for (String name : names) {
                Path path = folder.resolve(name);
                if (isModel(path)) {
                    return Optional.of(path.toAbsolutePath());
                }
            }
        }
        for (Path folder : folders) {
            Optional<Path> below = findBelow(folder, names);
            if (below.isPresent()) {
                return below;
            }
        }
        return Optional.empty();
    }

    /** Every safetensors file in the folders, each once; sorted within a folder. */
    public List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (Path folder : folders) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> entries = Files.walk(folder, LISTED)) {
                    entries.filter(SafetensorsFile::looksLikeOne).sorted().map(Path::toAbsolutePath).filter(file -> !files.contains(file)).forEach(files::add);
                } catch (IOException | UncheckedIOException e) {
                    LOG.warn("{} cannot be read ({})", folder, e.getMessage());
                }
            }
        }
        return files;
    }

    private static Optional<Path> findBelow(Path folder, List<String> names) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.find(folder, DEEPEST, (path, what) -> names.contains(path.getFileName().toString()))) {
            return files.filter(ModelStore::isModel)
                    .map(Path::toAbsolutePath)
                    .min(Comparator.<Path>comparingInt(path -> names.indexOf(path.getFileName().toString())).thenComparing(path -> path));
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static boolean isModel(Path path) {
        return SafetensorsFile.looksLikeOne(path) || isFolderOfDiffusers(path);
    }

    /** Whether a folder holds a pipeline, or a single network, as diffusers and transformers write them. */
    static boolean isFolderOfDiffusers(Path path) {
        return Files.isDirectory(path) && (Files.isRegularFile(path.resolve("model_index.json")) || PictureFiles.network(path).isPresent());
    }

    private ProblemException missing(String wanted, Optional<Card> card) {
        String places = folders.stream().map(Path::toString).collect(Collectors.joining(", "));
        String fetch = card.map(c -> "Fetch it (stablevideo models pull " + c.id() + "), or put " + c.file() + " into one of these folders")
                .orElse("Put " + wanted + ENDING + " into one of these folders");
        return new ProblemException(new ModelMissing(
                "The model “" + wanted + "” is not installed (looked in " + places + ").",
                fetch + ", or choose the bundled model (model=" + BUNDLED + ")."));
    }

    /**
     * Name and hash of a model, without loading it: the same for the same bytes wherever they lie. Of files beyond 256 MB the hash covers the
     * beginning (with the header) and {@value #SAMPLES} samples. Of a folder it is that of its files.
     */
    public String idOf(String name) {
        return idOf(PictureFiles.of(this, name));
    }

    /** As above, of files that are found already. */
    public static String idOf(PictureFiles files) {
        return files.all().stream().map(ModelStore::idOf).collect(Collectors.joining("+"));
    }

    /** Name and hash of a LoRA. */
    public String idOf(LoraChoice lora) {
        return idOf(find(lora.name()));
    }

    /** Name and hash of one file. */
    public static String idOf(Path path) {
        try {
            Stamp stamp = new Stamp(path, Files.size(path), Files.getLastModifiedTime(path).toMillis());
            String known = IDS.get(stamp);
            if (known == null) {
                String file = path.getFileName().toString().replaceFirst("\\.[a-z]+$", "");
                known = file + "-" + hash(path, stamp.bytes);
                IDS.put(stamp, known);
            }
            return known;
        } catch (IOException e) {
            throw new ProblemException(
                    new ModelInvalid("The model file " + path + " cannot be read (" + e + ").", "Check that the file is readable."), e);
        }
    }

    private static String hash(Path path, long bytes) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        digest.update(ByteBuffer.allocate(8).putLong(0, bytes));
        long step = bytes <= WHOLE ? SAMPLE_BYTES : bytes / SAMPLES;
        ByteBuffer buffer = ByteBuffer.allocate(SAMPLE_BYTES);
        try (FileChannel channel = FileChannel.open(path)) {
            for (long at = 0; at < bytes; at += step) {
                buffer.clear();
                channel.read(buffer, at);
                digest.update(buffer.flip());
            }
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }
}
