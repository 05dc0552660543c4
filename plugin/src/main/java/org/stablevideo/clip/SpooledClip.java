package org.stablevideo.clip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.problem.ClipUnreadable;
import org.stablevideo.problem.ProblemException;

/**
 * A clip in one file: a 4096-byte header, then raw 8-bit RGB frames, mapped one by one. See {@link ClipSpool} for the layout and for writing.
 */
public final class SpooledClip implements Clip {

    private final FileChannel channel;
    private final ClipIdentity identity;
    private final FrameSize size;
    private final FrameRate rate;

    private SpooledClip(FileChannel channel, ClipIdentity identity, FrameSize size, FrameRate rate) {
        this.channel = channel;
        this.identity = identity;
        this.size = size;
        this.rate = rate;
    }

    /**
     * Opens a finished spool.
     *
     * @throws ProblemException with {@link ClipUnreadable} when the file is missing, unfinished, truncated or no spool
     */
    public static SpooledClip open(Path file) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            ByteBuffer header = ByteBuffer.allocate(ClipSpool.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            while (header.hasRemaining() && channel.read(header, header.position()) > 0) {
                // reads until the header is complete or the file ends
            }
            header.flip();
            if (header.remaining() < ClipSpool.HEADER_BYTES || header.getLong() != ClipSpool.MAGIC || header.getInt() != ClipSpool.VERSION) {
                throw unreadable(file, "is not a finished clip spool", null);
            }
            FrameSize size = new FrameSize(header.getInt(), header.getInt());
            FrameRate rate = new FrameRate(header.getInt(), header.getInt());
            int first = header.getInt();
            int count = header.getInt();
            String hash = string(header);
            String resource = string(header);
            ClipIdentity identity = new ClipIdentity(resource, hash, first, count);
            if (channel.size() < ClipSpool.HEADER_BYTES + (long) count * size.rgbBytes()) {
                throw unreadable(file, "is truncated", null);
            }
            SpooledClip clip = new SpooledClip(channel, identity, size, rate);
            channel = null;
            return clip;
        } catch (IOException | IllegalArgumentException | java.nio.BufferUnderflowException e) {
            throw unreadable(file, "cannot be read (" + e.getMessage() + ")", e);
        } finally {
            closeQuietly(channel);
        }
    }

    private static String string(ByteBuffer header) {
        int length = header.getInt();
        if (length < 0 || length > header.remaining()) {
            throw new IllegalArgumentException("string of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        header.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static ProblemException unreadable(Path file, String what, Throwable cause) {
        return new ProblemException(
                new ClipUnreadable("The frame spool " + file + " " + what + ".", "Delete it; the next analysis makes it anew."), cause);
    }

    private static void closeQuietly(FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // nothing was written through this channel, so nothing is lost
            }
        }
    }

    @Override
    public ClipIdentity identity() {
        return identity;
    }

    @Override
    public FrameSize size() {
        return size;
    }

    @Override
    public FrameRate rate() {
        return rate;
    }

    @Override
    public RgbFrame frame(int index) {
        if (index < 0 || index >= identity.frameCount()) {
            throw new IllegalArgumentException("frame " + index + " of " + identity.frameCount());
        }
        try {
            long offset = ClipSpool.HEADER_BYTES + (long) index * size.rgbBytes();
            return new RgbFrame(size, channel.map(FileChannel.MapMode.READ_ONLY, offset, size.rgbBytes()));
        } catch (IOException e) {
            throw new ProblemException(
                    new ClipUnreadable("Frame " + index + " of the spooled clip cannot be read.", "Check the disk of the cache folder."), e);
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }
}
