package org.stablevideo.motion;

import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;

/** Brings a coarse cut to solve size and lets its edge follow the picture's, softly. */
final class SoftEdges {

    private static final int RADIUS = 5;
    private static final double EPSILON = 4e-4;

    /** Steepness with which the filtered matte is drawn apart; 1 leaves it. */
    private static final float CONTRAST = 1.8f;

    private SoftEdges() {}

    /**
     * Refines one frame.
     *
     * @param inside coarse cut, in [0, 1]
     */
    static Plane refine(SolveFrames frames, int t, CoarseClip clip, float[] inside) {
        FrameSize size = frames.size();
        float[] fine;
        try (Mats mats = new Mats()) {
            Mat coarse = mats.plane(clip.size(), inside);
            Mat large = mats.empty();
            Imgproc.resize(coarse, large, new Size(clip.size().width() * clip.factor(), clip.size().height() * clip.factor()), 0, 0,
                    Imgproc.INTER_LINEAR);
            Mat window = mats.keep(large.submat(0, size.height(), 0, size.width()));
            fine = Mats.floats(mats.keep(window.clone()));
        }
        boolean any = false;
        for (float value : fine) {
            any |= value > 0.5f;
        }
        if (!any) {
            return Plane.empty(size);
        }
        for (int i = 0; i < fine.length; i++) {
            fine[i] = Math.max(0, Math.min(1, 2.5f * (fine[i] - 0.5f) + 0.5f));
        }
        float[] soft = new GuidedFilter(size, frames.frame(t).rgb(), RADIUS, EPSILON).filter(fine);
        byte[] values = new byte[soft.length];
        for (int i = 0; i < soft.length; i++) {
            float value = Math.max(0, Math.min(1, CONTRAST * (soft[i] - 0.5f) + 0.5f));
            values[i] = (byte) Math.round(255 * value);
        }
        return new Plane(size, values);
    }
}
