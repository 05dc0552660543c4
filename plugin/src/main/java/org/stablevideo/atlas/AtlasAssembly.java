package org.stablevideo.atlas;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.SolveFrames;

/**
 * Makes an atlas of finished layers, and measures it in the same way whichever solver they come from.
 *
 * @param start {@link System#nanoTime} when the solver began
 */
record AtlasAssembly(Clip clip, SolveFrames frames, ClipFlow flow, FrameTasks tasks, long start) {

    /**
     * The measured atlas.
     *
     * @param key the solver's settings, for the atlas's id
     * @param objects what the solver was given
     * @param layers front to back
     * @param coverage of each layer, as {@link AtlasQuality#coverage} has it
     */
    Atlas of(String key, List<List<Plane>> objects, List<Layer> layers, List<Double> coverage) {
        double[] covered = coverage.stream().mapToDouble(Double::doubleValue).toArray();
        AtlasQuality unknown = new AtlasQuality(new double[0], new double[0], covered, FoldedCells.share(layers), 0);
        Atlas atlas = new Atlas(id(clip, key, objects), clip.identity(), clip.size(), frames.size(), clip.rate(), layers, unknown);
        Reconstruction reconstruction = new Reconstruction(atlas);
        double[] lit = new double[frames.count()];
        double[] plain = new double[frames.count()];
        tasks.each(frames.count(), t -> lit[t] = Reconstruction.psnr(reconstruction.frame(t, true), frames.frame(t)));
        AtlasHealth health = HealthCheck.of(atlas, frames, flow, t -> {
            // made once for both, the check and the quality: it takes long
            Picture shown = reconstruction.frame(t, false);
            plain[t] = Reconstruction.psnr(shown, frames.frame(t));
            return shown;
        }, tasks);
        return atlas.withQuality(new AtlasQuality(lit, plain, covered, unknown.foldedShare(), (System.nanoTime() - start) / 1e9, health));
    }

    /** Names an atlas, or work on it, by what it is made of: the clip, the solver's settings and the mattes. */
    static String id(Clip clip, String key, List<List<Plane>> objects) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((clip.identity().key() + " " + clip.size() + " " + key).getBytes(StandardCharsets.UTF_8));
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
