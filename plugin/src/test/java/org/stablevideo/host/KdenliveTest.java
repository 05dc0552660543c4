package org.stablevideo.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.preset.EffectParameter;
import org.stablevideo.preset.Preset;
import org.stablevideo.preset.PresetLibrary;

/** What an editor does in real Kdenlive, from the effect's panel to the rendered film; pictures of it stay in {@code plugin/target/kdenlive}. */
@Tag("kdenlive")
class KdenliveTest {

    private static final int WIDTH = 512;
    private static final int HEIGHT = 288;
    private static final int FRAMES = 30;

    /** Kdenlive 22.12 puts a clip into the timeline without its last frame. */
    private static final int IN_TIMELINE = FRAMES - 1;

    private static final int BYTES = WIDTH * HEIGHT * 3;

    @TempDir
    private Path folder;

    private KdenliveRig rig;
    private Path clip;
    private Path project;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        rig = new KdenliveRig(folder);
        clip = folder.resolve("shot.mp4");
        rig.run("ffmpeg", "-v", "error", "-y", "-i", System.getProperty("stablevideo.root") + "/packaging/sample/sample.mp4", "-frames:v", "" + FRAMES,
                "-vf", "scale=" + WIDTH + ":" + HEIGHT, "-c:v", "libx264", "-crf", "12", clip.toString());
        project = folder.resolve("film.kdenlive");
        try (InputStream empty = KdenliveTest.class.getResourceAsStream("empty.kdenlive")) {
            Files.write(project, empty.readAllBytes());
        }
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        if (rig != null) {
            rig.end();
        }
    }

    @Test
    void shouldEditFromThePanelToTheFilm() throws IOException, InterruptedException {
        rig.open(project);
        putEffectOnClip();
        write("a red car", "a snowy winter day");
        rig.shot("3-words");
        rig.input("mousemove", "1400", "693", "click", "1");
        rig.await("the job", () -> rig.log().contains("FILTER READY"));
        rig.act("seek_start");
        rig.act("monitor_seek_forward-one-frame");
        KdenliveRig.pause(4000);
        rig.shot("4-apply");
        rig.await("the result of the job", 240, () -> rig.log().contains("SETTING FILTER PARAM"));
        String saved = rig.saved(project);
        assertTrue(saved.contains("<property name=\"results\">svedit1;" + FRAMES + ";"), "the result is in the project");

        assertTrue(isEdited(step("5-edited", 8)), "the preview shows the edit");
        ProcessHandle.of(rig.backend()).orElseThrow().destroyForcibly();
        rig.await("the preview with the next backend", () -> isEdited(step("6-after-a-crash", 1)));
        assertTrue(rig.isAlive(), "Kdenlive goes on when the backend dies");
        rig.saved(project);
        rig.quit();
        rig.stablevideo("backend", "stop");
        double seconds = rig.openUntil(project, KdenliveTest::isEdited);
        System.out.printf("edited project opened again: first edited frame %.1f s after the window%n", seconds);
        assertTrue(seconds < 15, "the preview comes soon, took " + seconds + " s");
        rig.quit();

        byte[] expected = frames(cli());
        assertSame(expected, frames(melt()), "melt");
        assertSame(expected, frames(kdenliveRender()), "kdenlive_render");
    }

    @Test
    void shouldDrawAnotherVariationAtEachApply() throws IOException, InterruptedException {
        rig.open(project);
        putEffectOnClip();
        write("a red car", "a snowy winter day");
        // the slider of the seed to its left end, without a key
        rig.input("mousemove", "1300", "807", "mousedown", "1", "sleep", "0.2", "mousemove", "1290", "807", "sleep", "0.2", "mousemove", "1250", "807", "sleep", "0.2",
                "mousemove", "1190", "807", "sleep", "0.2", "mouseup", "1");
        rig.shot("10-seed");
        assertTrue(rig.saved(project).contains("<property name=\"seed\">-1<"), "the slider ends at -1");
        String first = drawn(1);
        assertTrue(isEdited(step("11-first-variation", 8)), "the preview shows the edit");
        rig.input("mousemove", "400", "640", "click", "1");
        KdenliveRig.pause(1000);
        String second = drawn(2);
        assertFalse(first.equals(second), "another one: " + first);
        assertTrue(isEdited(step("12-second-variation", 8)), "the preview shows it");
        Files.writeString(project, rig.saved(project).replace("<property name=\"keep\">cache<", "<property name=\"keep\">clip<"));
        rig.quit();
        rig.open(project);
        rig.input("mousemove", "400", "640", "click", "1");
        KdenliveRig.pause(1000);
        second = drawn(1);
        assertTrue(Files.isDirectory(clip.resolveSibling("stablevideo-edits")), "Apply has put the edit beside the clip");
        rig.quit();
        assertSame(frames(cli("--seed", second)), frames(melt()), "melt, with the seed that was drawn last");
    }

    /** Presses Apply for the so-manieth time; the seed that it drew. */
    private String drawn(int time) throws IOException, InterruptedException {
        rig.input("mousemove", "1400", "693", "click", "1");
        rig.await("the result of the job", 240, () -> rig.log().split("SETTING FILTER PARAM", -1).length > time);
        Matcher results = Pattern.compile("<property name=\"results\">svedit1;" + FRAMES + ";[0-9a-f]{8};seed (\\d+)<").matcher(rig.saved(project));
        assertTrue(results.find(), "the seed is in the project");
        return results.group(1);
    }

    @Test
    void shouldTakePresetsFromTheMenuAndSaveThemThere() throws IOException, InterruptedException {
        rig.open(project);
        putEffectOnClip();
        List<Preset> ours = new PresetLibrary(List.of(Path.of(System.getProperty("stablevideo.root"), "presets")), folder.resolve("none")).listFiles();
        Preset last = ours.get(ours.size() - 1);
        openPresets();
        rig.shot("7-presets");
        rig.input("key", "Up", "key", "Return");
        KdenliveRig.pause(1000);
        String words = last.values().get(EffectParameter.FOREGROUND);
        assertTrue(rig.saved(project).contains("<property name=\"foreground\">" + words + "</property>"), last.title() + " is taken");

        openPresets();
        rig.input("key", "Down", "key", "Down", "key", "Return");
        rig.input("type", "--delay", "20", "Look of mine");
        rig.shot("8-save-preset");
        rig.input("key", "Return");
        KdenliveRig.pause(1000);
        assertTrue(rig.stablevideo("preset", "list").contains("K look-of-mine"), "it is in the list of the command line");
        assertTrue(rig.stablevideo("preset", "show", "look-of-mine").contains("\"foreground\": \"" + words + "\""), "with its words");

        rig.stablevideo("preset", "save", "from-outside", "--title", "From outside", "--background", "fog");
        String menu = Files.readString(folder.resolve("home/.local/share/kdenlive/effects/presets/stablevideo.json"));
        assertTrue(menu.contains("\"From outside\"") && menu.contains("\"Look of mine\""), menu);
    }

    /** The menu behind the third button of the effect's title bar. */
    private void openPresets() throws IOException, InterruptedException {
        rig.input("mousemove", "1477", "527", "click", "1");
        KdenliveRig.pause(700);
    }

    @Test
    void shouldSayInThePanelWhatIsMissing() throws IOException, InterruptedException {
        rig.open(project);
        putEffectOnClip();
        write("a red car", "a snowy winter day");
        Files.writeString(project, rig.saved(project).replace("<property name=\"model\">auto<", "<property name=\"model\">sd15<"));
        rig.quit();
        rig.open(project);
        rig.act("seek_start");
        rig.act("zoom_fit");
        rig.input("mousemove", "400", "640", "click", "1");
        KdenliveRig.pause(1000);
        rig.act("seek_start");
        for (int i = 0; i < 8; i++) {
            rig.act("monitor_seek_forward-one-frame");
        }
        rig.await("the message", () -> rig.log().contains("Not edited: The model"));
        KdenliveRig.pause(1000);
        BufferedImage screen = rig.shot("9-message");
        assertTrue(isShown(screen), "the message is in the panel");
        assertTrue(rig.log().contains("stablevideo models pull sd15"), rig.log());
        assertEquals(1, rig.log().split("Not edited: The model", -1).length - 1, "it is said once");
    }

    /** Whether there is a box with a frame in the light blue of Kdenlive's messages in the panel. */
    private static boolean isShown(BufferedImage screen) {
        int blue = 0;
        for (int y = 500; y < 950; y++) {
            for (int x = 1200; x < 1599; x++) {
                int rgb = screen.getRGB(x, y);
                blue += Math.abs((rgb >> 16 & 0xFF) - 61) < 12 && Math.abs((rgb >> 8 & 0xFF) - 174) < 12 && Math.abs((rgb & 0xFF) - 233) < 12 ? 1 : 0;
            }
        }
        return blue > 600;
    }

    private void putEffectOnClip() throws IOException, InterruptedException {
        rig.call("addProjectClip", clip.toString());
        KdenliveRig.pause(1500);
        rig.call("addTimelineClip", clip.toString());
        rig.act("zoom_fit");
        rig.act("seek_start");
        rig.input("mousemove", "400", "640", "click", "1");
        KdenliveRig.pause(1000);
        BufferedImage before = rig.shot("1-clip");
        rig.call("addEffect", "stablevideo");
        KdenliveRig.pause(1500);
        BufferedImage panel = rig.shot("2-panel");
        assertTrue(different(before, panel) > 20_000, "the panel of the effect opens");
        String saved = rig.saved(project);
        for (EffectParameter parameter : EffectParameter.values()) {
            assertTrue(saved.contains("<property name=\"" + parameter.key() + "\""), "the panel has " + parameter.key());
        }
    }

    /** Types the prompts, from the first field of the panel on. */
    private void write(String foreground, String background) throws IOException, InterruptedException {
        rig.input("mousemove", "1390", "570", "click", "1");
        rig.input("type", "--delay", "20", foreground);
        rig.input("key", "Return", "key", "Tab", "key", "Tab");
        rig.input("type", "--delay", "20", background);
        rig.input("key", "Return");
    }

    /** Goes on by so many frames in the timeline and takes a picture. */
    private BufferedImage step(String name, int frames) {
        try {
            rig.input("mousemove", "500", "720", "click", "1");
            for (int i = 0; i < frames; i++) {
                rig.act("monitor_seek_forward-one-frame");
            }
            KdenliveRig.pause(1000);
            return rig.shot(name);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether there is a red car in the project monitor: the sample's is green-blue. */
    private static boolean isEdited(BufferedImage screen) {
        int red = 0;
        for (int y = 60; y < 360; y++) {
            for (int x = 1060; x < 1590; x++) {
                int rgb = screen.getRGB(x, y);
                red += (rgb >> 16 & 0xFF) > 120 && (rgb >> 8 & 0xFF) < 70 && (rgb & 0xFF) < 70 ? 1 : 0;
            }
        }
        return red > 3000;
    }

    private Path cli(String... more) throws IOException, InterruptedException {
        Path out = folder.resolve("cli.mkv");
        List<String> line = new ArrayList<>(List.of("render", clip.toString(), out.toString(), "--foreground", "a red car", "--background",
                "a snowy winter day", "--consumer", "vcodec=ffv1", "--consumer", "pix_fmt=yuv444p", "--consumer", "preset=", "--consumer", "crf="));
        line.addAll(List.of(more));
        rig.stablevideo(line.toArray(String[]::new));
        return out;
    }

    private Path melt() throws IOException, InterruptedException {
        Path out = folder.resolve("melt.mkv");
        rig.run("melt", project.toString(), "in=0", "out=" + (IN_TIMELINE - 1), "-consumer", "avformat:" + out, "vcodec=ffv1", "pix_fmt=yuv444p", "an=1",
                "terminate_on_pause=1", "real_time=-1");
        return out;
    }

    /** As Kdenlive's render dialogue has it done: the project with a consumer in it, by the program that renders in the background. */
    private Path kdenliveRender() throws IOException, InterruptedException {
        Path out = folder.resolve("film.mkv");
        Path script = Files.createDirectories(Path.of(System.getProperty("stablevideo.root"), "plugin/target/kdenlive")).resolve("film.mlt");
        String consumer = "<consumer mlt_service=\"avformat\" target=\"" + out + "\" in=\"0\" out=\"" + (IN_TIMELINE - 1)
                + "\" vcodec=\"ffv1\" pix_fmt=\"yuv444p\" an=\"1\" real_time=\"-1\" terminate_on_pause=\"1\"/>";
        String text = Files.readString(project);
        int place = text.indexOf("<profile");
        Files.writeString(script, text.substring(0, place) + consumer + text.substring(place));
        rig.run("kdenlive_render", "/usr/bin/melt", script.toString(), out.toString(), "-pid:0", "-out", "" + (IN_TIMELINE - 1));
        return out;
    }

    private byte[] frames(Path film) throws IOException, InterruptedException {
        Path raw = folder.resolve(film.getFileName() + ".rgb");
        rig.run("ffmpeg", "-v", "error", "-y", "-i", film.toString(), "-f", "rawvideo", "-pix_fmt", "rgb24", raw.toString());
        return Files.readAllBytes(raw);
    }

    /** The same frames, but for the rounding of the timeline's compositing: on average within one level, a hundredth of the values beyond eight. */
    private static void assertSame(byte[] expected, byte[] actual, String what) {
        assertEquals(FRAMES * BYTES, expected.length);
        assertEquals(IN_TIMELINE * BYTES, actual.length, what + " has every frame");
        long sum = 0;
        int far = 0;
        for (int i = 0; i < actual.length; i++) {
            int difference = Math.abs((expected[i] & 0xFF) - (actual[i] & 0xFF));
            sum += difference;
            far += difference > 8 ? 1 : 0;
        }
        double mean = (double) sum / actual.length;
        System.out.printf("%s: mean difference %.3f levels, beyond 8: %.4f %%%n", what, mean, 100.0 * far / actual.length);
        assertTrue(mean < 1 && far < actual.length / 100, what + " gives the edited frames, mean difference " + mean + ", far " + far);
    }

    /** Pixels that differ by more than a rounding error. */
    private static int different(BufferedImage a, BufferedImage b) {
        int count = 0;
        for (int y = 0; y < a.getHeight(); y++) {
            for (int x = 0; x < a.getWidth(); x++) {
                count += Math.abs((a.getRGB(x, y) >> 8 & 0xFF) - (b.getRGB(x, y) >> 8 & 0xFF)) > 8 ? 1 : 0;
            }
        }
        return count;
    }
}
