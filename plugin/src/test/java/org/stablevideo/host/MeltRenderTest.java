package org.stablevideo.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames from real melt through filter, bridge and backend, and back. */
@Tag("melt")
class MeltRenderTest {

    private static final int FRAMES = 60;
    private static final int WIDTH = 320;
    private static final int HEIGHT = 180;
    private static final int BYTES = WIDTH * HEIGHT * 3;

    @TempDir
    private Path folder;

    private MeltRig rig;
    private String clip;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        rig = new MeltRig(folder);
        clip = rig.clip(WIDTH, HEIGHT, FRAMES).toString();
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
    }

    private byte[][] source() throws IOException, InterruptedException {
        return rig.render("-1", List.of(clip)).frames(BYTES);
    }

    private static byte[] inverted(byte[] frame) {
        byte[] result = new byte[frame.length];
        for (int i = 0; i < frame.length; i++) {
            result[i] = (byte) ~frame[i];
        }
        return result;
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-4"})
    void shouldEditEveryFrame(String realTime) throws IOException, InterruptedException {
        byte[][] source = source();
        MeltRig.Rendered edited = rig.render(realTime, List.of(clip, "-attach-cut", "stablevideo", "foreground=invert"));
        byte[][] frames = edited.frames(BYTES);
        assertEquals(FRAMES, frames.length);
        for (int i = 0; i < FRAMES; i++) {
            assertArrayEquals(inverted(source[i]), frames[i], "frame " + i);
        }
        assertEquals(FRAMES, edited.count("frames"), "each frame counts once, however often the host asks for it");
        assertEquals(FRAMES, edited.count("edited"));
        assertEquals(1, rig.starts());
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "TERM", "stop"})
    void shouldGoOnWithTheNextBackend(String end) throws IOException, InterruptedException {
        MeltRig.Running render = rig.beginWriting(BYTES * 8L, List.of(clip, "-attach-cut", "stablevideo", "foreground=slow"));
        if (end.equals("stop")) {
            rig.stopBackend();
        } else {
            rig.signal(end);
        }
        MeltRig.Rendered rendered = render.end().orElseThrow();
        assertEquals(FRAMES, rendered.count("edited"), rendered.report() + rendered.said());
        assertEquals(2, rig.starts());
    }

    @Test
    void shouldGoOnWithABackendThatWasPaused() throws IOException, InterruptedException {
        MeltRig.Running render = rig.beginWriting(BYTES * 8L, List.of(clip, "-attach-cut", "stablevideo", "foreground=slow"));
        rig.signal("STOP");
        Thread.sleep(4000);
        rig.signal("CONT");
        MeltRig.Rendered rendered = render.end().orElseThrow();
        assertEquals(FRAMES, rendered.count("edited"), rendered.report() + rendered.said());
        assertEquals(1, rig.starts());
    }

    @Test
    void shouldKnowThePositionInACutClip() throws IOException, InterruptedException {
        byte[][] frames = rig.render("-4", List.of(clip, "in=20", "out=44", "-attach-cut", "stablevideo", "foreground=number")).frames(BYTES);
        assertEquals(25, frames.length);
        for (int i = 0; i < frames.length; i++) {
            assertEquals(2 * (20 + i), frames[i][BYTES / 2] & 0xFF, "frame " + i);
        }
    }

    @Test
    void shouldKnowThePositionAtAnotherRate() throws IOException, InterruptedException {
        byte[][] frames = rig.render("-1", List.of("-profile", "atsc_720p_50", clip, "-attach-cut", "stablevideo", "foreground=number"))
                .frames(1280 * 720 * 3);
        for (int i = 0; i < frames.length; i++) {
            int shown = Math.min(FRAMES - 1, (int) (i / 50.0 * 25.0 + 0.5)); // measured on MLT 7.12, rounding errors included
            assertEquals(shown * 2, frames[i][1280 * 360 * 3] & 0xFF, "frame " + i);
        }
    }

    @Test
    void shouldKeepTheBarsOfAnotherAspectBlack() throws IOException, InterruptedException {
        String portrait = rig.clip(90, 160, 5).toString();
        byte[][] frames = rig.render("-1", List.of("-profile", "square_ntsc", portrait, "-attach-cut", "stablevideo", "foreground=invert"))
                .frames(640 * 480 * 3);
        int middle = 640 * 240 * 3;
        assertEquals(0, frames[2][middle + 3 * 20] & 0xFF, "bar stays black");
        assertEquals(0, frames[2][middle + 3 * 620] & 0xFF, "bar stays black");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1x1", "3x5", "321x181", "180x320"})
    void shouldTakeAnySize(String size) throws IOException, InterruptedException {
        int width = Integer.parseInt(size.split("x")[0]);
        int height = Integer.parseInt(size.split("x")[1]);
        String odd = rig.clip(Math.max(2, width), Math.max(2, height), 4).toString();
        MeltRig.Rendered edited = rig.render("-1", List.of(odd, "-attach-cut", "stablevideo", "foreground=invert"));
        assertEquals(edited.count("frames"), edited.count("edited"), edited.said());
        assertTrue(edited.count("frames") >= 4);
    }

    @Test
    void shouldLeaveTheFrameAloneWithNothingToEdit() throws IOException, InterruptedException {
        byte[][] source = source();
        MeltRig.Rendered rendered = rig.render("-1", List.of(clip, "-attach-cut", "stablevideo", "seed=7"));
        assertTrue(Arrays.deepEquals(source, rendered.frames(BYTES)));
        assertEquals(0, rig.starts());
    }

    @Test
    void shouldShowTheSourceAtMixZero() throws IOException, InterruptedException {
        byte[][] source = source();
        MeltRig.Rendered rendered = rig.render("-1", List.of(clip, "-attach-cut", "stablevideo", "foreground=invert", "mix=0=0;29=0;30=100"));
        byte[][] frames = rendered.frames(BYTES);
        assertArrayEquals(source[10], frames[10]);
        assertArrayEquals(inverted(source[40]), frames[40]);
    }

    @Test
    void shouldFinishWithMarkedSourceFramesWhenTheBackendDies() throws IOException, InterruptedException {
        byte[][] source = source();
        MeltRig.Rendered rendered = rig.render("-1", List.of(clip, "-attach-cut", "stablevideo", "foreground=die"));
        byte[][] frames = rendered.frames(BYTES);
        assertEquals(FRAMES, frames.length);
        assertArrayEquals(inverted(source[5]), frames[5]);
        assertArrayEquals(Arrays.copyOf(source[30], BYTES / 2), Arrays.copyOf(frames[30], BYTES / 2), "upper half is the source");
        assertFalse(Arrays.equals(source[30], frames[30]), "marked");
        assertTrue(rendered.count("failed") > 0);
        assertTrue(rendered.report().get("message").getAsString().contains("stopped in the middle"), rendered.report().toString());
        assertEquals(1, rendered.said().split("stopped in the middle", -1).length - 1, "said once: " + rendered.said());
    }

    @Test
    void shouldNotHangOnAStalledBackend() throws IOException, InterruptedException {
        MeltRig.Rendered rendered = rig.render("-1", List.of(clip, "out=9", "-attach-cut", "stablevideo", "foreground=stall"));
        assertEquals(10, rendered.frames(BYTES).length);
        assertEquals(rendered.count("frames"), rendered.count("failed"));
        assertTrue(rendered.report().get("message").getAsString().contains("no sign of life"), rendered.report().toString());
    }

    @Test
    void shouldSayWhyAnEditFailed() throws IOException, InterruptedException {
        MeltRig.Rendered rendered = rig.render("-4", List.of(clip, "-attach-cut", "stablevideo", "foreground=fail"));
        assertEquals(FRAMES, rendered.frames(BYTES).length);
        assertEquals(rendered.count("frames"), rendered.count("failed"));
        assertTrue(rendered.said().contains("The model “none” is not installed. Choose another."), rendered.said());
    }

    @Test
    void shouldPassUnknownPresetsWithAMessage() throws IOException, InterruptedException {
        MeltRig.Rendered rendered = rig.render("-1", List.of(clip, "out=4", "-attach-cut", "stablevideo", "preset=no-such-preset"));
        assertEquals(rendered.count("frames"), rendered.count("failed"));
        assertTrue(rendered.said().contains("no-such-preset"), rendered.said());
    }

    @Test
    void shouldNotMakeAPreviewWait() throws IOException, InterruptedException {
        MeltRig.Rendered rendered = rig.render("-1", List.of(clip, "-attach-cut", "stablevideo", "foreground=invert", "wait=no"));
        assertEquals(FRAMES, rendered.frames(BYTES).length);
        assertEquals(0, rendered.count("edited"));
        assertEquals(0, rendered.count("failed"));
        assertEquals(rendered.count("frames"), rendered.count("passed"));
    }

    @Test
    void shouldStartOneBackendForTwoHosts() throws IOException, InterruptedException {
        List<String> arguments = List.of(clip, "-attach-cut", "stablevideo", "foreground=invert");
        MeltRig.Running first = rig.begin("-1", arguments);
        MeltRig.Running second = rig.begin("-1", arguments);
        for (MeltRig.Running running : List.of(first, second)) {
            Optional<MeltRig.Rendered> ended = running.end();
            MeltRig.Rendered rendered = ended.isPresent() ? ended.get() : rig.render("-1", arguments);
            assertEquals(rendered.count("frames"), rendered.count("edited"), rendered.said());
        }
        assertEquals(1, rig.starts());
        try (var spools = Files.list(folder.resolve("cache/frames"))) {
            assertEquals(1, spools.count());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo \"double\" 'single' a=b; x|y & <z> #%", "echo 🚗 ünï 雪", "echo back\\slash %s %n"})
    void shouldPassPromptsUnharmed(String prompt) throws IOException, InterruptedException {
        MeltRig.Rendered rendered = rig.render("-1", List.of(clip, "out=2", "-attach-cut", "stablevideo", "foreground=" + prompt));
        String message = rendered.report().get("message").getAsString();
        assertTrue(message.startsWith("Heard " + prompt.length() + ":" + prompt.hashCode()), message);
    }

    @Test
    void shouldPassLongPromptsAndLineBreaks() throws IOException, InterruptedException {
        String prompt = "echo " + "snow and ".repeat(555) + "ice";
        MeltRig.Rendered rendered = rig.render("-1", List.of(clip, "out=2", "-attach-cut", "stablevideo", "foreground=" + prompt.replace("snow and", "snow\nand")));
        String message = rendered.report().get("message").getAsString();
        assertTrue(message.startsWith("Heard " + prompt.length() + ":" + prompt.hashCode()), message);
    }

    @Test
    void shouldDrawASeedAtEachApplyAndKeepIt() throws IOException, InterruptedException {
        Set<Long> seeds = new HashSet<>();
        for (int i = 0; i < 2; i++) {
            String project = rig.analyse(List.of(clip, "-attach-cut", "stablevideo", "foreground=seed", "seed=-1", "analyse=1", "results=svedit1;60;01234567;seed 5"));
            Matcher results = Pattern.compile("name=\"results\">(svedit1;" + FRAMES + ";[0-9a-f]{8};seed (\\d+))<").matcher(project);
            assertTrue(results.find(), project);
            long seed = Long.parseLong(results.group(2));
            assertTrue(seed != 5 && seeds.add(seed), "another one at each Apply: " + seed);
            for (String wait : List.of("no", "yes")) {
                MeltRig.Rendered shown = rig.render("-1", List.of(clip, "-attach-cut", "stablevideo", "foreground=seed", "seed=-1", "results=" + results.group(1), "wait=" + wait));
                assertEquals(FRAMES, shown.count("edited"), shown.report().toString());
                assertEquals((byte) seed, shown.frames(BYTES)[7][BYTES / 2], "the seed that was applied, wait=" + wait);
            }
        }
        MeltRig.Rendered preview = rig.render("-1", List.of(clip, "-attach-cut", "stablevideo", "foreground=seed", "seed=-1", "wait=no"));
        assertEquals(0, preview.count("edited") + preview.count("failed"), "a preview draws none: " + preview.report());
    }

    @Test
    void shouldDrawOneSeedForARenderThatWasNeverApplied() throws IOException, InterruptedException {
        MeltRig.Rendered rendered = rig.render("-4", List.of(clip, "-attach-cut", "stablevideo", "foreground=seed", "seed=random"));
        byte[][] frames = rendered.frames(BYTES);
        assertEquals(FRAMES, rendered.count("edited"), rendered.report() + rendered.said());
        Matcher said = Pattern.compile("seed (\\d+) was drawn").matcher(rendered.said());
        assertTrue(said.find(), rendered.said());
        for (int i = 0; i < frames.length; i++) {
            assertEquals((byte) Long.parseLong(said.group(1)), frames[i][BYTES / 2], "frame " + i + ": " + rendered.said());
        }
    }

    @Test
    void shouldNameTheResultsOfAnAnalysis() throws IOException, InterruptedException {
        String project = rig.analyse(List.of(clip, "-attach-cut", "stablevideo", "foreground=invert", "analyse=1"));
        assertTrue(project.matches("(?s).*name=\"results\">svedit1;" + FRAMES + ";[0-9a-f]{8}<.*"), project);
        MeltRig.Rendered preview = rig.render("-1", List.of(clip, "-attach-cut", "stablevideo", "foreground=invert", "wait=no"));
        assertTrue(preview.count("edited") >= FRAMES, "a preview shows what was analysed, but need not wait to connect: " + preview.report());
    }
}
