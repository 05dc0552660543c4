package org.stablevideo.motion;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * How far the pictures themselves show that something moves otherwise than the camera makes it move: by how much the flow explains the next picture better than the camera's
 * motion does. Where there is little to see, as in a sky, on water or on asphalt, either explains it, and the flow, which agrees with itself on the way back all the same,
 * must not be taken for motion of its own.
 */
final class MotionProof {

    /** Coarse pixels around one that are asked. */
    private static final int REACH = 8;

    /** Root mean square difference, in grey levels, that any two pictures of the same may have. */
    private static final float NOISE = 6;

    /** The same as a share of what a pixel's shift makes where there is much to see: dark and faded pictures have less of everything. */
    private static final float SHIFT = 0.5f;

    /** Share of the difference that the flow takes away up to which nothing is shown, and from which on all is. */
    private static final float DOUBTED = 0.3f;

    private static final float SURE = 0.6f;

    private MotionProof() {
    }

    /**
     * Compares.
     *
     * @param t the frame
     * @param way to which of its neighbours, which must exist: −1 or 1
     * @param grain of the frame
     * @param rest what is left of the flow from the frame to that neighbour when the camera's motion is taken away ({@link CameraMotion#residual})
     * @return in [0, 1], one a coarse pixel
     */
    static float[] of(CoarseClip clip, int t, int way, Grain grain, float... rest) {
        FlowField flow = clip.step(t, way);
        int w = clip.size().width();
        float[] own = new float[rest.length];
        float[] ground = new float[rest.length];
        for (int i = 0; i < clip.size().area(); i++) {
            own[2 * i] = flow.dx(i % w, i / w);
            own[2 * i + 1] = flow.dy(i % w, i / w);
            ground[2 * i] = own[2 * i] - rest[2 * i];
            ground[2 * i + 1] = own[2 * i + 1] - rest[2 * i + 1];
        }
        try (Mats mats = new Mats()) {
            Mat from = clip.gray(t, mats);
            Mat to = clip.gray(t + way, mats);
            float[] left = difference(from, to, own, mats);
            float[] otherwise = difference(from, to, ground, mats);
            float noise = Math.max(1e-3f, Math.min(NOISE, SHIFT * grain.most()));
            float[] proof = new float[left.length];
            for (int i = 0; i < proof.length; i++) {
                float share = (otherwise[i] - left[i]) / (otherwise[i] + noise);
                proof[i] = Math.max(0, Math.min(1, (share - DOUBTED) / (SURE - DOUBTED)));
            }
            return proof;
        }
    }

    /** Root mean square difference around every pixel. */
    private static float[] difference(Mat from, Mat to, float[] flow, Mats mats) {
        Mat off = mats.empty();
        Core.subtract(from, mats.brought(new Rect(0, 0, to.cols(), to.rows()), flow, to), off, mats.empty(), CvType.CV_32F);
        Core.multiply(off, off, off);
        Imgproc.blur(off, off, new Size(2 * REACH + 1, 2 * REACH + 1));
        Core.sqrt(off, off);
        return Mats.floats(off);
    }
}
