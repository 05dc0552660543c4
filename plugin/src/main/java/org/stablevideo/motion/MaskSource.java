package org.stablevideo.motion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.problem.MaskInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;

/**
 * Mattes that somebody made: white is the object. Several objects have their masks separated by {@code |}, see {@link MaskText}. The text names
 *
 * <ul>
 *   <li>a folder of images, one a frame, in the order of their names;
 *   <li>a pattern such as {@code mask-%04d.png}, counted from the first number that exists below 100000;
 *   <li>one image, {@code object.png} or {@code object.png@12}: the object painted on frame 0 or 12, carried through the clip by
 *       {@link CarriedMarks};
 *   <li>a box around the object or a point on it, in one frame and in per cent of it, {@code box:20,30,40,50@12} or {@code point:40,55@12}; the
 *       object is cut out there and carried likewise;
 *   <li>several such images, boxes and points with {@code  + } between;
 *   <li>one of several images that have their frames in their names, {@code object@12.png} and {@code object@40.png}: all of them;
 *   <li>an ONNX file: a network that tells objects from backgrounds, {@link NetworkMattes};
 *   <li>any other file: a clip, read by the decoder.
 * </ul>
 *
 * Any size is taken and brought to solve size; a picture with an alpha channel that varies gives its alpha, any other its brightness.
 */
public final class MaskSource implements ObjectMattes {

    private static final int LAST_START = 100_000;

    private final String text;
    private final Function<Path, Clip> decoder;

    private final int from;
    private final int whole;
    private final ObjectMattes otherwise;

    private MaskSource(String text, Function<Path, Clip> decoder, int from, int whole, ObjectMattes otherwise) {
        this.text = text;
        this.decoder = decoder;
        this.from = from;
        this.whole = whole;
        this.otherwise = otherwise;
    }

