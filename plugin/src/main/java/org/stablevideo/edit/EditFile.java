package org.stablevideo.edit;

import com.github.luben.zstd.Zstd;
import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.problem.CacheFull;
import org.stablevideo.problem.EditInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.render.Box;
import org.stablevideo.render.LayerEdit;

/**
 * An edit in one file, {@code .svedit}; it renders with no model at hand. Pixels are kept losslessly.
 *
 * <pre>
 * offset 0   u64  magic "SVEDIT01", little endian like everything here
 *        8   u32  version: 1 for edits of atlases alone, 2 with shots
 *        12  u32  bytes of the head
 *        16       head: JSON (UTF-8) with the request and, per layer, its index, width, height and the bytes of colour and opacity
 *        …        per layer: colour (R G B, each byte less the same channel of the pixel before it), then opacity; both zstd
 *        …        per shot: all its pictures, as colour above; zstd
 *        …   32   SHA-256 of all before it
 * </pre>
 */
public final class EditFile {

    private static final long MAGIC = 0x3130544944455653L;
    private static final int VERSION = 1;
    private static final int WITH_SHOTS = 2;
    private static final int PREFIX = 16;
    private static final int DIGEST = 32;
    private static final int LEVEL = 6;
    private static final Gson GSON = new Gson();

    private EditFile() {}

    private record Head(
            String id,
            String atlasId,
            String modelId,
            String foreground,
            String background,
            String negative,
            String method,
            String model,
            long seed,
            Integer steps,
            Double guidance,
            double strength,
            List<Integer> asked,
            String sampler,
            String lora,
            String control,
            double eta,
            List<Integer> keyframes,
            List<Part> layers,
            List<ShotPart> shots) {}

    private record Part(int layer, int width, int height, int colourBytes, int opacityBytes) {}

    private record ShotPart(int layer, FrameSize extent, FrameSize size, List<Box> boxes, int bytes) {}

    /**
     * Writes an edit, all or nothing: the file appears when it is complete.
     *
     * @throws ProblemException with {@link CacheFull} when it cannot be written
     */
    public static void write(Edit edit, Path file) {
        List<byte[]> blobs = new ArrayList<>();
        List<Part> parts = new ArrayList<>();
        for (LayerEdit layer : edit.layers()) {
            byte[] colour = Zstd.compress(differences(layer.colour().rgb()), LEVEL);
            byte[] opacity = Zstd.compress(layer.opacity().values(), LEVEL);
            blobs.add(colour);
            blobs.add(opacity);
            FrameSize size = layer.colour().size();
            parts.add(new Part(layer.layer(), size.width(), size.height(), colour.length, opacity.length));
        }
        List<ShotPart> shots = new ArrayList<>();
        for (PaintedShot shot : edit.shots()) {
            byte[] pictures = Zstd.compress(differences(joined(shot)), LEVEL);
            blobs.add(pictures);
            shots.add(new ShotPart(shot.layer(), shot.extent(), shot.size(), shot.boxes(), pictures.length));
        }
        byte[] head = GSON.toJson(head(edit, parts, shots)).getBytes(StandardCharsets.UTF_8);
        int length = PREFIX + head.length + blobs.stream().mapToInt(b -> b.length).sum();
        ByteBuffer bytes = ByteBuffer.allocate(length + DIGEST).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(MAGIC).putInt(shots.isEmpty() ? VERSION : WITH_SHOTS).putInt(head.length).put(head);
        blobs.forEach(bytes::put);
        bytes.put(digest(bytes.array(), length)).flip();
        save(bytes, file);
    }

    private static Head head(Edit edit, List<Part> parts, List<ShotPart> shots) {
        EditRequest request = edit.request();
        return new Head(
                edit.id(),
                edit.atlasId(),
                edit.modelId(),
                request.foreground(),
                request.background(),
                request.negative(),
                request.method(),
                request.model(),
                request.seed(),
                request.steps().isPresent() ? request.steps().getAsInt() : null,
                request.guidance().isPresent() ? request.guidance().getAsDouble() : null,
                request.strength(),
                request.keyframes(),
                request.sampler(),
                request.lora(),
                request.control(),
                request.eta(),
                edit.keyframes(),
                parts,
                shots.isEmpty() ? null : shots);
    }

