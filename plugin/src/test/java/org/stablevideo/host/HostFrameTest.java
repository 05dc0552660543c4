package org.stablevideo.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;

class HostFrameTest {

    @TempDir
    private Path folder;

    private static HostFrame frame(String... pairs) {
        Map<String, String> values = new HashMap<>(Map.of("frame.position", "7", "frame.width", "640", "frame.height", "360"));
        for (int i = 0; i < pairs.length; i += 2) {
            values.put(pairs[i], pairs[i + 1]);
        }
        return new HostFrame(values);
    }

    private static SourceClip clip(int frames, int rate, boolean pictures) {
        return new SourceClip("/clip", "0123456789abcdef", frames, new FrameRate(rate, 1), new FrameSize(768, 432), 16.0 / 9, pictures);
    }

    @Test
    void shouldReadWhatTheFilterWrites() {
        HostFrame frame = HostFrame.parse("{\"frame.position\":\"12\",\"frame.width\":\"64\",\"frame.height\":\"36\",\"host.waits\":\"1\","
                + "\"clip.rate\":\"12.5\",\"foreground\":\"a \\\"red\\\" car 🚗\\u000a\",\"mix\":\"50\"}");
        assertEquals(12, frame.position());
        assertEquals(new FrameSize(64, 36), frame.size());
        assertTrue(frame.waits());
        assertFalse(frame.analyses());
        assertEquals(12.5, frame.producerRate());
        assertEquals(Map.of("foreground", "a \"red\" car 🚗\n", "mix", "50"), frame.parameters());
    }

    @Test
    void shouldResolvePathsInTheHostsFolder() throws IOException {
        Files.createFile(folder.resolve("clip.mp4"));
        Files.createFile(folder.resolve("mask.png"));
        HostFrame frame = frame("host.directory", folder.toString(), "clip.resource", "clip.mp4", "mask", "mask.png");
        assertEquals(folder.resolve("clip.mp4").toString(), frame.resource());
        assertEquals(folder.resolve("mask.png").toString(), frame.parameters().get("mask"));
        HostFrame marked = frame("host.directory", folder.toString(), "mask", "mask.png@3 + box:1,2,3,4@5 | mask.png + gone.png@1");
        assertEquals("%1$s@3 + box:1,2,3,4@5 | %1$s + gone.png@1".formatted(folder.resolve("mask.png")), marked.parameters().get("mask"));
        assertEquals("color:red", frame("host.directory", folder.toString(), "clip.resource", "color:red").resource());
    }

    @Test
    void shouldSeeThroughSpeedChangesAndProxies() throws IOException {
        Path original = Files.createFile(folder.resolve("original.mp4"));
        assertEquals("/a.mp4", frame("clip.resource", "2:/a.mp4", "clip.warp_resource", "/a.mp4").resource());
        assertEquals(original.toString(), frame("clip.resource", "/proxy.mkv", "clip.original", original.toString()).resource());
        assertEquals("/proxy.mkv", frame("clip.resource", "/proxy.mkv", "clip.original", "/gone.mp4").resource());
    }

    @Test
    void shouldFindTheSourcesFrame() {
        SourceClip clip = clip(60, 30, false);
        assertEquals(7, clip.frameAt(7, frame("clip.rate", "30")));
        assertEquals(24, clip.frameAt(20, frame("clip.rate", "25")));
        assertEquals(48, clip.frameAt(20, frame("clip.rate", "12.5", "clip.warp_speed", "2")));
        assertEquals(59, clip.frameAt(500, frame("clip.rate", "30")));
        assertEquals(52, clip.frameAt(7, frame("clip.rate", "30", "clip.warp_speed", "-1", "clip.length", "60")));
        assertEquals(56, clip.frameAt(7, frame("clip.rate", "60", "clip.warp_speed", "-0.5", "clip.length", "120")));
    }

    @Test
    void shouldCountPicturesOneByOne() {
        SourceClip pictures = clip(4, 25, true);
        assertEquals(1, pictures.frameAt(7, frame("clip.rate", "50", "clip.ttl", "5")));
        assertEquals(0, pictures.frameAt(20, frame("clip.rate", "50", "clip.ttl", "5")));
        assertEquals(0, clip(1, 25, true).frameAt(9999, frame()));
    }

    @Test
    void shouldAnalyseShortClipsWholeAndLongOnesInPart() {
        HostFrame cut = frame("clip.rate", "30", "clip.in", "20", "clip.out", "49");
        assertEquals(60, clip(60, 30, false).part(cut).frameCount());
        assertEquals(30, clip(301, 30, false).part(cut).frameCount());
        assertEquals(20, clip(301, 30, false).part(cut).firstFrame());
        assertEquals(281, clip(301, 30, false).part(20, 400).frameCount());
        HostFrame backwards = frame("clip.rate", "30", "clip.in", "20", "clip.out", "49", "clip.warp_speed", "-1", "clip.length", "301");
        assertEquals(251, clip(301, 30, false).part(backwards).firstFrame());
        assertEquals(30, clip(301, 30, false).part(backwards).frameCount());
    }

    @Test
    void shouldHashContentNotNames() throws IOException {
        Path a = Files.write(folder.resolve("a"), new byte[3_000_000]);
        Path b = Files.copy(a, folder.resolve("b"));
        assertEquals(ContentHash.of(a.toString()), ContentHash.of(b.toString()));
        byte[] other = new byte[3_000_000];
        other[2_999_999] = 1;
        Files.write(b, other);
        assertFalse(ContentHash.of(a.toString()).equals(ContentHash.of(b.toString())));
        assertTrue(ContentHash.of("color:red").matches("[0-9a-f]{32}"));
    }
}