    /**
     * A given mask; nothing is read before {@link #find}.
     *
     * @param text what the user gave, not empty
     * @param decoder opens a video file; it may throw a ProblemException; the clip is closed here
     */
    public static MaskSource of(String text, Function<Path, Clip> decoder) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("no mask was given");
        }
        return new MaskSource(text, decoder, 0, 0, new MotionMattes());
    }

    /**
     * The same mask for a shot of the clip that it belongs to. A frame that was painted outside says nothing of this shot, whose object is then found
     * otherwise.
     *
     * @param first frame of the whole clip that is frame 0 of the shot
     * @param count number of frames of the whole clip
     * @param otherwise finds the object where the mask is of a frame outside
     */
    MaskSource ofShot(int first, int count, ObjectMattes otherwise) {
        return new MaskSource(text, decoder, first, count, otherwise);
    }

    /**
     * {@inheritDoc}
     *
     * @throws ProblemException with {@link MaskInvalid} when the mask cannot be read or has another number of frames than the clip
     */
    @Override
    public List<Plane> find(SolveFrames frames, ClipFlow flow, Progress progress) {
        OpenCv.load();
        List<MaskText.Mark> marks = MaskText.marks(text);
        if (!marks.isEmpty()) {
            return marked(marks, frames, flow, progress);
        }
        Path path = Path.of(text);
        if (Files.isDirectory(path)) {
            return sequence(folder(path), frames, progress);
        }
        if (MaskText.counter(text).find()) {
            return sequence(numbered(whole(frames)), frames, progress);
        }
        requireReadable(path);
        if (path.toString().toLowerCase(Locale.ROOT).endsWith(".onnx")) {
            return new NetworkMattes(path).find(frames, flow, progress);
        }
        return video(path, frames, progress);
    }

    private List<Plane> marked(List<MaskText.Mark> marks, SolveFrames frames, ClipFlow flow, Progress progress) {
        SortedMap<Integer, Plane> painted = new TreeMap<>();
        SortedMap<Integer, List<MarkedObject>> pointed = new TreeMap<>();
        for (MaskText.Mark mark : marks) {
            requireFrame(mark, frames);
            if (mark.picture() == null) {
                pointed.computeIfAbsent(mark.frame() - from, t -> new ArrayList<>()).add(MarkedObject.of(mark.text()).orElseThrow());
            } else {
                requireReadable(mark.picture());
                painted.merge(mark.frame() - from, image(mark.picture(), frames.size()), MaskSource::either);
            }
        }
        requireObject(painted, pointed);
        SortedMap<Integer, Plane> here = painted.subMap(0, frames.count());
        SortedMap<Integer, List<MarkedObject>> pointedHere = pointed.subMap(0, frames.count());
        if (here.isEmpty() && pointedHere.isEmpty()) {
            return otherwise.find(frames, flow, progress);
        }
        boolean shows = !pointedHere.isEmpty() || here.values().stream().anyMatch(MaskSource::marks);
        return shows ? CarriedMarks.carry(frames, flow, new ObjectMarks(here, pointedHere), progress) : ObjectMattes.none(frames);
    }

    private void requireObject(SortedMap<Integer, Plane> painted, SortedMap<Integer, List<MarkedObject>> pointed) {
        pointed.keySet().stream().filter(painted::containsKey).findFirst().ifPresent(t -> {
            throw invalid("The mask paints frame " + (from + t) + " and points at it too.",
                    "Paint a frame or point at it; any number of boxes and points may be of one frame.");
        });
        if (pointed.isEmpty() && painted.values().stream().noneMatch(MaskSource::marks)) {
            throw invalid("The mask " + text + " is black: it marks nothing.", "Paint the object white, all else black, or leave all else transparent.");
        }
    }

    private static boolean marks(Plane plane) {
        for (byte value : plane.values()) {
            if ((value & 255) > 127) {
                return true;
            }
        }
        return false;
    }

    private static Plane either(Plane a, Plane b) {
        byte[] most = a.values().clone();
        for (int i = 0; i < most.length; i++) {
            most[i] = (byte) Math.max(most[i] & 255, b.values()[i] & 255);
        }
        return new Plane(a.size(), most);
    }

    private void requireFrame(MaskText.Mark mark, SolveFrames shot) {
        if (mark.frame() >= whole(shot)) {
            throw invalid("The mask " + mark.text() + " is for frame " + mark.frame() + ", but the clip has " + whole(shot) + " frames.",
                    "Name a frame from 0 to " + (whole(shot) - 1) + " after the @.");
        }
    }

    private static void requireReadable(Path path) {
        if (!Files.isReadable(path)) {
            throw invalid("The mask " + path + " cannot be read.", "Check the path, or leave the mask empty to find the object by its motion.");
        }
    }

    private List<Plane> video(Path path, SolveFrames frames, Progress progress) {
        try (Clip mask = decoder.apply(path)) {
            requireCount(mask.frameCount(), whole(frames));
            List<Plane> planes = new ArrayList<>();
            for (int t = 0; t < frames.count(); t++) {
                try (Mats mats = new Mats()) {
                    Mat gray = mats.empty();
                    Imgproc.cvtColor(mats.rgb(mask.size(), mask.frame(from + t).copy().rgb()), gray, Imgproc.COLOR_RGB2GRAY);
                    planes.add(fit(gray, frames.size(), mats));
                }
                progress.report("reading the mask", (t + 1.0) / frames.count());
            }
            return planes;
        }
    }

    private List<Plane> sequence(List<Path> files, SolveFrames frames, Progress progress) {
        requireCount(files.size(), whole(frames));
        List<Plane> planes = new ArrayList<>();
        for (Path file : files.subList(from, from + frames.count())) {
            planes.add(image(file, frames.size()));
            progress.report("reading the mask", planes.size() / (double) frames.count());
        }
        return planes;
    }

    private int whole(SolveFrames shot) {
        return Math.max(whole, shot.count());
    }

    private void requireCount(int mask, int clip) {
        if (mask != clip) {
            throw invalid("The mask " + text + " has " + mask + " frames, the clip has " + clip + ".",
                    "Give one mask picture a frame, or a single image of one frame (image.png@12 for frame 12).");
        }
    }

    private List<Path> folder(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(MaskText::isPicture).sorted().toList();
        } catch (IOException e) {
            throw invalid("The mask folder " + text + " cannot be read (" + e.getMessage() + ").", "Check the folder and its permissions.");
        }
    }

    private List<Path> numbered(int most) {
        int number = 0;
        while (number < LAST_START && !Files.exists(number(number))) {
            number++;
        }
        List<Path> files = new ArrayList<>();
        // one more than wanted is enough to tell that there are too many
        while (files.size() <= most && Files.exists(number(number))) {
            files.add(number(number++));
        }
        return files;
    }

    private Path number(int number) {
        return Path.of(MaskText.counter(text).replaceFirst(hit -> String.format(Locale.ROOT, hit.group(), number)));
    }

    private Plane image(Path file, FrameSize size) {
        try (Mats mats = new Mats()) {
            Mat picture = mats.keep(Imgcodecs.imread(file.toString(), Imgcodecs.IMREAD_UNCHANGED));
            if (picture.empty()) {
                throw invalid("The mask picture " + file + " is no image that can be read.", "Give PNG, JPEG, TIFF, BMP or WebP pictures.");
            }
            Mat eight = mats.empty();
            picture.convertTo(eight, org.opencv.core.CvType.CV_8U, picture.depth() == org.opencv.core.CvType.CV_16U ? 1 / 257.0 : 1);
            return fit(brightness(eight, mats), size, mats);
        }
    }

    private static Mat brightness(Mat picture, Mats mats) {
        Mat gray = mats.empty();
        switch (picture.channels()) {
            case 3 -> Imgproc.cvtColor(picture, gray, Imgproc.COLOR_BGR2GRAY);
            case 4 -> {
                org.opencv.core.Core.extractChannel(picture, gray, 3);
                if (org.opencv.core.Core.minMaxLoc(gray).minVal == 255) {
                    Imgproc.cvtColor(picture, gray, Imgproc.COLOR_BGRA2GRAY);
                }
            }
            default -> org.opencv.core.Core.extractChannel(picture, gray, 0);
        }
        return gray;
    }

    private static Plane fit(Mat gray, FrameSize size, Mats mats) {
        Mat fitted = mats.empty();
        boolean shrinks = gray.cols() > size.width() || gray.rows() > size.height();
        Imgproc.resize(gray, fitted, new Size(size.width(), size.height()), 0, 0, shrinks ? Imgproc.INTER_AREA : Imgproc.INTER_LINEAR);
        return new Plane(size, Mats.bytes(fitted));
    }

    private static ProblemException invalid(String message, String remedy) {
        return new ProblemException(new MaskInvalid(message, remedy));
    }
}
