package org.stablevideo.diffusion;

import org.stablevideo.frame.Picture;
import org.stablevideo.progress.Progress;

/**
 * Noise from which a model paints a scene that is laid out as the shot is: the noise that would give the shot back without its colours (DDIM inversion, without
 * words), brought nearer to variance 1, and a little fresh noise. A small model that is given any noise makes blobs of it, which have nothing to do with the
 * shot; with the shot's colours it would leave them in a snowy winter or a drawing.
 *
 * @param schedule steps that go both ways
 * @param velocity whether the network predicts velocity instead of noise
 */
record SceneNoise(NoiseSchedule schedule, boolean velocity) {

    /** Deviation of the fresh noise. */
    private static final double FRESH = 0.2;

    private static final int PLANES = 4;

    /** A picture without its colours (luma of BT.601). */
    static Picture grey(Picture picture) {
        byte[] rgb = picture.rgb().clone();
        for (int i = 0; i < rgb.length; i += 3) {
            byte luma = (byte) Math.round(0.299 * (rgb[i] & 255) + 0.587 * (rgb[i + 1] & 255) + 0.114 * (rgb[i + 2] & 255));
            rgb[i] = luma;
            rgb[i + 1] = luma;
            rgb[i + 2] = luma;
        }
        return new Picture(picture.size(), rgb);
    }

    /**
     * Turns latents into noise.
     *
     * @param clean latents of the scene, scaled as the UNet wants them
     * @param fresh as many numbers of variance 1
     * @param wordless the network under no words
     * @return latents as noisy as the schedule's highest step wants them
     */
    float[] of(float[] clean, float[] fresh, Denoiser wordless, Progress progress) {
        DdimSampler sampler = new DdimSampler(schedule, velocity);
        float[] x = clean;
        for (int step = 0; step < schedule.steps(); step++) {
            progress.report("looking at the scene", (double) step / schedule.steps());
            x = sampler.inverse(x, wordless.predict(x, schedule.timestep(step)), step);
        }
        float[] noise = new float[x.length];
        int plane = x.length / PLANES;
        for (int k = 0; k < PLANES; k++) {
            normalise(x, noise, k * plane, (k + 1) * plane);
        }
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) (noise[i] + FRESH * fresh[i]);
        }
        return noise;
    }

    /** Halfway to mean 0 and variance 1: found noise is too weak, and all of it would make the picture harsh. */
    private static void normalise(float[] from, float[] to, int start, int end) {
        double sum = 0;
        double squares = 0;
        for (int i = start; i < end; i++) {
            sum += from[i];
            squares += (double) from[i] * from[i];
        }
        double mean = sum / (end - start);
        double deviation = Math.sqrt(Math.max(1e-6, squares / (end - start) - mean * mean));
        for (int i = start; i < end; i++) {
            to[i] = (float) ((from[i] + (from[i] - mean) / deviation) / 2);
        }
    }
}
