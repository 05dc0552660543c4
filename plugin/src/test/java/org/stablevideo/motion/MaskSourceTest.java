package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.imgcodecs.Imgcodecs;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.clip.ClipPart;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.problem.MaskInvalid;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;

class MaskSourceTest {

    private static final Scene SCENE = new Scene(new FrameSize(220, 141), 5, 34, -1.75, 3.25);
    private static final Function<Path, Clip> NO_VIDEO = path -> {
        throw new AssertionError("decoded " + path);
    };

    @TempDir
    Path folder;

    @Test
    void shouldReadAFolderAndAPatternAlike() throws Exception {
        for (int t = 0; t < 5; t++) {
            write(SCENE.matte(t), folder.resolve("m-%03d.png".formatted(t + 7)));
        }
        Files.writeString(folder.resolve("notes.txt"), "not a picture");
        List<Plane> fromFolder = find(folder.toString(), NO_VIDEO);
        List<Plane> fromPattern = find(folder.resolve("m-%03d.png").toString(), NO_VIDEO);
        for (int t = 0; t < 5; t++) {
            assertArrayEquals(SCENE.matte(t).values(), fromFolder.get(t).values());
            assertArrayEquals(SCENE.matte(t).values(), fromPattern.get(t).values());
        }
    }

    @Test
    void shouldReadAVideoThroughTheDecoder() throws Exception {
        Path file = Files.createFile(folder.resolve("mask.mkv"));
        List<Plane> found = find(file.toString(), path -> ClipFixtures.of(white(5)));
        assertEquals(5, found.size());
        assertEquals((byte) 255, found.get(3).values()[777]);
    }

    @Test
    void shouldNameBothCountsWhenTheLengthIsWrong() throws Exception {
        Path file = Files.createFile(folder.resolve("mask.mkv"));
        String video = refusal(file.toString(), path -> ClipFixtures.of(white(3)));
        assertTrue(video.contains("3 frames") && video.contains("has 5"), video);
        write(SCENE.matte(0), folder.resolve("one.png"));
        String pattern = refusal(folder.resolve("%d.png").toString(), NO_VIDEO);
        assertTrue(pattern.contains("0 frames"), pattern);
        assertTrue(refusal(folder.toString(), NO_VIDEO).contains("1 frames"));
    }

    @Test
    void shouldRefuseWhatCannotBeRead() throws Exception {
        assertTrue(refusal(folder.resolve("missing.png").toString(), NO_VIDEO).contains("missing.png"));
        Path broken = Files.writeString(folder.resolve("broken.png"), "no png");
        assertTrue(refusal(broken.toString(), NO_VIDEO).contains("broken.png"));
        write(SCENE.matte(0), folder.resolve("one.png"));
        assertTrue(refusal(folder.resolve("one.png") + "@5", NO_VIDEO).contains("0 to 4"));
    }

    /** 0.9: the disc is plain to see; its textured rim costs about a pixel. */
    @Test
    void shouldCarryOnePaintedFrameBothWays() {
        write(SCENE.matte(2), folder.resolve("one.png"));
        List<Plane> found = find(folder.resolve("one.png") + "@2", NO_VIDEO);
        assertArrayEquals(SCENE.matte(2).values(), found.get(2).values());
        for (int t = 0; t < 5; t++) {
            double iou = MatteQuality.iou(found.get(t), SCENE.matte(t));
            assertTrue(iou > 0.9, "frame " + t + ": IoU " + iou);
        }
    }

    @Test
    void shouldTakeAShotsPartOfTheMask() {
        for (int t = 0; t < 5; t++) {
            write(SCENE.matte(t), folder.resolve(t + ".png"));
        }
        write(SCENE.matte(3), folder.resolve("painted/one.png"));
        try (Clip clip = new ClipPart(SCENE.clip(), 2, 3);
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            List<Plane> found = MaskSource.of(folder.toString(), NO_VIDEO).ofShot(2, 5, new MotionMattes()).find(frames, flow, Progress.NONE);
            assertEquals(3, found.size());
            assertArrayEquals(SCENE.matte(2).values(), found.get(0).values());
            List<Plane> carried = MaskSource.of(folder.resolve("painted/one.png") + "@3", NO_VIDEO).ofShot(2, 5, new MotionMattes()).find(frames, flow, Progress.NONE);
            assertArrayEquals(SCENE.matte(3).values(), carried.get(1).values());
            List<Plane> elsewhere = MaskSource.of(folder.resolve("painted/one.png") + "@1", NO_VIDEO).ofShot(2, 5, new MotionMattes()).find(frames, flow, Progress.NONE);
            assertEquals(3, elsewhere.size(), "painted in another shot, so the object is found by its motion");
        }
    }

    @Test
    void shouldCutOutWhatABoxOrAPointMarks() {
        double x = 100 * SCENE.centreX(2) / SCENE.size().width();
        double radius = 100 * SCENE.radius() / SCENE.size().height();
        double wide = radius * SCENE.size().height() / SCENE.size().width();
        String box = String.format(Locale.ROOT, "box:%.1f,%.1f,%.1f,%.1f@2", x - 1.1 * wide, 50 - 1.1 * radius, 2.2 * wide, 2.2 * radius);
        for (String mark : List.of(box, String.format(Locale.ROOT, "point:%.1f,50@2", x))) {
            List<Plane> found = find(mark, NO_VIDEO);
            for (int t = 0; t < found.size(); t++) {
                double iou = MatteQuality.iou(found.get(t), SCENE.matte(t));
                assertTrue(iou > 0.8, mark + " in frame " + t + ": IoU " + iou);
            }
        }
    }

