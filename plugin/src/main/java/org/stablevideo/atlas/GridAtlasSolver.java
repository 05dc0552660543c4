package org.stablevideo.atlas;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.progress.Progress;

/**
 * The fast solver: mappings are control grids, fitted first to the optical flow and then, coarse to fine, to the texture that all frames
 * share, by Gauss–Newton on the colours. Deterministic on any number of threads.
 */
public final class GridAtlasSolver implements AtlasSolver {

    /** Raised whenever equal input gives another atlas. */
    static final int VERSION = 6;

    private static final Logger LOG = LoggerFactory.getLogger(GridAtlasSolver.class);

    @Override
    public Atlas solve(
            Clip clip, SolveFrames frames, ClipFlow flow, List<List<Plane>> objects, AtlasSettings settings, Progress progress) {
        long start = System.nanoTime();
        LayerMattes layers = LayerMattes.of(objects, frames);
        try (FrameTasks tasks = new FrameTasks()) {
            List<LayerSolve> solves = new ArrayList<>();
            for (int i = 0; i < layers.count(); i++) {
                solves.add(new LayerSolve(frames, flow, layers.weights(i)));
            }
            progress.report("laying frames over each other", 0);
            tasks.each(solves.size(), i -> solves.get(i).chain(layers.reference(i), i == layers.count() - 1));
            LOG.debug("chained after {} s", seconds(start));
            List<Layer> finished = new ArrayList<>();
            List<Double> coverage = new ArrayList<>();
            for (int i = 0; i < solves.size(); i++) {
                double from = 0.2 + 0.7 * i / solves.size();
                Progress part = progress.part(from, from + 0.7 / solves.size());
                LayerFinish finish = new LayerFinish(solves.get(i), settings, tasks, part);
                finished.add(finish.layer(layers.name(i), layers.opacity(i)));
                coverage.add(finish.coverage());
                LOG.debug("layer {} after {} s", i, seconds(start));
            }
            progress.report("measuring the atlas", 0.92);
            return new AtlasAssembly(clip, frames, flow, tasks, start).of(settings.key(), objects, finished, coverage);
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
