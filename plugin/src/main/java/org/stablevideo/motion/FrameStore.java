package org.stablevideo.motion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.stablevideo.problem.CacheFull;
import org.stablevideo.problem.ProblemException;

/**
 * Equal pieces of memory, one a frame, outside the heap: plain memory up to {@link #IN_MEMORY} bytes in all, a mapped temporary file (which
 * the system may page out) beyond. The file is deleted at once after mapping, so nothing stays behind. Slots are written once, by one
 * thread each, before they are read.
 */
final class FrameStore {

    /** Bytes up to which plain memory is used. */
    static final long IN_MEMORY = 320L << 20;

    private final ByteBuffer[] slots;

    /**
     * @throws ProblemException with {@link CacheFull} when the temporary file cannot be made
     */
    FrameStore(int count, int bytes) {
        this(count, bytes, IN_MEMORY);
    }

    FrameStore(int count, int bytes, long inMemory) {
        slots = new ByteBuffer[count];
        if ((long) count * bytes <= inMemory) {
            for (int i = 0; i < count; i++) {
                slots[i] = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
            }
            return;
        }
        try {
            Path file = Files.createTempFile("stablevideo-motion", ".raw");
            try {
                // the file has holes: a disk that fills up later would end the process
                if (Files.getFileStore(file).getUsableSpace() < (long) count * bytes) {
                    throw new IOException("there is less free in " + file.getParent());
                }
            } catch (IOException e) {
                Files.deleteIfExists(file);
                throw e;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                for (int i = 0; i < count; i++) {
                    slots[i] = channel.map(FileChannel.MapMode.READ_WRITE, (long) i * bytes, bytes).order(ByteOrder.nativeOrder());
                }
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new ProblemException(
                    new CacheFull(
                            "The motion of the clip needs " + ((long) count * bytes >> 20) + " MiB of temporary space (" + e.getMessage()
                                    + ").",
                            "Free disk space, or point java.io.tmpdir at a folder on another disk."),
                    e);
        }
    }

    /** A fresh view of one slot, position 0, native byte order. */
    ByteBuffer slot(int index) {
        return slots[index].duplicate().order(ByteOrder.nativeOrder());
    }
}
