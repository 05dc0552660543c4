package org.stablevideo.render;

import java.util.stream.IntStream;

/** Shares the rows of a picture out among the machine's cores. */
final class Bands {

    private static final int MOST = Math.min(8, 2 * Runtime.getRuntime().availableProcessors());

    private Bands() {}

    /** Work on rows, from {@code top} to before {@code bottom}. */
    interface Work {
        void run(int top, int bottom);
    }

    /**
     * Works on all rows and waits for it.
     *
     * @param fewest rows that a core takes at a time
     */
    static void run(int rows, int fewest, Work work) {
        int bands = Math.max(1, Math.min(MOST, rows / fewest));
        IntStream.range(0, bands).parallel().forEach(i -> work.run(i * rows / bands, (i + 1) * rows / bands));
    }
}
