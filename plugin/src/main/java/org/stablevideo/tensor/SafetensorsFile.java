package org.stablevideo.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;

/**
 * A safetensors file, mapped: a tensor costs memory when it is touched. Close it when the tensors have been taken. Whatever the file says is
 * checked when it is opened, so that no later read can leave the file.
 *
 * <p>Layout: header length (8 bytes, little-endian), header (JSON: name → dtype, shape, data_offsets), data.
 */
public final class SafetensorsFile implements AutoCloseable {

    private static final long LONGEST_HEADER = 64L << 20;
    private static final String FETCH_AGAIN = "Fetch the file again; if that does not help, choose another model.";

    private final Path path;
    private final FileChannel channel;
    private final SafetensorsHeader header;
    private final long dataStart;

    private SafetensorsFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        long size = channel.size();
        ByteBuffer start = read(channel, 0, (int) Math.min(8, size));
        if (start.remaining() < 8) {
            throw invalid(path, "it has " + size + " bytes only", FETCH_AGAIN);
        }
        refuseOthers(path, start);
        long length = start.getLong(0);
        if (length < 2 || length > LONGEST_HEADER || length > size - 8) {
            throw invalid(path, "it is no safetensors file, or ends early: header of " + Long.toUnsignedString(length) + " bytes in a file of " + size, FETCH_AGAIN);
        }
        dataStart = 8 + length;
        try {
            header = SafetensorsHeader.parse(StandardCharsets.UTF_8.decode(read(channel, 8, (int) length)).toString(), size - dataStart);
        } catch (SafetensorsHeader.Malformed e) {
            throw invalid(path, e.getMessage(), FETCH_AGAIN);
        }
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws ProblemException naming the file and the way out when it is truncated, contradictory or of another kind
     */
    public static SafetensorsFile open(Path path) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path);
            return new SafetensorsFile(path, channel);
        } catch (IOException e) {
            closeQuietly(channel, e);
            throw new ProblemException(
                    new ModelInvalid("The model file " + path + " cannot be read (" + e + ").", "Check that the file is there and readable."), e);
        } catch (ProblemException e) {
            closeQuietly(channel, e);
            throw e;
        }
    }

    /** The tensors by name, in file order. */
    public Map<String, TensorEntry> entries() {
        return Collections.unmodifiableMap(header.entries());
    }

    /** What the file says about itself; empty where it says nothing. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /** Where the file is. */
    public Path path() {
        return path;
    }

    /**
     * The bytes of a tensor: read-only, mapped, little-endian, valid as long as the buffer is held.
     *
     * @param name a name of {@link #entries}
     */
    public MappedByteBuffer bytes(String name) {
        TensorEntry entry = header.entries().get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no tensor " + name + " in " + path);
        }
        try {
            MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, dataStart + entry.begin(), entry.end() - entry.begin());
            bytes.order(ByteOrder.LITTLE_ENDIAN);
            return bytes;
        } catch (IOException e) {
            throw new ProblemException(new ModelInvalid("The model file " + path + " cannot be mapped (" + e + ").", FETCH_AGAIN), e);
        }
    }

    /** The tensors whose names start with a prefix, by the rest of their names. */
    public Weights weights(String prefix) {
        return Weights.below(this, prefix);
    }

    private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) > 0) {
            // read on until the buffer is full or the file ends
        }
        return buffer.flip();
    }

    /** Says what a file of another kind is: what a first eight bytes tell. */
    private static void refuseOthers(Path path, ByteBuffer start) {
        boolean zip = start.get(0) == 'P' && start.get(1) == 'K';
        boolean pickle = start.get(0) == (byte) 0x80 && start.get(1) >= 2 && start.get(1) <= 5 && start.getLong(0) > LONGEST_HEADER;
        if (zip || pickle) {
            throw invalid(
                    path,
                    "it is a pickle checkpoint, which can run programs when it is opened",
                    "Use the .safetensors file of the same model, or convert it once where PyTorch is installed: python3 -c"
                            + " \"import torch, safetensors.torch as s; d = torch.load('in.ckpt', weights_only=True);"
                            + " s.save_file({k: v.contiguous() for k, v in d.get('state_dict', d).items()}, 'out.safetensors')\".");
        }
        String text = StandardCharsets.ISO_8859_1.decode(start.duplicate()).toString();
        if (text.startsWith("GGUF")) {
            throw invalid(path, "it is a GGUF file, whose weights are quantised", "Use the .safetensors file of the same model.");
        }
        if (text.startsWith("version ")) {
            throw invalid(path, "it is a note of Git LFS in place of the model", "Fetch the model itself: run “git lfs pull” in its folder.");
        }
        if (text.startsWith("<")) {
            throw invalid(
                    path, "it is a web page, not a model; perhaps the site wanted a login", "Download the model again, and see what the page says.");
        }
    }

    private static ProblemException invalid(Path path, String what, String remedy) {
        return new ProblemException(new ModelInvalid("The model file " + path + " cannot be used: " + what + ".", remedy));
    }

    private static void closeQuietly(FileChannel channel, Exception reason) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                reason.addSuppressed(e);
            }
        }
    }

    /** Whether a file looks like a model that {@link #open} might read. */
    public static boolean looksLikeOne(Path path) {
        return path.getFileName().toString().endsWith(".safetensors") && Files.isRegularFile(path);
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
