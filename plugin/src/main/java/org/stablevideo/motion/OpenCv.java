package org.stablevideo.motion;

import org.opencv.core.Core;

/**
 * The native OpenCV library, loaded once a process.
 *
 * <p>OpenCV's own threads are switched off for the whole process: some of its algorithms (DIS flow among them) cut the picture into one
 * stripe a thread and give other results on other machines. Work is spread over whole frames instead.
 */
public final class OpenCv {

    static {
        nu.pattern.OpenCV.loadLocally();
        Core.setNumThreads(1);
        Core.setRNGSeed(0);
    }

    private OpenCv() {}

    /** Makes sure that the library is loaded; cheap after the first call. */
    public static void load() {
        // the static initialiser above did the work
    }
}
