package org.stablevideo.host;

import java.nio.file.Path;
import org.stablevideo.atlas.SolverChoice;
import org.stablevideo.clip.Clip;
import org.stablevideo.diffusion.PictureModels;
import org.stablevideo.pipeline.StudioPipeline;
import org.stablevideo.pipeline.StudioStages;
import org.stablevideo.progress.Progress;

/** The pipeline of this user: cache, models and host as they are on this computer. Close it to free the models. */
public final class Studio implements AutoCloseable {

    private static final long CACHE_BYTES = 8L << 30;

    private final SolverChoice solver = SolverChoice.wanted();
    private final StudioStages stages = new StudioStages(UserFolders.cache(), CACHE_BYTES, PictureModels.ofUser(), Studio::decode, solver);
    private final StudioPipeline pipeline = new StudioPipeline(stages, solver);

    /** The way from a prompt to a renderer. */
    public StudioPipeline pipeline() {
        return pipeline;
    }

    private static Clip decode(Path video) {
        return HostClip.of(video.toString()).open(Progress.NONE);
    }

    @Override
    public void close() {
        stages.close();
    }
}
