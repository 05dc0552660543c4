package org.stablevideo.tensor;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** Pages of mapped files. Java unmaps a file when it gets round to it; until then all that was read counts as this program's memory. */
final class MappedPages {

    private static final int DONTNEED = 4;
    private static final long PAGE = 4096;

    private MappedPages() {}

    /** Takes what was read of a mapped file out of this program's memory; who reads it again, finds it again. Nothing happens where the system cannot. */
    static void leave(ByteBuffer mapped) {
        try {
            long start = Pointer.nativeValue(Native.getDirectBufferPointer(mapped));
            long from = start / PAGE * PAGE;
            Function advise = NativeLibrary.getInstance(Platform.C_LIBRARY_NAME).getFunction("madvise");
            advise.invokeInt(new Object[] {new Pointer(from), start + mapped.capacity() - from, DONTNEED});
        } catch (UnsatisfiedLinkError | IllegalArgumentException e) {
            // memory is given back later, when the file is unmapped
        }
    }
}
