package org.stablevideo.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an editor does in real Shotcut, from its list of filters to the exported film; pictures of it stay in {@code plugin/target/shotcut}. */
@Tag("kdenlive")
class ShotcutTest {

    private static final int WIDTH = 512;
    private static final int HEIGHT = 288;
    private static final int FRAMES = 30;

    @TempDir
    private Path folder;

    private ShotcutRig rig;
    private Path clip;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        rig = new ShotcutRig(folder);
        clip = folder.resolve("shot.mp4");
        rig.run("ffmpeg", "-v", "error", "-y", "-i", System.getProperty("stablevideo.root") + "/packaging/sample/sample.mp4", "-frames:v", "" + FRAMES,
                "-vf", "scale=" + WIDTH + ":" + HEIGHT, "-c:v", "libx264", "-crf", "12", clip.toString());
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        if (rig != null) {
            rig.end();
        }
    }

    @Test
    void shouldEditFromTheListOfFiltersToTheFilm() throws IOException, InterruptedException {
        rig.open(clip);
        assertTrue(rig.log().contains("added filter \"StableVideo: Edit by Text\""), "Shotcut has read the panel: " + rig.log());
        rig.click(745, 60);
        rig.click(21, 294);
        rig.input("type", "--delay", "40", "stable");
        rig.shot("1-list");
        rig.click(150, 214);
        DesktopRig.pause(1500);
        rig.click(300, 356);
        rig.enter("a red car");
        rig.click(300, 387);
        rig.enter("a snowy winter day");
        rig.click(160, 449);
        DesktopRig.pause(6000);
        rig.shot("2-apply");
        rig.await("the result of the job", 240, () -> rig.log().contains("with results: \"svedit1;" + FRAMES + ";"));
        DesktopRig.pause(2000);
        assertTrue(isEdited(rig.shot("3-edited")), "the preview shows the edit");

        Path project = folder.resolve("film.mlt");
        rig.input("key", "ctrl+s");
        DesktopRig.pause(1500);
        rig.enter(project.toString());
        rig.await("the project", () -> Files.exists(project));
        DesktopRig.pause(500);
        String saved = Files.readString(project);
        assertTrue(saved.contains("<property name=\"foreground\">a red car<") && saved.contains("<property name=\"results\">svedit1;" + FRAMES), saved);

        Path film = folder.resolve("film.mp4");
        rig.click(1003, 50);
        rig.click(300, 686);
        DesktopRig.pause(1500);
        rig.input("key", "ctrl+a");
        rig.enter(film.toString());
        rig.await("the film", () -> rig.log().split("job succeeeded", -1).length == 3);
        rig.shot("4-film");
        assertClose(frames(cli()), frames(film));
    }

    /** Whether there is a red car in the player: the sample's is green-blue. */
    private static boolean isEdited(BufferedImage screen) {
        int red = 0;
        for (int y = 175; y < 535; y++) {
            for (int x = 620; x < 1265; x++) {
                int rgb = screen.getRGB(x, y);
                red += (rgb >> 16 & 0xFF) > 120 && (rgb >> 8 & 0xFF) < 70 && (rgb & 0xFF) < 70 ? 1 : 0;
            }
        }
        return red > 3000;
    }

    private Path cli() throws IOException, InterruptedException {
        Path out = folder.resolve("cli.mp4");
        rig.stablevideo("render", clip.toString(), out.toString(), "--foreground", "a red car", "--background", "a snowy winter day");
        return out;
    }

    private byte[] frames(Path film) throws IOException, InterruptedException {
        Path raw = folder.resolve(film.getFileName() + ".rgb");
        rig.run("ffmpeg", "-v", "error", "-y", "-i", film.toString(), "-f", "rawvideo", "-pix_fmt", "rgb24", raw.toString());
        return Files.readAllBytes(raw);
    }

    /** The same frames, but for what two encoders at different settings lose: the source itself is some forty levels away. */
    private static void assertClose(byte[] expected, byte[] actual) {
        assertEquals(FRAMES * WIDTH * HEIGHT * 3, expected.length);
        assertEquals(expected.length, actual.length, "the film has every frame");
        long sum = 0;
        for (int i = 0; i < actual.length; i++) {
            sum += Math.abs((expected[i] & 0xFF) - (actual[i] & 0xFF));
        }
        double mean = (double) sum / actual.length;
        System.out.printf("Shotcut's export: mean difference from the command line's %.2f levels%n", mean);
        assertTrue(mean < 5, "the film is the edit, mean difference " + mean);
    }
}
