package org.stablevideo.diffusion;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import org.stablevideo.cache.UnfinishedWork;
import org.stablevideo.problem.CacheFull;
import org.stablevideo.problem.ProblemException;

/**
 * The state of a shot that is being painted, on disk: what all frames need between the steps never lies in memory, and work that broke off is taken
 * up from here. Two sets of latents take turns, so a step that breaks off leaves what it began with. Close it when done. Little-endian:
 *
 * <pre>
 *   offset  0   u64  magic
 *           8        SHA-256 of the work's key
 *           40  i32  stage, {@link Stage#ordinal}
 *           44  i32  frames (before PAINTING) or steps (in PAINTING) that are done
 *           48  f32  least and greatest nearness of the clip
 *           64       structure: a byte a pixel, frame by frame
 *           …        latents, f32, frame by frame; twice
 * </pre>
 */
final class ShotJournal implements AutoCloseable {

    private static final long MAGIC = 0x31304E524A53564CL;
    private static final int HEAD = 64;

    /** Work that nobody has taken up for so long is given up. */
    private static final Duration KEPT = Duration.ofDays(14);

    /** What is done frame by frame, in this order. */
    enum Stage {
        /** The range of the depth is found. */
        RANGING,
        /** Structure is found. */
        LOOKING,
        /** Frames are turned into noise. */
        INVERTING,
        /** Noise is turned into frames. */
        PAINTING
    }

    private final Path file;
    private final FileChannel channel;
    private final byte[] key;
    private final int count;
    private final int area;
    private final int latents;
    private Stage stage = Stage.RANGING;
    private int done;
    private float low = Float.POSITIVE_INFINITY;
    private float high = Float.NEGATIVE_INFINITY;

    private ShotJournal(Path file, FileChannel channel, byte[] key, int count, int area, int latents) {
        this.file = file;
        this.channel = channel;
        this.key = key;
        this.count = count;
        this.area = area;
        this.latents = latents;
    }

    /**
     * Opens a journal, or begins one where there is none of this work.
     *
     * @param file where it lies or shall lie; another process that works on the same makes this one write beside it
     * @param key names the work, with all that decides its pixels
     * @param count frames
     * @param area pixels of a frame
     * @param latents numbers of a frame's latents
     * @throws ProblemException with {@link CacheFull} when it cannot be written
     */
    static ShotJournal open(Path file, String key, int count, int area, int latents) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            UnfinishedWork.sweep(file.toAbsolutePath().getParent(), name -> name.matches(".*\\.(shot|part)"), KEPT);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Path own = file;
            if (!locked(channel)) {
                channel.close();
                own = Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName().toString(), ".part");
                channel = FileChannel.open(own, StandardOpenOption.READ, StandardOpenOption.WRITE);
            }
            ShotJournal journal = new ShotJournal(own, channel, digest(key + "|" + count + "|" + area + "|" + latents), count, area, latents);
            journal.readHead();
            return journal;
        } catch (IOException e) {
            throw full(e);
        }
    }

    Stage stage() {
        return stage;
    }

    /** Frames of this stage, or steps while {@link Stage#PAINTING}, that are done. */
    int done() {
        return done;
    }

    /** Takes down that frames or steps are done; everything written before is on disk then. */
    void done(Stage now, int howMany) {
        stage = now;
        done = howMany;
        try {
            channel.force(false);
            ByteBuffer head = ByteBuffer.allocate(HEAD).order(ByteOrder.LITTLE_ENDIAN);
            head.putLong(MAGIC).put(key).putInt(stage.ordinal()).putInt(done).putFloat(low).putFloat(high);
            write(head.position(HEAD).flip(), 0);
        } catch (IOException e) {
            throw full(e);
        }
    }

    /** Widens the range of nearness. */
    void seen(float least, float most) {
        low = Math.min(low, least);
        high = Math.max(high, most);
    }

    /** Least nearness in the clip. */
    float low() {
        return low;
    }

    /** Greatest nearness in the clip. */
    float high() {
        return high;
    }

    byte[] structure(int frame) {
        return read(HEAD + (long) frame * area, area).array();
    }

    void structure(int frame, byte[] values) {
        try {
            write(ByteBuffer.wrap(values), HEAD + (long) frame * area);
        } catch (IOException e) {
            throw full(e);
        }
    }

    /**
     * Latents.
     *
     * @param turn how many steps they have behind them; only this step's and the one's before are kept
     */
    float[] latents(int frame, int turn) {
        float[] values = new float[latents];
        read(place(frame, turn), 4 * latents).asFloatBuffer().get(values);
        return values;
    }

    void latents(int frame, int turn, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * latents).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        try {
            write(bytes, place(frame, turn));
        } catch (IOException e) {
            throw full(e);
        }
    }

    private long place(int frame, int turn) {
        return HEAD + (long) count * area + 4L * latents * (turn % 2 * (long) count + frame);
    }

    private void readHead() throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD).order(ByteOrder.LITTLE_ENDIAN);
        if (channel.size() < HEAD || channel.read(head, 0) < HEAD) {
            return;
        }
        head.flip();
        byte[] other = new byte[key.length];
        boolean ours = head.getLong() == MAGIC;
        head.get(other);
        int at = head.getInt();
        if (ours && Arrays.equals(key, other) && at >= 0 && at < Stage.values().length) {
            stage = Stage.values()[at];
            done = head.getInt();
            low = head.getFloat();
            high = head.getFloat();
        }
    }

    /** Whether this is ours alone now; another thread of this process may have it as well as another process. */
    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** All is painted: the file is deleted. */
    void forget() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ByteBuffer read(long from, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, from + bytes.position()) < 0) {
                    throw new IllegalStateException("nothing was written at " + from);
                }
            }
            return bytes.flip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(ByteBuffer bytes, long to) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes, to + bytes.position());
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static ProblemException full(IOException cause) {
        return new ProblemException(
                new CacheFull(
                        "What is painted cannot be kept (" + cause.getMessage() + ").",
                        "Free disk space, or set STABLEVIDEO_CACHE to a folder on another disk."),
                cause);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
