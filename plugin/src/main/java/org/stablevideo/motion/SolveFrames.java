package org.stablevideo.motion;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

/**
 * The frames of a clip at solve size, the size at which motion, mattes and mappings are found. Close it when done; safe for several
 * threads. The clip may be closed before it.
 */
public final class SolveFrames implements AutoCloseable {

    /** Longest side at solve size, in pixels. */
    public static final int MAX_LONG = 768;

    /** Longest short side at solve size, in pixels. */
    public static final int MAX_SHORT = 480;

    private final FrameSize size;
    private final int count;
    private FrameStore store;

    private SolveFrames(FrameSize size, int count, FrameStore store) {
        this.size = size;
        this.count = count;
        this.store = store;
    }

    /** Solve size of clips of a given size: the same aspect, at most {@value #MAX_LONG}×{@value #MAX_SHORT}, never enlarged. */
    public static FrameSize solveSize(FrameSize clip) {
        return clip.within(MAX_LONG, MAX_SHORT);
    }

    /** Resizes every frame of a clip to its solve size, averaging areas. */
    public static SolveFrames of(Clip clip, Progress progress) {
        return of(clip, solveSize(clip.size()), progress);
    }

    /**
     * Resizes every frame of a clip.
     *
     * @param size pixels across and down, not above the clip's own
     */
    public static SolveFrames of(Clip clip, FrameSize size, Progress progress) {
        if (size.width() > clip.size().width() || size.height() > clip.size().height()) {
            throw new IllegalArgumentException("solve size " + size + " enlarges a clip of " + clip.size());
        }
        OpenCv.load();
        int count = clip.frameCount();
        FrameStore store = new FrameStore(count, size.rgbBytes());
        FrameWorkers.each(count, "reading frames", progress, t -> {
            try (Mats mats = new Mats()) {
                FrameSize from = clip.size();
                // the matrix does not hold on to the buffer: without the fence the mapping may be collected under it
                ByteBuffer pixels = clip.frame(t).pixels();
                Mat source = mats.keep(new Mat(from.height(), from.width(), CvType.CV_8UC3, pixels));
                Mat target = mats.keep(new Mat(size.height(), size.width(), CvType.CV_8UC3, store.slot(t)));
                Imgproc.resize(source, target, new Size(size.width(), size.height()), 0, 0, Imgproc.INTER_AREA);
                Reference.reachabilityFence(pixels);
            }
        });
        return new SolveFrames(size, count, store);
    }

    /** Size of every frame. */
    public FrameSize size() {
        return size;
    }

    /** Number of frames, at least 1. */
    public int count() {
        return count;
    }

    /** One frame, copied. */
    public Picture frame(int t) {
        byte[] rgb = new byte[size.rgbBytes()];
        open().slot(check(t)).get(rgb);
        return new Picture(size, rgb);
    }

    /** One frame as grey levels (ITU-R 601 weights). */
    public Plane gray(int t) {
        try (Mats mats = new Mats()) {
            return new Plane(size, Mats.bytes(gray(t, mats)));
        }
    }

    /** One frame as a matrix over the store's own memory; do not write to it. */
    Mat rgb(int t, Mats mats) {
        return mats.keep(new Mat(size.height(), size.width(), CvType.CV_8UC3, open().slot(check(t))));
    }

    Mat gray(int t, Mats mats) {
        Mat gray = mats.empty();
        Imgproc.cvtColor(rgb(t, mats), gray, Imgproc.COLOR_RGB2GRAY);
        return gray;
    }

    private int check(int t) {
        if (t < 0 || t >= count) {
            throw new IllegalArgumentException("frame " + t + " of " + count);
        }
        return t;
    }

    private FrameStore open() {
        if (store == null) {
            throw new IllegalStateException("the solve frames are closed");
        }
        return store;
    }

    @Override
    public void close() {
        store = null;
    }
}
