package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.opencv.calib3d.Calib3d;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfPoint2f;
import org.opencv.core.Point;

/**
 * Motion of the camera between two frames as a homography, found by RANSAC among confident flow vectors: the motion that most of the
 * picture shares.
 *
 * @param matrix nine numbers, row by row; (x, y, 1) goes to (x', y', w')
 */
record CameraMotion(double[] matrix) {

    private static final int SPACING = 6;
    private static final double INLIER_PIXELS = 0.5;
    private static final double MIN_CONFIDENCE = 0.3;
    private static final int MIN_POINTS = 24;

    /** No motion. */
    static final CameraMotion STILL = new CameraMotion(new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1});

    /**
     * Fits the shared motion of a field.
     *
     * @param object probability of the object a pixel, which is left out above ½; null when nothing is known
     */
    static CameraMotion of(FlowField field, float[] object) {
        return fit(field, SPACING, i -> object == null || object[i] < 0.5f ? 1 : 0);
    }

    /**
     * Fits the shared motion of a field to what shows most surely how it moves.
     *
     * @param grain how exactly the motion of a pixel can be known, in [0, 1] ({@link Grain})
     */
    static CameraMotion byGrain(FlowField field, float... grain) {
        return fit(field, SPACING / 2, i -> grain[i]);
    }

    /** Fits to points of a grid, of which so many are taken that every part counts as much as the weights of its pixels say. */
    private static CameraMotion fit(FlowField field, int spacing, IntToDoubleFunction weight) {
        OpenCv.load();
        List<Point> from = new ArrayList<>();
        List<Point> to = new ArrayList<>();
        int w = field.size().width();
        double sum = 0;
        for (int y = spacing / 2; y < field.size().height(); y += spacing) {
            for (int x = spacing / 2; x < w; x += spacing) {
                sum += weight.applyAsDouble(y * w + x);
                if (sum >= 1) {
                    sum--;
                    if (field.confidence(x, y) > MIN_CONFIDENCE) {
                        from.add(new Point(x, y));
                        to.add(new Point(x + field.dx(x, y), y + field.dy(x, y)));
                    }
                }
            }
        }
        if (from.size() < MIN_POINTS) {
            return STILL;
        }
        try (Mats mats = new Mats()) {
            MatOfPoint2f source = new MatOfPoint2f(from.toArray(new Point[0]));
            MatOfPoint2f target = new MatOfPoint2f(to.toArray(new Point[0]));
            mats.keep(source);
            mats.keep(target);
            Mat found = mats.keep(Calib3d.findHomography(source, target, Calib3d.RANSAC, INLIER_PIXELS));
            if (found.empty()) {
                return STILL;
            }
            double[] matrix = new double[9];
            found.get(0, 0, matrix);
            return new CameraMotion(matrix);
        }
    }

    /** The same motion backwards; none where there is no such. */
    CameraMotion inverse() {
        try (Mats mats = new Mats()) {
            Mat there = mats.keep(new Mat(3, 3, CvType.CV_64F));
            there.put(0, 0, matrix);
            Mat back = mats.empty();
            if (Core.invert(there, back) == 0) {
                return STILL;
            }
            double[] inverse = new double[9];
            back.get(0, 0, inverse);
            return new CameraMotion(inverse);
        }
    }

    /** Displacement of a place to the right, in pixels. */
    double dx(double x, double y) {
        return (matrix[0] * x + matrix[1] * y + matrix[2]) / (matrix[6] * x + matrix[7] * y + matrix[8]) - x;
    }

    /** Displacement of a place down, in pixels. */
    double dy(double x, double y) {
        return (matrix[3] * x + matrix[4] * y + matrix[5]) / (matrix[6] * x + matrix[7] * y + matrix[8]) - y;
    }

    /**
     * What is left of a field when the camera's motion is taken away.
     *
     * @return dx, dy interleaved, in pixels of the field
     */
    float[] residual(FlowField field) {
        int w = field.size().width();
        int h = field.size().height();
        float[] rest = new float[2 * w * h];
        for (int y = 0, i = 0; y < h; y++) {
            for (int x = 0; x < w; x++, i += 2) {
                rest[i] = (float) (field.dx(x, y) - dx(x, y));
                rest[i + 1] = (float) (field.dy(x, y) - dy(x, y));
            }
        }
        return rest;
    }
}
