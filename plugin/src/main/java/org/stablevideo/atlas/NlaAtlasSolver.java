package org.stablevideo.atlas;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.Plane;
import org.stablevideo.model.NlaNetwork;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;
import org.stablevideo.progress.Progress;
import org.stablevideo.space.NormalisedFrame;

/**
 * The solver of the paper that layered atlases come from: neural networks, trained on the clip (Kasten et al. 2021, section 3). Slow; the yardstick for
 * {@link GridAtlasSolver}. The trained networks are read out into an ordinary atlas: mappings at the nodes of a grid, a texture at the density that the
 * settings say, mattes, and light fitted as everywhere else. The same on the same machine with the same number of threads, unless time decides when it ends.
 *
 * <p>Deviations from the authors' code: differences of colour are normalised by the longer side of a frame, not by its width, so portrait clips learn the
 * same; a batch without consistent flow counts no flow instead of nothing at all; masks are the automatic mattes or the user's, flow is
 * {@link ClipFlow}; texels that no frame saw are filled from those around them; without an object only the background is trained. One object at
 * most: the authors' several foregrounds are not here.
 */
public final class NlaAtlasSolver implements AtlasSolver {

    private final NlaSettings training;
    private final Path unfinished;

    /**
     * @param unfinished folder where a training is kept until it has ended
     */
    public NlaAtlasSolver(NlaSettings training, Path unfinished) {
        this.training = training;
        this.unfinished = unfinished;
    }

    @Override
    public Atlas solve(
            Clip clip, SolveFrames frames, ClipFlow flow, List<List<Plane>> objects, AtlasSettings settings, Progress progress) {
        long start = System.nanoTime();
        LayerMattes given = LayerMattes.of(objects, frames);
        if (given.count() > 2) {
            throw new ProblemException(new RequestInvalid(
                    "Neural layered atlases tell one object from the background, not " + (given.count() - 1) + ".",
                    "Ask for one object, or take the default solver (--solver grid)."));
        }
        String key = training.key() + "-" + settings.key();
        NlaCheckpoint checkpoint = NlaCheckpoint.of(unfinished, AtlasAssembly.id(clip, key, objects));
        boolean object = given.count() > 1;
        try (NlaNetwork network = new NlaNetwork(new NormalisedFrame(frames.size(), frames.count()), object, training.seed());
                FrameTasks tasks = new FrameTasks()) {
            NlaSamples samples = new NlaSamples(frames, flow, object ? given.objects().get(0) : List.of());
            new NlaTraining(network, samples, frames.count(), training, checkpoint, progress.part(0, 0.9)).run();
            NlaReading reading = new NlaReading(network, frames.size(), frames.count());
            List<Plane> learned = object ? reading.opacity(progress.part(0.9, 0.94)) : List.of();
            LayerMattes layers = LayerMattes.of(object ? List.of(learned) : List.of(), frames);
            List<Layer> finished = new ArrayList<>();
            List<Double> coverage = new ArrayList<>();
            for (int i = 0; i < layers.count(); i++) {
                progress.report("reading the atlas", 0.94 + 0.03 * i / layers.count());
                boolean front = i < layers.count() - 1;
                LayerSolve solve = new LayerSolve(frames, flow, layers.weights(i));
                Lattice lattice = Lattice.over(frames.size(), settings.spacing());
                solve.place(lattice, reading.fields(front, lattice));
                TextureLayout layout = solve.layOut(settings.detail(), settings.maxTexture());
                solve.paint(reading.texture(front, layout, CoverageCount.of(solve).plane().values()));
                LayerFinish finish = new LayerFinish(solve, settings, tasks, Progress.NONE);
                finished.add(finish.painted(layers.name(i), layers.opacity(i)));
                coverage.add(finish.coverage());
            }
            progress.report("measuring the atlas", 0.97);
            Atlas atlas = new AtlasAssembly(clip, frames, flow, tasks, start).of(key, objects, finished, coverage);
            checkpoint.forget();
            return atlas;
        }
    }
}
