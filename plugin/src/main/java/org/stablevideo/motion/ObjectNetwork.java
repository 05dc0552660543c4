package org.stablevideo.motion;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.opencv.core.Core;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.dnn.Dnn;
import org.opencv.dnn.Net;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.problem.MaskInvalid;
import org.stablevideo.problem.ProblemException;

/**
 * A network that tells what a picture is of from its surroundings. The small U²-Net (Qin et al. 2020, “U²-Net: Going deeper with nested U-structure for
 * salient object detection”) comes with the program; ISNet, RMBG, BiRefNet, MODNet and larger U²-Nets are read from ONNX files. Safe for several threads,
 * each of which has a network of its own while it looks.
 */
final class ObjectNetwork {

    /** Values beyond [0, 1] by more than this are log odds. */
    private static final float SLACK = 0.02f;

    private static final String BUNDLED = "u2netp.onnx";

    /**
     * What pictures a kind of network takes.
     *
     * @param name part of the file's name
     * @param side pixels across and down
     * @param mean of R, G and B in [0, 1], to be taken off
     * @param spread to be divided by
     */
    private record Kind(String name, int side, Scalar mean, Scalar spread) {

        /** The kind that a file's name says; how pictures are scaled for it is as in rembg. */
        static Kind of(String file) {
            String name = file.toLowerCase(Locale.ROOT);
            return KINDS.stream().filter(kind -> name.contains(kind.name)).findFirst().orElseThrow();
        }
    }

    private static final Scalar HALF = Scalar.all(0.5);
    private static final Scalar MEAN = new Scalar(0.485, 0.456, 0.406);
    private static final Scalar SPREAD = new Scalar(0.229, 0.224, 0.225);
    private static final List<Kind> KINDS = List.of(
            new Kind("u2net", 320, MEAN, SPREAD),
            new Kind("silueta", 320, MEAN, SPREAD),
            new Kind("modnet", 512, HALF, HALF),
            new Kind("birefnet", 1024, MEAN, SPREAD),
            new Kind("", 1024, HALF, Scalar.all(1)));

    private final String name;
    private final Kind kind;
    private final Supplier<Net> loader;
    private final Queue<Net> idle = new ConcurrentLinkedQueue<>();

    private ObjectNetwork(String name, Supplier<Net> loader) {
        this.name = name;
        this.kind = Kind.of(Path.of(name).getFileName().toString());
        this.loader = loader;
    }

    /** The network that comes with the program. */
    static ObjectNetwork bundled() {
        OpenCv.load();
        try (InputStream in = ObjectNetwork.class.getResourceAsStream(BUNDLED)) {
            byte[] bytes = in.readAllBytes();
            return new ObjectNetwork(BUNDLED, () -> Dnn.readNetFromONNX(new MatOfByte(bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A network from a file.
     *
     * @throws ProblemException with {@link MaskInvalid} when it is none
     */
    static ObjectNetwork of(Path file) {
        OpenCv.load();
        ObjectNetwork network = new ObjectNetwork(file.toString(), () -> Dnn.readNetFromONNX(file.toString()));
        try {
            network.idle.add(network.loader.get());
        } catch (CvException e) {
            throw network.invalid("cannot be read as an ONNX network", e);
        }
        return network;
    }

    /**
     * What the network's first answer says of a picture; those that have several give the finest one first.
     *
     * @param rgb 8 bits, R G B
     * @param answer size to which the answer is brought
     * @return probability that a pixel is of the thing that the picture shows, in [0, 1], rows from top to bottom
     * @throws ProblemException with {@link MaskInvalid} when the network is of another kind than its name says
     */
    float[] look(Mat rgb, FrameSize answer) {
        Net idler = idle.poll();
        Net net = idler == null ? loader.get() : idler;
        try (Mats mats = new Mats()) {
            Mat scaled = mats.empty();
            Imgproc.resize(rgb, scaled, new Size(kind.side, kind.side), 0, 0, Imgproc.INTER_AREA);
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
            Mat fitted = mats.empty();
            Imgproc.resize(matte, fitted, new Size(answer.width(), answer.height()), 0, 0, Imgproc.INTER_LINEAR);
            return probabilities(Mats.floats(fitted));
        } catch (CvException e) {
            throw invalid("does not take pictures of " + kind.side + "×" + kind.side, e);
        } finally {
            idle.add(net);
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
                        "The network " + name + " " + what + ".",
                        "Give an ONNX file of ISNet, RMBG, U²-Net, BiRefNet or MODNet with its kind in the name, such as isnet-general-use.onnx."),
                cause);
    }
}
