package org.stablevideo.motion;

import java.util.ArrayDeque;
import java.util.Deque;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;

/** A scope of OpenCV matrices, released together when it closes; one thread. */
final class Mats implements AutoCloseable {

    private final Deque<Mat> held = new ArrayDeque<>();

    Mats() {
        OpenCv.load();
    }

    /** Takes a matrix into this scope. */
    Mat keep(Mat mat) {
        held.push(mat);
        return mat;
    }

    /** An empty matrix for a result. */
    Mat empty() {
        return keep(new Mat());
    }

    /** An 8-bit, three channel (R, G, B) matrix with a copy of the bytes. */
    Mat rgb(FrameSize size, byte[] rgb) {
        Mat mat = keep(new Mat(size.height(), size.width(), CvType.CV_8UC3));
        mat.put(0, 0, rgb);
        return mat;
    }

    /** An 8-bit, one channel matrix with a copy of the bytes. */
    Mat gray(FrameSize size, byte[] values) {
        Mat mat = keep(new Mat(size.height(), size.width(), CvType.CV_8UC1));
        mat.put(0, 0, values);
        return mat;
    }

    /** A 32-bit float, one channel matrix with a copy of the values. */
    Mat plane(FrameSize size, float[] values) {
        Mat mat = keep(new Mat(size.height(), size.width(), CvType.CV_32FC1));
        mat.put(0, 0, values);
        return mat;
    }

    /**
     * A picture brought back by a flow: every pixel of a box gets what the flow leads to, between pixels linearly, beyond the edges what is at the edge.
     *
     * @param flow dx, dy of every pixel of the box, interleaved
     */
    Mat brought(Rect box, float[] flow, Mat picture) {
        float[] places = new float[flow.length];
        for (int i = 0; i < box.area(); i++) {
            places[2 * i] = box.x + i % box.width + flow[2 * i];
            places[2 * i + 1] = box.y + i / box.width + flow[2 * i + 1];
        }
        Mat map = keep(new Mat(box.height, box.width, CvType.CV_32FC2));
        map.put(0, 0, places);
        Mat brought = empty();
        Imgproc.remap(picture, brought, map, empty(), Imgproc.INTER_LINEAR, Core.BORDER_REPLICATE);
        return brought;
    }

    static byte[] bytes(Mat mat) {
        byte[] out = new byte[Math.toIntExact(mat.total() * mat.channels())];
        mat.get(0, 0, out);
        return out;
    }

    static float[] floats(Mat mat) {
        float[] out = new float[Math.toIntExact(mat.total() * mat.channels())];
        mat.get(0, 0, out);
        return out;
    }

    @Override
    public void close() {
        while (!held.isEmpty()) {
            held.pop().release();
        }
    }
}
