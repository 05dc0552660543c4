package org.stablevideo.atlas;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
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
    static final int VERSION = 3;

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
            tasks.each(solves.size(), i -> solves.get(i).chain(layers.reference(i)));
            LOG.debug("chained after {} s", seconds(start));
            List<Layer> finished = new ArrayList<>();
            List<Double> coverage = new ArrayList<>();
            List<Texture> textures = new ArrayList<>();
            for (int i = 0; i < solves.size(); i++) {
                double from = 0.2 + 0.7 * i / solves.size();
                Progress part = progress.part(from, from + 0.7 / solves.size());
                LayerFinish finish = new LayerFinish(solves.get(i), settings, tasks, part);
                finished.add(finish.layer(layers.name(i), layers.opacity(i)));
                coverage.add(finish.coverage());
                textures.add(Texture.of(finished.get(i).texture()));
                LOG.debug("layer {} after {} s", i, seconds(start));
            }
            double[] covered = coverage.stream().mapToDouble(Double::doubleValue).toArray();
            AtlasQuality unknown = new AtlasQuality(new double[0], new double[0], covered, FoldedCells.share(finished), seconds(start));
            Atlas atlas = new Atlas(
                    id(clip, settings, objects), clip.identity(), clip.size(), frames.size(), clip.rate(), finished, unknown);
            progress.report("measuring the atlas", 0.92);
            return measured(atlas, textures, frames, flow, tasks, start);
        }
    }

    private static Atlas measured(
            Atlas atlas, List<Texture> textures, SolveFrames frames, ClipFlow flow, FrameTasks tasks, long start) {
        Reconstruction reconstruction = new Reconstruction(atlas, textures);
        double[] lit = new double[frames.count()];
        double[] plain = new double[frames.count()];
        tasks.each(frames.count(), t -> {
            lit[t] = Reconstruction.psnr(reconstruction.frame(t, true), frames.frame(t));
            plain[t] = Reconstruction.psnr(reconstruction.frame(t, false), frames.frame(t));
        });
        AtlasHealth health = HealthCheck.of(atlas, frames, flow, reconstruction, tasks);
        AtlasQuality quality = new AtlasQuality(
                lit, plain, atlas.quality().coverage(), atlas.quality().foldedShare(), seconds(start), health);
        return atlas.withQuality(quality);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Names the atlas by what it is made of: the clip, the settings and the mattes. */
    private static String id(Clip clip, AtlasSettings settings, List<List<Plane>> objects) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((clip.identity().key() + " " + clip.size() + " " + settings.key()).getBytes(StandardCharsets.UTF_8));
            for (List<Plane> mattes : objects) {
                digest.update((byte) '|');
                mattes.forEach(matte -> digest.update(matte.values()));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