    private static void save(ByteBuffer bytes, Path file) {
        Path part = null;
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            part = Files.createTempFile(folder, file.getFileName().toString(), ".part");
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            discard(part);
            throw new ProblemException(
                    new CacheFull(
                            "The edit cannot be written to " + file + " (" + e.getMessage() + ").",
                            "Free disk space, or set STABLEVIDEO_CACHE to a folder on another disk."),
                    e);
        }
    }

    private static void discard(Path part) {
        try {
            if (part != null) {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            part.toFile().deleteOnExit();
        }
    }

    /**
     * Reads an edit.
     *
     * @throws ProblemException with {@link EditInvalid} when the file is missing, damaged or of another version
     */
    public static Edit read(Path file) {
        try {
            return parse(Files.readAllBytes(file), file);
        } catch (IOException | JsonParseException | IllegalArgumentException | NullPointerException | BufferUnderflowException e) {
            throw invalid(file, "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static Edit parse(byte[] all, Path file) {
        if (all.length < PREFIX + DIGEST) {
            throw invalid(file, "is cut short", null);
        }
        ByteBuffer bytes = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getLong() != MAGIC) {
            throw invalid(file, "is no edit", null);
        }
        int version = bytes.getInt();
        if (version != VERSION && version != WITH_SHOTS) {
            throw invalid(file, "has version " + version + ", this program reads up to version " + WITH_SHOTS, null);
        }
        int end = all.length - DIGEST;
        if (!Arrays.equals(digest(all, end), Arrays.copyOfRange(all, end, all.length))) {
            throw invalid(file, "is damaged (its checksum differs)", null);
        }
        byte[] text = new byte[Math.min(bytes.getInt(), end)];
        bytes.get(text);
        Head head = GSON.fromJson(new String(text, StandardCharsets.UTF_8), Head.class);
        List<LayerEdit> layers = new ArrayList<>();
        for (Part part : head.layers) {
            FrameSize size = new FrameSize(part.width, part.height);
            byte[] rgb = unpacked(bytes, part.colourBytes, size.rgbBytes());
            byte[] opacity = unpacked(bytes, part.opacityBytes, size.area());
            layers.add(new LayerEdit(part.layer, new Picture(size, sums(rgb)), new Plane(size, opacity)));
        }
        List<PaintedShot> shots = new ArrayList<>();
        for (ShotPart part : head.shots == null ? List.<ShotPart>of() : head.shots) {
            byte[] pixels = sums(unpacked(bytes, part.bytes, Math.multiplyExact(part.size.rgbBytes(), part.boxes.size())));
            shots.add(new PaintedShot(part.layer, part.extent, part.boxes, split(pixels, part.size)));
        }
        EditRequest request = new EditRequest(
                head.foreground,
                head.background,
                head.negative,
                head.method,
                head.model,
                head.seed,
                head.steps == null ? OptionalInt.empty() : OptionalInt.of(head.steps),
                head.guidance == null ? OptionalDouble.empty() : OptionalDouble.of(head.guidance),
                head.strength,
                head.asked,
                head.sampler == null ? "auto" : head.sampler,
                head.lora == null ? "" : head.lora,
                head.control == null ? "" : head.control,
                head.eta);
        return new Edit(head.id, head.atlasId, request, head.modelId, head.keyframes, layers, shots);
    }

    private static byte[] joined(PaintedShot shot) {
        ByteBuffer all = ByteBuffer.allocate(Math.multiplyExact(shot.size().rgbBytes(), shot.pictures().size()));
        shot.pictures().forEach(picture -> all.put(picture.rgb()));
        return all.array();
    }

    private static List<Picture> split(byte[] all, FrameSize size) {
        List<Picture> pictures = new ArrayList<>();
        for (int at = 0; at < all.length; at += size.rgbBytes()) {
            pictures.add(new Picture(size, Arrays.copyOfRange(all, at, at + size.rgbBytes())));
        }
        return pictures;
    }

    private static byte[] unpacked(ByteBuffer bytes, int length, int expected) {
        byte[] packed = new byte[length];
        bytes.get(packed);
        byte[] out = new byte[expected];
        long size = Zstd.decompress(out, packed);
        if (Zstd.isError(size) || size != expected) {
            throw new IllegalArgumentException("texture of " + size + " bytes where " + expected + " belong");
        }
        return out;
    }

    /** Each byte less the same channel of the pixel before it. */
    private static byte[] differences(byte[] rgb) {
        byte[] out = rgb.clone();
        for (int i = out.length - 1; i >= 3; i--) {
            out[i] -= out[i - 3];
        }
        return out;
    }

    /** The inverse of {@link #differences}, in place. */
    private static byte[] sums(byte[] rgb) {
        for (int i = 3; i < rgb.length; i++) {
            rgb[i] += rgb[i - 3];
        }
        return rgb;
    }

    private static byte[] digest(byte[] bytes, int length) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(bytes, 0, length);
            return sha.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static ProblemException invalid(Path file, String what, Throwable cause) {
        return new ProblemException(
                new EditInvalid("The edit " + file + " " + what + ".", "Delete it; the next render makes it anew."), cause);
    }
}
