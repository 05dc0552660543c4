package org.stablevideo.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
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

    private static final long WHOLE = 256L << 20;
    private static final int SAMPLES = 256;
    private static final int SAMPLE_BYTES = 64 << 10;
    private static final Map<Stamp, String> IDS = new ConcurrentHashMap<>();

    private record Stamp(Path path, long bytes, long modified) {}

    /**
     * The folders of this user: {@code $STABLEVIDEO_MODELS}, {@code $XDG_DATA_HOME/stablevideo/models}, the system property
     * {@code stablevideo.models}, {@code packaging/models} under the system property {@code stablevideo.root}, and the system's.
     */
    public static ModelStore ofUser() {
        List<Path> folders = new ArrayList<>();
        Optional.ofNullable(System.getenv("STABLEVIDEO_MODELS")).filter(s -> !s.isBlank()).map(Path::of).ifPresent(folders::add);
        String data = System.getenv("XDG_DATA_HOME");
        Path home = data == null || data.isBlank() ? Path.of(System.getProperty("user.home"), ".local", "share") : Path.of(data);
        folders.add(home.resolve("stablevideo").resolve("models"));
        Optional.ofNullable(System.getProperty("stablevideo.models")).map(Path::of).ifPresent(folders::add);
        Optional.ofNullable(System.getProperty("stablevideo.root"))
                .map(root -> Path.of(root, "packaging", "models")).ifPresent(folders::add);
        folders.add(Path.of("/usr/share/stablevideo/models"));
        return new ModelStore(List.copyOf(folders));
    }

    /**
     * The file of a model.
     *
     * @param name {@code auto}, {@code pocket}, another name of a file without its ending, or the path of a file
     * @throws ProblemException model-missing, saying where it looked
     */
    public Path find(String name) {
        if (name.contains("/") || name.endsWith(".safetensors") || name.endsWith(".ckpt")) {
            Path path = Path.of(name).toAbsolutePath();
            if (Files.isRegularFile(path)) {
                return path;
            }
            throw new ProblemException(new ModelMissing(
                    "The model file " + path + " is not there.", "Check the path, or choose the bundled model (model=" + BUNDLED + ")."));
        }
        String wanted = name.isBlank() || name.equals("auto") ? BUNDLED : name;
        for (Path folder : folders) {
            Path path = folder.resolve(wanted + ".safetensors");
            if (SafetensorsFile.looksLikeOne(path)) {
                return path.toAbsolutePath();
            }
        }
        String places = folders.stream().map(Path::toString).collect(Collectors.joining(", "));
        throw new ProblemException(new ModelMissing(
                "The model “" + wanted + "” is not installed (looked in " + places + ").",
                "Put " + wanted + ".safetensors into one of these folders, or choose the bundled model (model=" + BUNDLED + ")."));
    }

    /**
     * Name and hash of a model, without loading it: the same for the same bytes wherever they lie. Of files beyond 256 MB the hash covers the
     * beginning (with the header) and {@value #SAMPLES} samples.
     */
    public String idOf(String name) {
        Path path = find(name);
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
