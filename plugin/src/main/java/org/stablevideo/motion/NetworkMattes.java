package org.stablevideo.motion;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.opencv.core.Core;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.dnn.Dnn;
import org.opencv.dnn.Net;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.Plane;
import org.stablevideo.problem.MaskInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;

/**
 * Mattes by a network of the user's own, which tells what a picture is of: ISNet (Qin et al. 2022), RMBG, U²-Net (Qin et al. 2020), BiRefNet or MODNet, as an ONNX
 * file. It sees each frame by itself; its answers are then made to agree along the motion and get soft edges as all mattes do.
 *
 * @param file the network; how its pictures are scaled follows from its name, as in rembg
 */
record NetworkMattes(Path file) implements ObjectMattes {

    /** Frames each way that a point is followed for its last vote. */
    private static final int REACH = 6;

    /** Values beyond [0, 1] by more than this are log odds. */
    private static final float SLACK = 0.02f;

    /**
     * What pictures a kind of network takes.
     *
     * @param name part of the file's name
     * @param side pixels across and down
     * @param mean of R, G and B in [0, 1], to be taken off
     * @param spread to be divided by
     */
    private record Kind(String name, int side, Scalar mean, Scalar spread) {}

    private static final Scalar HALF = Scalar.all(0.5);
    private static final Scalar MEAN = new Scalar(0.485, 0.456, 0.406);
    private static final Scalar SPREAD = new Scalar(0.229, 0.224, 0.225);
    private static final List<Kind> KINDS = List.of(
            new Kind("u2net", 320, MEAN, SPREAD),
            new Kind("silueta", 320, MEAN, SPREAD),
            new Kind("modnet", 512, HALF, HALF),
            new Kind("birefnet", 1024, MEAN, SPREAD),
            new Kind("", 1024, HALF, Scalar.all(1)));

    @Override
    public List<Plane> find(SolveFrames frames, ClipFlow flow, Progress progress) {
        Kind kind = kind();
        CoarseClip clip = CoarseClip.of(frames, flow, progress.part(0, 0.05));
        Progress looking = progress.part(0.05, 0.9);
        float[][] maps = new float[frames.count()][];
        Net net = open();
        for (int t = 0; t < maps.length; t++) {
            looking.report("asking " + file.getFileName(), (double) t / maps.length);
            maps[t] = look(net, kind, frames, t, clip);
        }
        float[][] agreed = maps.length == 1 ? maps : TrackVote.along(clip, maps, REACH, progress.part(0.9, 0.92));
        Plane[] mattes = new Plane[maps.length];
        FrameWorkers.each(maps.length, "softening edges", progress.part(0.92, 1), t -> mattes[t] = SoftEdges.refine(frames, t, clip, agreed[t]));
        return new ArrayList<>(Arrays.asList(mattes));
    }

    private Kind kind() {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return KINDS.stream().filter(kind -> name.contains(kind.name)).findFirst().orElseThrow();
    }

    private Net open() {
        try {
            return Dnn.readNetFromONNX(file.toString());
        } catch (CvException e) {
            throw invalid("cannot be read as an ONNX network", e);
        }
    }

    /** What the network's first answer says of a frame; those that have several give the finest one first. */
    private float[] look(Net net, Kind kind, SolveFrames frames, int t, CoarseClip clip) {
        try (Mats mats = new Mats()) {
            Mat scaled = mats.empty();
            Imgproc.resize(frames.rgb(t, mats), scaled, new Size(kind.side, kind.side), 0, 0, Imgproc.INTER_AREA);
            Mat values = mats.empty();
            scaled.convertTo(values, CvType.CV_32FC3, 1 / 255.0);
            Core.subtract(values, kind.mean, values);
            Core.divide(values, kind.spread, values);
            net.setInput(mats.keep(Dnn.blobFromImage(values)));
            Mat out = mats.keep(net.forward(net.getUnconnectedOutLayersNames().get(0)));
            if (out.dims() != 4 || out.size(0) != 1 || out.size(1) != 1) {
                throw invalid("does not answer with one matte", null);
            }
            Mat matte = mats.keep(out.reshape(1, new int[] {out.size(2), out.size(3)}));
            Mat coarse = mats.empty();
            Imgproc.resize(matte, coarse, new Size(clip.size().width(), clip.size().height()), 0, 0, Imgproc.INTER_LINEAR);
            return probabilities(Mats.floats(coarse));
        } catch (CvException e) {
            throw invalid("does not take pictures of " + kind.side + "×" + kind.side, e);
        }
    }

    private static float[] probabilities(float... values) {
        boolean odds = false;
        for (float value : values) {
            odds |= value < -SLACK || value > 1 + SLACK;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = odds ? MotionMattes.probability(values[i]) : Math.max(0, Math.min(1, values[i]));
        }
        return values;
    }

    private ProblemException invalid(String what, Exception cause) {
        return new ProblemException(
                new MaskInvalid(
                        "The network " + file + " " + what + ".",
                        "Give an ONNX file of ISNet, RMBG, U²-Net, BiRefNet or MODNet with its kind in the name, such as isnet-general-use.onnx."),
                cause);
    }
}
