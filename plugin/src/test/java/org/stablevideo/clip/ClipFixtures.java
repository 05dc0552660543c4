package org.stablevideo.clip;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;

/** Clips for tests: from pictures made by the test itself, or decoded from a file by ffmpeg. */
public final class ClipFixtures {

    private ClipFixtures() {}

    /** A clip of the given pictures, all of one size, at 24 frames a second. The spool is deleted when the clip closes. */
    public static Clip of(List<Picture> pictures) {
        Path file = temporary();
        ClipIdentity identity = new ClipIdentity("drawn", "0123456789abcdef", 0, pictures.size());
        try (ClipSpool spool = ClipSpool.create(file, identity, pictures.get(0).size(), new FrameRate(24, 1))) {
            for (int i = 0; i < pictures.size(); i++) {
                spool.put(i, ByteBuffer.wrap(pictures.get(i).rgb()));
            }
            return new Vanishing(spool.finish(), file);
        }
    }

    /** A DAVIS test clip by name; the test is skipped when the clips or ffmpeg are not there. */
    public static Clip davis(String name) {
        return davis(name, "clip.mp4", Integer.MAX_VALUE);
    }

    /** The first frames of one file of a DAVIS test clip; the test is skipped when the clips or ffmpeg are not there. */
    public static Clip davis(String name, String video, int maxFrames) {
        Path file = davisFolder(name).resolve(video);
        Assumptions.assumeTrue(Files.exists(file), "skipped: no clip " + file);
        return decode(file, maxFrames);
    }

    /** Folder of a DAVIS test clip (clip.mp4, perhaps masks/); the test is skipped when it is not there. */
    public static Path davisFolder(String name) {
        Optional<Path> clips = clips();
        Assumptions.assumeTrue(clips.isPresent(), "skipped: no clips (set -Dstablevideo.clips)");
        Path folder = clips.orElseThrow().resolve(name);
        Assumptions.assumeTrue(Files.isDirectory(folder), "skipped: no clip " + name);
        return folder;
    }

    private static Optional<Path> clips() {
        String given = System.getProperty("stablevideo.clips", System.getenv("STABLEVIDEO_CLIPS"));
        if (given != null) {
            return Optional.of(Path.of(given)).filter(Files::isDirectory);
        }
        Path at = Path.of(System.getProperty("stablevideo.root", ".")).toAbsolutePath().normalize();
        while (at != null) {
            Path clips = at.resolve("shared/clips");
            if (Files.isDirectory(clips)) {
                return Optional.of(clips);
            }
            at = at.getParent();
        }
        return Optional.empty();
    }

    /** Decodes a video with ffmpeg; the test is skipped when ffmpeg is not there. */
    public static Clip decode(Path video, int maxFrames) {
        FrameSize size = probe(video);
        Path raw = temporary();
        try {
            run(List.of("ffmpeg", "-v", "error", "-y", "-i", video.toString(), "-f", "rawvideo", "-pix_fmt", "rgb24", raw.toString()));
            int count = (int) Math.min(maxFrames, Files.size(raw) / size.rgbBytes());
            Path file = temporary();
            ClipIdentity identity = new ClipIdentity(video.toString(), Integer.toHexString(video.hashCode() | 0x10000000), 0, count);
            try (ClipSpool spool = ClipSpool.create(file, identity, size, new FrameRate(24, 1));
                    InputStream in = Files.newInputStream(raw)) {
                for (int i = 0; i < count; i++) {
                    spool.put(i, ByteBuffer.wrap(in.readNBytes(size.rgbBytes())));
                }
                return new Vanishing(spool.finish(), file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(raw);
        }
    }

    private static FrameSize probe(Path video) {
        String[] sides = run(List.of("ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of",
                        "csv=p=0", video.toString())).trim().split("[,\\s]+");
        return new FrameSize(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
    }

    private static String run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + output);
            }
            return output;
        } catch (IOException e) {
            Assumptions.abort("skipped: no " + command.get(0) + " (" + e.getMessage() + ")");
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempFile("stablevideo-test", ".spool");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Vanishing(Clip clip, Path file) implements Clip {

        @Override
        public ClipIdentity identity() {
            return clip.identity();
        }

        @Override
        public FrameSize size() {
            return clip.size();
        }

        @Override
        public FrameRate rate() {
            return clip.rate();
        }

        @Override
        public org.stablevideo.frame.RgbFrame frame(int index) {
            return clip.frame(index);
        }

        @Override
        public void close() {
            clip.close();
            delete(file);
        }
    }
}
