package org.stablevideo.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.problem.ClipUnreadable;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;

/** Clips read by way of real melt. */
@Tag("melt")
class HostClipTest {

    @TempDir
    private Path folder;

    private HostClip clip(String resource) {
        SourceClip source = new ClipProbe(folder.resolve("cache")).probe(resource);
        return new HostClip(source, source.whole(), folder.resolve("cache"));
    }

    private void ffmpeg(String... arguments) throws IOException, InterruptedException {
        List<String> line = new java.util.ArrayList<>(List.of("ffmpeg", "-v", "error", "-y", "-f", "lavfi"));
        line.addAll(List.of(arguments));
        assertEquals(0, new ProcessBuilder(line).inheritIO().directory(folder.toFile()).start().waitFor());
    }

    @Test
    void shouldAskTheHostOnceForEachStateOfAFile() throws IOException, InterruptedException {
        Path video = folder.resolve("v.mp4");
        ffmpeg("-i", "testsrc=size=64x48:rate=25", "-frames:v", "5", video.toString());
        SourceClip told = new ClipProbe(folder.resolve("cache")).probe(video.toString());
        assertEquals(5, told.frameCount());
        Path kept;
        try (var files = Files.list(folder.resolve("cache/clips"))) {
            kept = files.toList().get(0);
        }
        Files.writeString(kept, Files.readString(kept).replace("\n5\n", "\n4\n"));
        assertEquals(4, new ClipProbe(folder.resolve("cache")).probe(video.toString()).frameCount(), "it is read, not asked for");
        Files.setLastModifiedTime(video, java.nio.file.attribute.FileTime.fromMillis(1_000_000_000_000L));
        assertEquals(told, new ClipProbe(folder.resolve("cache")).probe(video.toString()), "a file that changed is asked for");
        Files.writeString(kept, "half a");
        assertEquals(told, new ClipProbe(folder.resolve("cache")).probe(video.toString()), "what is damaged as well");
    }

    @Test
    void shouldSpoolWhatARenderSees() throws IOException, InterruptedException {
        try (MeltRig rig = new MeltRig(folder)) {
            String path = rig.clip(322, 182, 12).toString();
            byte[][] rendered = rig.render("-1", List.of(path)).frames(322 * 182 * 3);
            try (Clip clip = clip(path).open(Progress.NONE)) {
                assertEquals(new FrameSize(322, 182), clip.size());
                assertEquals(new FrameRate(25, 1), clip.rate());
                assertEquals(12, clip.frameCount());
                for (int i = 0; i < 12; i++) {
                    assertArrayEquals(rendered[i], clip.frame(i).copy().rgb(), "frame " + i);
                }
            }
        }
    }

    @Test
    void shouldReadTheSpoolTheSecondTime() throws IOException, InterruptedException {
        ffmpeg("-i", "testsrc2=s=64x36:r=24000/1001", "-frames:v", "5", "clip.mp4");
        HostClip source = clip(folder.resolve("clip.mp4").toString());
        source.open(Progress.NONE).close();
        Path spool = folder.resolve("cache/frames").resolve(source.identity().key() + ".rgb");
        var made = Files.getLastModifiedTime(spool);
        source.open(Progress.NONE).close();
        assertEquals(made, Files.getLastModifiedTime(spool));
        Files.write(spool, new byte[100]);
        try (Clip clip = source.open(Progress.NONE)) {
            assertEquals(new FrameRate(24000, 1001), clip.rate());
            assertEquals(5, clip.frameCount());
        }
    }

    @Test
    void shouldTakeStillsAndSequences() throws IOException, InterruptedException {
        ffmpeg("-i", "testsrc2=s=50x40:r=25", "-frames:v", "7", "shot-%03d.png");
        try (Clip still = clip(folder.resolve("shot-003.png").toString()).open(Progress.NONE);
                Clip sequence = clip(folder.resolve("shot-%03d.png").toString()).open(Progress.NONE)) {
            assertEquals(1, still.frameCount());
            assertEquals(7, sequence.frameCount());
            assertEquals(new FrameSize(50, 40), sequence.size());
            assertArrayEquals(still.frame(0).copy().rgb(), sequence.frame(2).copy().rgb());
        }
    }

    @Test
    void shouldNameWhatCannotBeRead() throws IOException, InterruptedException {
        ffmpeg("-i", "sine=d=1", "sound.wav");
        Files.writeString(folder.resolve("text.mp4"), "not a film");
        for (String name : List.of("sound.wav", "text.mp4", "missing.mp4")) {
            ProblemException e = assertThrows(ProblemException.class, () -> clip(folder.resolve(name).toString()));
            assertInstanceOf(ClipUnreadable.class, e.problem());
            assertTrue(e.problem().message().contains(name), e.getMessage());
        }
    }

    @Test
    void shouldStopWhenCancelled() throws IOException, InterruptedException {
        ffmpeg("-i", "testsrc2=s=640x360:r=25", "-frames:v", "250", "long.mp4");
        HostClip source = clip(folder.resolve("long.mp4").toString());
        assertThrows(CancelledException.class, () -> source.open((stage, fraction) -> {
            if (fraction > 0.02) {
                throw new CancelledException();
            }
        }));
        try (var left = Files.list(folder.resolve("cache/frames"))) {
            assertEquals(0, left.count(), "no half spool stays behind");
        }
    }
}
