package org.stablevideo.clip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.problem.CacheFull;
import org.stablevideo.problem.ProblemException;

/**
 * Writes the frames of a clip, in any order and from several threads, to a file that {@link SpooledClip} maps.
 *
 * <pre>
 * offset 0     u64  magic "SVSPOOL1", little endian like everything here; written last, so an unfinished spool is never opened
 *        8     u32  version 1
 *        12    u32  width, u32 height, u32 rate numerator, u32 rate denominator, u32 first frame, u32 frame count
 *        36    u32  bytes of the content hash, the hash; u32 bytes of the resource, the resource (UTF-8)
 *        4096  frames: width·height·3 bytes each, R G B, rows from top to bottom
 * </pre>
 *
 * The file is written beside its final place and moved there by {@link #finish}; closing without finishing deletes it.
 */
public final class ClipSpool implements AutoCloseable {

    static final int HEADER_BYTES = 4096;
    static final long MAGIC = 0x314c4f4f50535653L;
    static final int VERSION = 1;

    private final Path target;
    private final Path part;
    private final FileChannel channel;
    private final ClipIdentity identity;
    private final FrameSize size;
    private final FrameRate rate;
    private final BitSet written = new BitSet();
    private boolean finished;

    private ClipSpool(Path target, Path part, FileChannel channel, ClipIdentity identity, FrameSize size, FrameRate rate) {
        this.target = target;
        this.part = part;
        this.channel = channel;
        this.identity = identity;
        this.size = size;
        this.rate = rate;
    }

    /**
     * Starts a spool.
     *
     * @param target the final file; its folder is made when missing
     * @throws ProblemException with {@link CacheFull} when it cannot be written
     */
    public static ClipSpool create(Path target, ClipIdentity identity, FrameSize size, FrameRate rate) {
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
            Path part = Files.createTempFile(target.toAbsolutePath().getParent(), target.getFileName().toString(), ".part");
            FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
            return new ClipSpool(target, part, channel, identity, size, rate);
        } catch (IOException e) {
            throw full(target, e);
        }
    }

    /**
     * Stores one frame; storing the same index again overwrites it.
     *
     * @param index in [0, frameCount)
     * @param pixels {@code size.rgbBytes()} bytes from its position, which is left unchanged
     */
    public void put(int index, ByteBuffer pixels) {
        if (index < 0 || index >= identity.frameCount()) {
            throw new IllegalArgumentException("frame " + index + " of " + identity.frameCount());
        }
        if (pixels.remaining() != size.rgbBytes()) {
            throw new IllegalArgumentException("frame of " + pixels.remaining() + " bytes where " + size + " needs " + size.rgbBytes());
        }
        try {
            writeFully(pixels.duplicate(), HEADER_BYTES + (long) index * size.rgbBytes());
        } catch (IOException e) {
            throw full(target, e);
        }
        synchronized (written) {
            written.set(index);
        }
    }

    /** Number of different frames stored so far. */
    public int count() {
        synchronized (written) {
            return written.cardinality();
        }
    }

    /** Whether the frame was stored already. */
    public boolean has(int index) {
        synchronized (written) {
            return written.get(index);
        }
    }

    /**
     * Seals the spool and opens it; every frame must have been stored.
     *
     * @return the clip, to be closed by the caller
     */
    public SpooledClip finish() {
        if (count() != identity.frameCount()) {
            throw new IllegalStateException("only " + count() + " of " + identity.frameCount() + " frames were stored");
        }
        try {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            header.putLong(0).putInt(VERSION).putInt(size.width()).putInt(size.height());
            header.putInt(rate.numerator()).putInt(rate.denominator()).putInt(identity.firstFrame()).putInt(identity.frameCount());
            put(header, identity.contentHash());
            put(header, identity.resource());
            header.clear();
            writeFully(header, 0);
            ByteBuffer magic = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, MAGIC);
            writeFully(magic, 0);
            channel.close();
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            finished = true;
        } catch (IOException e) {
            throw full(target, e);
        }
        return SpooledClip.open(target);
    }

    private static void put(ByteBuffer header, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, header.remaining() - 4 - 128);
        header.putInt(length).put(bytes, 0, length);
    }

    private void writeFully(ByteBuffer bytes, long offset) throws IOException {
        long at = offset;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    private static ProblemException full(Path target, IOException e) {
        return new ProblemException(
                new CacheFull(
                        "The frames of the clip cannot be written to " + target + " (" + e.getMessage() + ").",
                        "Free disk space, or set STABLEVIDEO_CACHE to a folder on another disk."),
                e);
    }

    @Override
    public void close() {
        if (finished) {
            return;
        }
        try {
            channel.close();
            Files.deleteIfExists(part);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
