package org.stablevideo.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.stablevideo.cache.ContentCache;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;

/**
 * What the host said about clips, kept across programs: asking it takes as long as it takes to start. One small text file a clip, with one value a line in
 * the order of {@link SourceClip}, after the resource, length and time of change that it was asked for. Safe for any thread.
 */
final class ProbedClips {

    private static final long MAX_BYTES = 4 << 20;
    private static final int LINES = 11;

    private final ContentCache cache;

    /**
     * Keeps answers.
     *
     * @param folder made when first written to
     */
    ProbedClips(Path folder) {
        this.cache = new ContentCache(folder, MAX_BYTES);
    }

    /** What was said about a clip in this state of its file. */
    Optional<SourceClip> find(String resource, long bytes, long modified) {
        return cache.find(name(resource), file -> read(Files.readAllLines(file))).filter(told -> told.state.equals(state(resource, bytes, modified)))
                .map(told -> told.clip);
    }

    /** Keeps what was said; where there is no room it is asked again another time. */
    void store(SourceClip clip, long bytes, long modified) {
        List<Object> values = List.of(clip.contentHash(), clip.frameCount(), clip.rate().numerator(), clip.rate().denominator(), clip.size().width(),
                clip.size().height(), clip.aspect(), clip.pictures());
        StringBuilder text = new StringBuilder(state(clip.resource(), bytes, modified));
        values.forEach(value -> text.append('\n').append(value));
        cache.store(name(clip.resource()), file -> Files.writeString(file, text));
    }

    private record Told(String state, SourceClip clip) {}

    private static Told read(List<String> lines) throws IOException {
        if (lines.size() != LINES) {
            throw new IOException("it has " + lines.size() + " lines");
        }
        try {
            SourceClip clip = new SourceClip(
                    lines.get(0), lines.get(3), Integer.parseInt(lines.get(4)),
                    new FrameRate(Integer.parseInt(lines.get(5)), Integer.parseInt(lines.get(6))),
                    new FrameSize(Integer.parseInt(lines.get(7)), Integer.parseInt(lines.get(8))),
                    Double.parseDouble(lines.get(9)), Boolean.parseBoolean(lines.get(10)));
            return new Told(String.join("\n", lines.subList(0, 3)), clip);
        } catch (IllegalArgumentException e) {
            throw new IOException(e);
        }
    }

    private static String state(String resource, long bytes, long modified) {
        return resource + "\n" + bytes + "\n" + modified;
    }

    private static String name(String resource) {
        CRC32 sum = new CRC32();
        sum.update(resource.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue()) + ".clip";
    }
}
