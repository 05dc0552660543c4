package org.stablevideo.motion;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.problem.MaskInvalid;
import org.stablevideo.problem.ProblemException;

/**
 * A network that tells what a picture is of from its surroundings. The small U²-Net (Qin et al. 2020, “U²-Net: Going deeper with nested U-structure for
 * salient object detection”) comes with the program; ISNet, RMBG, BiRefNet, MODNet and larger U²-Nets are read from ONNX files. Safe for several threads.
 * Closing it frees its memory.
 */
final class ObjectNetwork implements AutoCloseable {

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
    private final OrtSession session;

    private ObjectNetwork(String name, OrtSession session) {
        this.name = name;
        this.kind = Kind.of(Path.of(name).getFileName().toString());
        this.session = session;
    }

    /** The network that comes with the program, for a look a thread. */
    static ObjectNetwork bundled() {
        try (InputStream in = ObjectNetwork.class.getResourceAsStream(BUNDLED);
                OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
            settings.setIntraOpNumThreads(1);
            return new ObjectNetwork(BUNDLED, OrtEnvironment.getEnvironment().createSession(in.readAllBytes(), settings));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (OrtException e) {
            throw new IllegalStateException(BUNDLED + " does not load", e);
        }
    }

    /**
     * A network from a file, for one look at a time by all processors.
     *
     * @throws ProblemException with {@link MaskInvalid} when it is none
     */
    static ObjectNetwork of(Path file) {
        try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
            return new ObjectNetwork(file.toString(), OrtEnvironment.getEnvironment().createSession(file.toString(), settings));
        } catch (OrtException e) {
            throw invalid(file.toString(), "cannot be read as an ONNX network", e);
        }
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
        String question = session.getInputNames().iterator().next();
        String first = session.getOutputNames().iterator().next();
        try (OnnxTensor picture = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), planes(rgb), new long[] {1, 3, kind.side, kind.side});
                OrtSession.Result result = session.run(Map.of(question, picture), Set.of(first));
                Mats mats = new Mats()) {
            if (!(result.get(0) instanceof OnnxTensor matte) || matte.getFloatBuffer() == null) {
                throw invalid(name, "does not answer with one matte", null);
            }
            long[] shape = matte.getInfo().getShape();
            if (shape.length != 4 || shape[0] != 1 || shape[1] != 1) {
                throw invalid(name, "does not answer with one matte", null);
            }
            float[] values = new float[(int) (shape[2] * shape[3])];
            matte.getFloatBuffer().get(values);
            Mat whole = mats.keep(new Mat((int) shape[2], (int) shape[3], CvType.CV_32F));
            whole.put(0, 0, values);
            Mat fitted = mats.empty();
            Imgproc.resize(whole, fitted, new Size(answer.width(), answer.height()), 0, 0, Imgproc.INTER_LINEAR);
            return probabilities(Mats.floats(fitted));
        } catch (OrtException e) {
            throw invalid(name, "does not take pictures of " + kind.side + "×" + kind.side, e);
        }
    }

    /** The picture as the network takes it: one plane after the other. */
    private FloatBuffer planes(Mat rgb) {
        try (Mats mats = new Mats()) {
            Mat scaled = mats.empty();
            Imgproc.resize(rgb, scaled, new Size(kind.side, kind.side), 0, 0, Imgproc.INTER_AREA);
            Mat values = mats.empty();
            scaled.convertTo(values, CvType.CV_32FC3, 1 / 255.0);
            Core.subtract(values, kind.mean, values);
            Core.divide(values, kind.spread, values);
            FloatBuffer planes = FloatBuffer.allocate(3 * kind.side * kind.side);
            for (int channel = 0; channel < 3; channel++) {
                Mat plane = mats.empty();
                Core.extractChannel(values, plane, channel);
                planes.put(Mats.floats(plane));
            }
            return planes.flip();
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

    private static ProblemException invalid(String name, String what, Exception cause) {
        return new ProblemException(
                new MaskInvalid(
                        "The network " + name + " " + what + ".",
                        "Give an ONNX file of ISNet, RMBG, U²-Net, BiRefNet or MODNet with its kind in the name, such as isnet-general-use.onnx."),
                cause);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("the network " + name + " does not close", e);
        }
    }
}
