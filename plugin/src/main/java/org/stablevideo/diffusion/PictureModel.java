package org.stablevideo.diffusion;

import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.progress.Progress;

/**
 * Paints pictures from text and structure. Deterministic: the same request gives the same pixels on any thread count. Close it to free its
 * networks; one request at a time.
 */
public interface PictureModel extends AutoCloseable {

    /** Name and content hash of the weights: part of every edit's cache key. */
    String id();

    /**
     * The size at which this model likes to paint a picture of the given size: same aspect as nearly as its stride allows.
     *
     * @param picture size of the picture wanted in the end
     */
    FrameSize workingSize(FrameSize picture);

    /** Guidance, steps and strengths with which this model paints best; used where a request leaves them open. */
    PaintDefaults defaults();

    /**
     * Paints.
     *
     * @param request what to paint; its pictures have the working size
     * @return a picture of the working size
     * @throws org.stablevideo.progress.CancelledException when progress says so
     */
    Picture paint(PaintRequest request, Progress progress);

    @Override
    void close();
}
