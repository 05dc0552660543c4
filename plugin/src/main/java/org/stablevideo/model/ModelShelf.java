package org.stablevideo.model;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.stablevideo.problem.CacheFull;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.SafetensorsFile;

/** The folder into which models are fetched: every file in it is whole and checked; what is unfinished ends in {@code .part}. */
public final class ModelShelf {

    private static final String PINS = "pins.json";
    private static final long SPARE = 200L << 20;
    private static final double FETCHING = 0.9;

    private final Path folder;
    private final Download download;

    ModelShelf(Path folder, Download download) {
        this.folder = folder;
        this.download = download;
    }

    /** That of this user. */
    public static ModelShelf ofUser() {
        return new ModelShelf(ModelFolders.ofUser().own(), Download.ofUser());
    }

    /** Where it is. */
    public Path folder() {
        return folder;
    }

    /** What became of a file that was looked at. */
    public enum State { ABSENT, GOOD, PINNED, DAMAGED }

    /**
     * Fetches a model, unless it is there.
     *
     * @return its state afterwards: {@link State#GOOD}, or {@link State#PINNED} where no checksum was known and this download decided it
     * @throws ProblemException when it cannot be had, or is not what it should be
     */
    public State pull(ModelCatalogue.Card card, Progress progress) {
        Path file = folder.resolve(card.file());
        Path part = folder.resolve(card.file() + ".part");
        if (Files.exists(file)) {
            return known(card).isEmpty() ? State.PINNED : State.GOOD;
        }
        try {
            Files.createDirectories(folder);
            demandRoom(card, Files.exists(part) ? Files.size(part) : 0);
            download.fetch(address(card), part, card.bytes(), progress.part(0, FETCHING));
            String hash = sha256(part, progress.part(FETCHING, 1));
            Optional<String> known = known(card);
            if (known.isPresent() && !known.get().equals(hash)) {
                Files.delete(part);
                throw new ProblemException(new ModelInvalid(
                        "What " + card.url() + " sent is not " + card.title() + ": its checksum is " + hash + " and should be " + known.get() + ".",
                        "It was thrown away. Try again later, or fetch the file from its page by hand."));
            }
            demandModel(part);
            if (known.isEmpty()) {
                pin(card, hash);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            return known.isEmpty() ? State.PINNED : State.GOOD;
        } catch (IOException e) {
            throw full(e);
        }
    }

    /** Where it is fetched from: {@code $HF_ENDPOINT} stands in for huggingface.co, as in that site's own programs. */
    private static URI address(ModelCatalogue.Card card) {
        String mirror = System.getenv("HF_ENDPOINT");
        return URI.create(mirror == null || mirror.isBlank()
                ? card.url()
                : card.url().replaceFirst("^https://huggingface\\.co", mirror.strip().replaceFirst("/+$", "")));
    }

    /** Looks whether a fetched file is still what it was. */
    public State verify(ModelCatalogue.Card card, Progress progress) {
        Path file = folder.resolve(card.file());
        if (!Files.exists(file)) {
            return State.ABSENT;
        }
        try {
            String hash = sha256(file, progress);
            Optional<String> known = known(card);
            if (known.isPresent()) {
                return known.get().equals(hash) ? State.GOOD : State.DAMAGED;
            }
            demandModel(file);
            pin(card, hash);
            return State.PINNED;
        } catch (IOException e) {
            throw full(e);
        } catch (ProblemException e) {
            return State.DAMAGED;
        }
    }

    /** Removes a fetched file and its part; whether there was one. Files in other folders are never touched. */
    public boolean remove(ModelCatalogue.Card card) {
        try {
            boolean part = Files.deleteIfExists(folder.resolve(card.file() + ".part"));
            return Files.deleteIfExists(folder.resolve(card.file())) || part;
        } catch (IOException e) {
            throw full(e);
        }
    }

    private void demandRoom(ModelCatalogue.Card card, long have) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        long needed = card.bytes() - have + SPARE;
        if (card.bytes() > 0 && free < needed) {
            throw new ProblemException(new CacheFull(
                    card.title() + " needs " + (needed >> 20) + " MiB in " + folder + "; there are " + (free >> 20) + " MiB free.",
                    "Free disk space, or set STABLEVIDEO_MODELS to a folder on another disk."));
        }
    }

    private static void demandModel(Path file) {
        SafetensorsFile.open(file).close();
    }

    private Optional<String> known(ModelCatalogue.Card card) {
        return card.sha256().isEmpty() ? Optional.ofNullable(pins().get(card.url())) : Optional.of(card.sha256());
    }

    private Map<String, String> pins() {
        try {
            Path file = folder.resolve(PINS);
            Map<String, String> pins = Files.exists(file)
                    ? new Gson().fromJson(Files.readString(file), new TypeToken<Map<String, String>>() {}.getType())
                    : null;
            return pins == null ? new TreeMap<>() : pins;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pin(ModelCatalogue.Card card, String hash) throws IOException {
        Map<String, String> pins = new TreeMap<>(pins());
        pins.put(card.url(), hash);
        Path part = Files.createTempFile(folder, PINS, ".part");
        Files.writeString(part, new Gson().toJson(pins));
        Files.move(part, folder.resolve(PINS), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String sha256(Path file, Progress progress) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer buffer = ByteBuffer.allocateDirect(4 << 20);
            long at = 0;
            while (channel.read(buffer) >= 0) {
                at += buffer.position();
                digest.update(buffer.flip());
                buffer.clear();
                progress.report("checking", (double) at / Math.max(1, channel.size()));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private ProblemException full(IOException e) {
        return new ProblemException(
                new CacheFull("The model folder " + folder + " cannot be written (" + e + ").", "Free disk space, or set STABLEVIDEO_MODELS to a folder of yours."), e);
    }
}
