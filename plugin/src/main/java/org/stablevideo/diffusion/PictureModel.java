package org.stablevideo.diffusion;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
     * @param quick whether the picture is wanted soon: a model that takes minutes paints it somewhat smaller
     */
    FrameSize workingSize(FrameSize picture, boolean quick);

    /**
     * The size at which this model likes to paint a whole scene, by what the request shows of it ({@link PaintRequest#scene}).
     *
     * @param picture size of the picture wanted in the end
     * @param quick as for {@link #workingSize}
     */
    default FrameSize sceneSize(FrameSize picture, boolean quick) {
        return workingSize(picture, quick);
    }

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

    /**
     * Paints frames that agree with each other.
     *
     * @param request what to paint; its frames have the working size
     * @param journal file that keeps what is done, so that work which broke off goes on there; gone when all is painted
     * @return one picture a frame, of the working size
     * @throws org.stablevideo.progress.CancelledException when progress says so; the journal stays
     */
    List<Picture> paintShot(ShotRequest request, Path journal, Progress progress);

    /**
     * What painting will take; cheap, nothing is loaded for it.
     *
     * @param size working size
     * @param pictures how many
     * @param steps sampling steps of all of them together
     * @param guided whether guidance is above 1
     * @return empty where it is not worth telling
     */
    default Optional<PaintEstimate> estimate(FrameSize size, int pictures, int steps, boolean guided) {
        return Optional.empty();
    }

    /** Frees networks, on the graphics card too; the next painting loads them again. Not while one is at work. */
    default void putAway() {}

    @Override
    void close();
}