    @Test
    void shouldCarryWhatSeveralFramesShow() {
        write(SCENE.matte(0), folder.resolve("disc@0.png"));
        write(SCENE.matte(4), folder.resolve("disc@4.png"));
        write(SCENE.matte(1), folder.resolve("other@1.png"));
        String row = folder.resolve("disc@4.png").toString();
        String listed = folder.resolve("disc@0.png") + " + " + folder.resolve("disc@4.png") + "@4";
        for (String mask : List.of(row, listed)) {
            List<Plane> found = find(mask, NO_VIDEO);
            assertArrayEquals(SCENE.matte(0).values(), found.get(0).values(), mask);
            assertArrayEquals(SCENE.matte(4).values(), found.get(4).values(), mask);
            for (int t = 1; t < 4; t++) {
                double iou = MatteQuality.iou(found.get(t), SCENE.matte(t));
                assertTrue(iou > 0.9, mask + " in frame " + t + ": IoU " + iou);
            }
        }
        assertEquals(List.of(folder.resolve("disc@0.png"), folder.resolve("disc@4.png")), MaskText.files(row));
        assertEquals(0, MaskText.markedFrame(row).orElseThrow());
        assertEquals(7, MaskText.markedFrame("a.png@9 + point:1,2@7").orElseThrow());
    }

    @Test
    void shouldRefuseMarksThatContradict() {
        write(SCENE.matte(1), folder.resolve("one.png"));
        write(new Plane(SCENE.size(), new byte[SCENE.size().area()]), folder.resolve("black.png"));
        assertTrue(refusal(folder.resolve("one.png") + "@1 + point:40,50@1", NO_VIDEO).contains("frame 1 and points at it"));
        assertTrue(refusal(folder.resolve("black.png").toString(), NO_VIDEO).contains("marks nothing"));
        assertTrue(refusal("point:40,50@1 + " + folder.resolve("none.png"), NO_VIDEO).contains("none.png cannot be read"));
        assertTrue(refusal("point:40,50@1 + box:1,2", NO_VIDEO).contains("box:1,2"));
    }

    /** The disc is redder than the ground; the network knows no more than that. */
    @Test
    void shouldAskANetworkOfTheUsers(@TempDir Path folder) throws IOException {
        Path network = folder.resolve("isnet-redness.onnx");
        Files.copy(MaskSourceTest.class.getResourceAsStream("redness.onnx"), network);
        List<Plane> found = find(network.toString(), NO_VIDEO);
        assertEquals(SCENE.frames(), found.size());
        for (int t = 0; t < found.size(); t++) {
            double iou = MatteQuality.iou(found.get(t), SCENE.matte(t));
            assertTrue(iou > 0.8, "frame " + t + ": IoU " + iou);
        }
        Path broken = folder.resolve("u2net.onnx");
        Files.write(broken, new byte[] {1, 2, 3});
        assertTrue(refusal(broken.toString(), NO_VIDEO).contains("cannot be read as an ONNX network"));
    }

    @Test
    void shouldSayHowAMarkIsWritten() {
        for (String wrong : List.of("box:10,10,20", "box:90,10,20,10", "point:a,b", "box:1,1,0,5", "point:120,5")) {
            assertTrue(refusal(wrong, NO_VIDEO).contains("box:20,30,40,50@12"), refusal(wrong, NO_VIDEO));
        }
        assertTrue(refusal("point:50,50@999", NO_VIDEO).contains("is for frame 999"));
    }

    @Test
    void shouldTakeAMaskForEachObject(@TempDir Path folder) throws IOException {
        Path one = folder.resolve("one.png");
        Path odd = folder.resolve("a|b.png");
        assertEquals(List.of("one.png", "two.png@3"), MaskText.objects("one.png | two.png@3"));
        Files.createFile(odd);
        assertEquals(List.of(odd.toString()), MaskText.objects(odd.toString()), "a file of that name is one mask");
        assertEquals(3, ObjectFinder.count("a|b|c", 2));
        assertEquals(2, ObjectFinder.count("", 2));
        ProblemException few = assertThrows(ProblemException.class, () -> new ObjectFinder(one.toString(), 2, NO_VIDEO).find(null, null, 0, 1, KnownObjects.NONE, Progress.NONE));
        assertTrue(few.problem().sentence().contains("2 objects, but one mask"), few.problem().sentence());
        ProblemException empty = assertThrows(ProblemException.class, () -> new ObjectFinder("a.png|", 2, NO_VIDEO).find(null, null, 0, 1, KnownObjects.NONE, Progress.NONE));
        assertTrue(empty.problem().sentence().contains("Mask 2 of 2 is empty"), empty.problem().sentence());
    }

    private static List<Plane> find(String mask, Function<Path, Clip> decoder) {
        try (Clip clip = SCENE.clip();
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            return MaskSource.of(mask, decoder).find(frames, flow, Progress.NONE);
        }
    }

    private static String refusal(String mask, Function<Path, Clip> decoder) {
        ProblemException problem = assertThrows(ProblemException.class, () -> find(mask, decoder));
        assertTrue(problem.problem() instanceof MaskInvalid, problem.toString());
        return problem.problem().sentence();
    }

    private static List<Picture> white(int count) {
        FrameSize size = new FrameSize(44, 28);
        byte[] rgb = new byte[size.rgbBytes()];
        java.util.Arrays.fill(rgb, (byte) 255);
        List<Picture> pictures = new ArrayList<>();
        for (int t = 0; t < count; t++) {
            pictures.add(new Picture(size, rgb));
        }
        return pictures;
    }

    private static void write(Plane plane, Path file) {
        try (Mats mats = new Mats()) {
            Files.createDirectories(file.getParent());
            Imgcodecs.imwrite(file.toString(), mats.gray(plane.size(), plane.values()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
