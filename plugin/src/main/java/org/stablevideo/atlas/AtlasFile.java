package org.stablevideo.atlas;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;
import org.stablevideo.problem.AtlasInvalid;
import org.stablevideo.problem.CacheFull;
import org.stablevideo.problem.ProblemException;

/**
 * An atlas in a file, {@code .svatlas}. Little endian throughout.
 *
 * <pre>
 * offset 0   u64  magic "SVATLAS1"
 *        8   u32  version 2; a file of another version is refused
 *        12  u32  CRC-32C of all bytes from offset 16 to the end
 *        16  u64  bytes of the whole file
 *        24  blocks, in order: head; health; then for each layer, front to back: mapping, opacity, light, colour, coverage
 *
 * block       u32  bytes before compression, u32 bytes after, then a zstd frame of that many bytes
 *
 * string      u32  bytes, then UTF-8
 * head        string id; string resource; string content hash; u32 first frame, frame count
 *             u32 clip width, height, solve width, height, rate numerator, denominator
 *             u32 count, f64 PSNR of each frame; u32 count, f64 static PSNR; u32 count, f64 coverage of each layer
 *             f64 folded share, f64 seconds; u32 layers; for each layer u32 role (0 object, 1 background), string name,
 *             u32 light grids (0 or the frame count), u32 texture width, height
 * health      u32 tiles across, u32 tiles down; u32 count, f64 PSNR within the objects of each frame; u32 count, f64 mean slip of each frame;
 *             u32 cuts, u32 first frame of each later shot; then error, stretch, slip and coverage, each one byte a tile and frame
 * mapping     for each frame u32 columns, u32 rows, f32 spacing; then the u of all nodes of all frames, then the v (see below)
 * opacity     for each frame the matte, one byte a pixel of the solve size; empty for the background
 * light       for each grid u32 columns, u32 rows, f32 spacing; then the gains of all grids (see below)
 * colour      R, G, B of each texel, each row as differences to the texel on the left, modulo 256
 * coverage    one byte a texel
 *
 * values      the bits of each f32 minus (modulo 2³²) the bits of the value at the same place of the frame before, where that frame has as many
 *             values, then transposed: the lowest bytes of all values, the second bytes, the third, the highest
 * </pre>
 *
 * Nothing is rounded: what is read equals what was written.
 */
public final class AtlasFile {

    static final long MAGIC = 0x3153414c54415653L;
    static final int VERSION = 2;
    static final int HEADER_BYTES = 24;

    private static final int LEVEL = 6;

    /** Bytes that one block may have; keeps a damaged length from asking for all memory. */
    private static final int LARGEST_BLOCK = 1 << 30;

    private AtlasFile() {}

    /**
     * Writes an atlas; the file appears complete or not at all.
     *
     * @param file its folder is made when missing
     * @throws ProblemException with {@link CacheFull} when it cannot be written
     */
    public static void write(Atlas atlas, Path file) {
        Path target = file.toAbsolutePath();
        Path part = null;
        try {
            Files.createDirectories(target.getParent());
            part = Files.createTempFile(target.getParent(), target.getFileName().toString(), ".part");
            Files.write(part, encode(atlas));
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            part = null;
        } catch (IOException e) {
            throw new ProblemException(
                    new CacheFull(
                            "The atlas cannot be written to " + file + " (" + e.getMessage() + ").",
                            "Free disk space, or set STABLEVIDEO_CACHE to a folder on another disk."),
                    e);
        } finally {
            discard(part);
        }
    }

    private static void discard(Path part) {
        if (part != null) {
            try {
                Files.deleteIfExists(part);
            } catch (IOException e) {
                // the disk that failed the write fails the clean-up too; a ".part" file is never read
            }
        }
    }

    /**
     * Reads an atlas.
     *
     * @throws ProblemException with {@link AtlasInvalid} when the file is missing, truncated, damaged, of a later version or no atlas
     */
    public static Atlas read(Path file) {
        try {
            return decode(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw invalid(file, "is not there", "Analyse the clip again.", e);
        } catch (LaterVersion e) {
            throw invalid(file, e.getMessage(), "Update StableVideo, or delete the file and analyse the clip again.", e);
        } catch (IOException | IllegalArgumentException | ZstdException | BufferUnderflowException | ArithmeticException e) {
            throw invalid(file, "cannot be used (" + e.getMessage() + ")", "Delete it; the next analysis makes it anew.", e);
        }
    }

    private static ProblemException invalid(Path file, String what, String remedy, Exception cause) {
        return new ProblemException(new AtlasInvalid("The atlas file " + file + " " + what + ".", remedy), cause);
    }

    /** The bytes of a file. */
    static byte[] encode(Atlas atlas) {
        AtlasBlocks blocks = AtlasBlocks.of(atlas);
        byte[][] packed = new byte[blocks.bytes().size()][];
        long total = HEADER_BYTES;
        for (int i = 0; i < packed.length; i++) {
            packed[i] = Zstd.compress(blocks.bytes().get(i), LEVEL);
            total += 8 + packed[i].length;
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(total)).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC).putInt(VERSION).putInt(0).putLong(total);
        for (int i = 0; i < packed.length; i++) {
            out.putInt(blocks.bytes().get(i).length).putInt(packed[i].length).put(packed[i]);
        }
        out.putInt(12, checksum(out.array()));
        return out.array();
    }

    /** The atlas of a file's bytes; throws {@link IllegalArgumentException} or one of its kin where they are not one. */
    static Atlas decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < HEADER_BYTES || in.getLong() != MAGIC) {
            throw new IllegalArgumentException("it is no atlas");
        }
        int version = in.getInt();
        if (version != VERSION) {
            throw new LaterVersion("is of version " + version + ", this program reads version " + VERSION);
        }
        int checksum = in.getInt();
        long total = in.getLong();
        if (total != bytes.length) {
            throw new IllegalArgumentException("it has " + bytes.length + " of " + total + " bytes");
        }
        if (checksum != checksum(bytes)) {
            throw new IllegalArgumentException("its checksum is wrong");
        }
        Atlas atlas = AtlasBlocks.read(() -> block(in));
        if (in.hasRemaining()) {
            throw new IllegalArgumentException(in.remaining() + " bytes too many");
        }
        return atlas;
    }

    private static byte[] block(ByteBuffer in) {
        int plain = in.getInt();
        int packed = in.getInt();
        if (plain < 0 || plain > LARGEST_BLOCK || packed < 0 || packed > in.remaining()) {
            throw new IllegalArgumentException("a block of " + packed + " bytes for " + plain);
        }
        byte[] bytes = new byte[packed];
        in.get(bytes);
        byte[] out = Zstd.decompress(bytes, plain);
        if (out.length != plain) {
            throw new IllegalArgumentException("a block of " + out.length + " instead of " + plain + " bytes");
        }
        return out;
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 16, bytes.length - 16);
        return (int) crc.getValue();
    }

    private static final class LaterVersion extends IllegalArgumentException {
        LaterVersion(String message) {
            super(message);
        }
    }
}
