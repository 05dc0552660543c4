package org.stablevideo.motion;

import java.lang.ref.Reference;
import org.opencv.core.Mat;
import org.opencv.video.DISOpticalFlow;
import org.opencv.video.Video;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;

/**
 * Optical flow of two pictures exactly as OpenCV gives it, for measuring: pixel x of the first picture is at x + flow(x) in the second.
 *
 * @param size pixels across and down of both pictures
 * @param vectors displacement right and down of every pixel, interleaved, in pixels, rows from top to bottom; shared
 */
public record DenseFlow(FrameSize size, float[] vectors) {

    private static final int LEAST_SIDE = 16;

    public DenseFlow {
        if (vectors.length != 2 * size.area()) {
            throw new IllegalArgumentException("a flow of " + size + " has " + 2 * size.area() + " numbers, got " + vectors.length);
        }
    }

    /**
     * Farnebäck's polynomial expansion (2003), with the parameters that OpenCV's documentation and its samples use and that
     * {@code cv2.calcOpticalFlowFarneback} has no defaults for: pyramid 0.5, 3 levels, window 15, 3 iterations, neighbourhood 5, sigma 1.2.
     */
    public static DenseFlow farneback(Plane from, Plane to) {
        try (Mats mats = new Mats()) {
            Mat flow = mats.empty();
            Video.calcOpticalFlowFarneback(
                    mats.gray(from.size(), from.values()), mats.gray(to.size(), to.values()), flow, 0.5, 3, 15, 3, 5, 1.2, 0);
            return new DenseFlow(from.size(), Mats.floats(flow));
        }
    }

    /** DIS (Kroeger et al. 2016), OpenCV's medium preset; no motion where a side is below {@value #LEAST_SIDE} pixels. */
    public static DenseFlow dis(Plane from, Plane to) {
        if (from.size().shortSide() < LEAST_SIDE) {
            return new DenseFlow(from.size(), new float[2 * from.size().area()]);
        }
        try (Mats mats = new Mats()) {
            DISOpticalFlow dis = DISOpticalFlow.create(DISOpticalFlow.PRESET_MEDIUM);
            Mat flow = mats.empty();
            dis.calc(mats.gray(from.size(), from.values()), mats.gray(to.size(), to.values()), flow);
            // its finaliser deletes the native object, even while a native call still runs on it
            Reference.reachabilityFence(dis);
            return new DenseFlow(from.size(), Mats.floats(flow));
        }
    }
}
