package org.stablevideo.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What editors do with an analysed clip in a timeline: each frame shown must get the edit of the source frame that the host shows. The edit of these tests
 * writes twice the frame's number as its colour; with an even prompt of its own each effect on a clip is an edit of its own.
 */
@Tag("melt")
class TimelineTest {

    private static final int FRAMES = 60;
    private static final int WIDTH = 160;
    private static final int HEIGHT = 90;
    private static final int BYTES = WIDTH * HEIGHT * 3;
    private static final String PROFILE = "<profile frame_rate_num=\"25\" frame_rate_den=\"1\" width=\"" + WIDTH + "\" height=\"" + HEIGHT
            + "\" progressive=\"1\" sample_aspect_num=\"1\" sample_aspect_den=\"1\" display_aspect_num=\"16\" display_aspect_den=\"9\"/>";

    @TempDir
    private Path folder;

    private MeltRig rig;
    private Path clip;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        rig = new MeltRig(folder);
        clip = rig.clip(WIDTH, HEIGHT, FRAMES);
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
    }

    private static String effect(String prompt) {
        return "<filter><property name=\"mlt_service\">stablevideo</property><property name=\"foreground\">" + prompt + "</property></filter>";
    }

    private static String producer(String id, Object resource, String more) {
        return "<producer id=\"" + id + "\"><property name=\"resource\">" + resource + "</property>" + more + "</producer>";
    }

    /** As Kdenlive writes a clip whose speed was changed. */
    private static String warped(String id, Object resource, String speed, String more) {
        return producer(id, speed + ":" + resource, "<property name=\"mlt_service\">timewarp</property><property name=\"warp_speed\">" + speed
                + "</property><property name=\"warp_resource\">" + resource + "</property>" + more);
    }

    private static String entry(String producer, int in, int out, String effects) {
        return "<entry producer=\"" + producer + "\" in=\"" + in + "\" out=\"" + out + "\">" + effects + "</entry>";
    }

    private Path project(String name, String producers, String entries) throws IOException {
        String text = "<mlt LC_NUMERIC=\"C\">" + PROFILE + producers + "<playlist id=\"track\">" + entries + "</playlist>"
                + "<tractor id=\"film\"><track producer=\"track\"/></tractor></mlt>";
        return Files.writeString(folder.resolve(name), text);
    }

    /** The numbers that the frames carry. */
    private List<Integer> numbers(Path project) throws IOException, InterruptedException {
        MeltRig.Rendered rendered = rig.render("-1", List.of(project.toString()));
        assertEquals(rendered.count("frames"), rendered.count("edited"), rendered.report() + rendered.said());
        List<Integer> numbers = new ArrayList<>();
        for (byte[] frame : rendered.frames(BYTES)) {
            numbers.add((frame[BYTES / 2] & 0xFF) / 2);
        }
        return numbers;
    }

    private long analyses() throws IOException {
        try (var spools = Files.list(folder.resolve("cache/frames"))) {
            return spools.count();
        }
    }

    private static List<Integer> range(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    private static List<Integer> joined(List<Integer> a, List<Integer> b) {
        return IntStream.range(0, a.size() + b.size()).mapToObj(i -> i < a.size() ? a.get(i) : b.get(i - a.size())).toList();
    }

    @Test
    void shouldAnalyseAClipOnceForAllItsCuts() throws IOException, InterruptedException {
        Path film = project("film.mlt", producer("a", clip, ""), entry("a", 40, 49, effect("number")) + entry("a", 5, 19, effect("number")));
        assertEquals(joined(range(40, 49), range(5, 19)), numbers(film));
        assertEquals(1, analyses());
    }

    @Test
    void shouldFollowChangesOfSpeed() throws IOException, InterruptedException {
        for (String speed : List.of("2", "0.5", "1.37", "-1", "-2", "-0.5")) {
            int last = (int) (FRAMES / Math.abs(Double.parseDouble(speed))) - 1;
            String source = warped("a", clip, speed, "");
            byte[][] plain = rig.render("-1", List.of(project("plain.mlt", source, entry("a", 0, last, "")).toString())).frames(BYTES);
            List<Integer> numbers = numbers(project("film.mlt", source, entry("a", 0, last, effect("number"))));
            byte[][] frames = rig.render("-1", List.of(project("source.mlt", producer("a", clip, ""), entry("a", 0, FRAMES - 1, "")).toString())).frames(BYTES);
            assertShown(frames, plain, numbers, "speed " + speed);
        }
        assertEquals(1, analyses(), "the analysis is that of the source");
    }

    /** Each frame shown looks like the source frame that it was edited as, more than like any other. */
    private static void assertShown(byte[][] source, byte[][] shown, List<Integer> numbers, String what) {
        assertEquals(shown.length, numbers.size());
        for (int i = 0; i < shown.length; i++) {
            long[] differences = new long[source.length];
            for (int n = 0; n < source.length; n++) {
                for (int b = 0; b < BYTES; b++) {
                    differences[n] += Math.abs((source[n][b] & 0xFF) - (shown[i][b] & 0xFF));
                }
            }
            // slowed down and backwards, the host shows the last frame but one for the last
            boolean isEnd = numbers.get(i) == source.length - 1;
            int nearest = IntStream.range(0, source.length).boxed().min(Comparator.comparingLong(n -> differences[n])).orElseThrow();
            assertEquals(nearest, numbers.get(i), isEnd ? 1 : 0, what + ", frame " + i);
        }
    }

    @Test
    void shouldWorkInsideANestedSequence() throws IOException, InterruptedException {
        Path inner = project("inner.mlt", producer("a", clip, ""), entry("a", 10, 29, effect("number")) + entry("a", 0, 9, effect("number")));
        Path outer = project("outer.mlt", producer("n", inner, ""), entry("n", 5, 24, ""));
        assertEquals(joined(range(15, 29), range(0, 4)), numbers(outer));
    }

    @Test
    void shouldWorkOnANestedSequence() throws IOException, InterruptedException {
        Path inner = project("inner.mlt", producer("a", clip, ""), entry("a", 10, 29, "") + entry("a", 0, 9, ""));
        Path outer = project("outer.mlt", producer("n", inner, ""), entry("n", 5, 24, effect("number")));
        assertEquals(range(5, 24), numbers(outer), "the sequence is analysed as it is shown, cuts and all");
    }

    @Test
    void shouldLayEffectsOverEachOther() throws IOException, InterruptedException {
        Path twice = project("film.mlt", producer("a", clip, ""), entry("a", 0, 19, effect("number") + effect("invert")));
        byte[][] frames = rig.render("-1", List.of(twice.toString())).frames(BYTES);
        for (int i = 0; i < frames.length; i++) {
            assertEquals(255 - 2 * i, frames[i][BYTES / 2] & 0xFF, "frame " + i);
        }
    }

    @Test
    void shouldUseTheAnalysisOfTheOriginalForAProxy() throws IOException, InterruptedException {
        Path proxy = rig.clip(64, 36, FRAMES);
        String original = "<property name=\"kdenlive:originalurl\">" + clip + "</property><property name=\"kdenlive:proxy\">" + proxy + "</property>";
        Path film = project("film.mlt", producer("p", proxy, original) + producer("a", clip, ""),
                entry("p", 20, 39, effect("number")) + entry("a", 0, 9, effect("number")));
        assertEquals(joined(range(20, 39), range(0, 9)), numbers(film));
        assertEquals(1, analyses());
        Path slow = project("slow.mlt", warped("p", proxy, "0.5", original), entry("p", 0, 9, effect("number")));
        assertEquals(5, numbers(slow).get(9), "a slowed proxy");
        Path chained = project("chained.mlt", "<chain id=\"p\" out=\"" + (FRAMES - 1) + "\"><property name=\"resource\">" + proxy + "</property>"
                + "<property name=\"mlt_service\">avformat</property>" + original + "</chain>", entry("p", 7, 16, effect("number")));
        assertEquals(range(7, 16), numbers(chained));
        assertEquals(1, analyses());
    }

    @Test
    void shouldFollowTimeRemapping() throws IOException, InterruptedException {
        String link = "<link in=\"0\" out=\"19\"><property name=\"mlt_service\">timeremap</property><property name=\"time_map\">0=0;19=1.52</property></link>";
        Path film = project("film.mlt", "<chain id=\"c\" out=\"" + (FRAMES - 1) + "\"><property name=\"resource\">" + clip
                + "</property><property name=\"mlt_service\">avformat</property>" + link + "</chain>", entry("c", 0, 19, effect("number")));
        Path plain = Files.writeString(folder.resolve("plain.mlt"), Files.readString(film).replace(effect("number"), ""));
        byte[][] shown = rig.render("-1", List.of(plain.toString())).frames(BYTES);
        byte[][] frames = rig.render("-1", List.of(project("source.mlt", producer("a", clip, ""), entry("a", 0, FRAMES - 1, "")).toString())).frames(BYTES);
        List<Integer> numbers = numbers(film);
        assertShown(frames, shown, numbers, "remapped");
    }

    @Test
    void shouldAnalyseThePartThatShotcutUsesOfAChain() throws IOException, InterruptedException {
        Path longClip = rig.clip(WIDTH, HEIGHT, 400);
        String range = effect("number").replace("<filter>", "<filter in=\"100\" out=\"139\">");
        String chain = "<chain id=\"c\" out=\"399\"><property name=\"length\">400</property><property name=\"resource\">" + longClip
                + "</property><property name=\"mlt_service\">avformat-novalidate</property>" + range + "</chain>";
        assertEquals(range(0, 39), numbers(project("film.mlt", chain, entry("c", 100, 139, ""))), "its first frame is the first of the part");
        assertEquals(1, analyses());
    }

    @Test
    void shouldAnswerTheJobOfShotcut() throws IOException, InterruptedException {
        String job = effect("number").replace("</filter>", "<property name=\"analyze\">1</property></filter>");
        Path film = Files.writeString(folder.resolve("job.mlt"), "<mlt LC_NUMERIC=\"C\">" + PROFILE + "<chain id=\"c\" out=\"" + (FRAMES - 1)
                + "\"><property name=\"length\">" + FRAMES + "</property><property name=\"resource\">" + clip
                + "</property><property name=\"mlt_service\">avformat-novalidate</property>" + job + "</chain></mlt>");
        String project = rig.analyse(List.of(film.toString()));
        assertTrue(project.contains("<property name=\"results\">svedit1;" + FRAMES + ";"), project);
    }
}
