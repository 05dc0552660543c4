package org.stablevideo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real melt that is made to lose its consumer, as it does by itself now and then. */
@Tag("melt")
class HostProcessTest {

    private static final int BYTES = 64 * 48 * 3;

    @TempDir Path folder;

    private final List<String> heard = new ArrayList<>();
    private Path slow;
    private Path out;

    @BeforeEach
    void find() throws IOException {
        slow = Path.of(System.getProperty("stablevideo.root"), "native-bridge/target/cmake/tests/libslow_start.so");
        Assumptions.assumeTrue(Files.exists(slow), "the native bridge is not built");
        out = folder.resolve("out.rgb");
    }

    @Test
    void shouldBeginAgainWhenMeltLosesItsConsumer() throws IOException {
        assertEquals(0, run(2));
        assertEquals(10L * BYTES, Files.size(out));
        assertEquals(0, Files.size(folder.resolve("slow")), "lost twice");
    }

    @Test
    void shouldGiveUpInTheEnd() throws IOException {
        run(100);
        assertEquals(96, Files.size(folder.resolve("slow")), "lost four times");
        assertEquals(0, Files.size(out));
        assertTrue(heard.get(heard.size() - 1).startsWith("melt lost its consumer before the first frame 4 times."), heard.toString());
    }

    private int run(int losses) throws IOException {
        Path marks = Files.write(folder.resolve("slow"), new byte[losses]);
        return new HostProcess(Path.of("/bin/false")).run(
                List.of("-silent", "-profile", "square_pal", "color:red", "out=9", "-consumer", "avformat:" + out, "f=rawvideo", "vcodec=rawvideo",
                        "pix_fmt=rgb24", "width=64", "height=48", "an=1", "terminate_on_pause=1", "real_time=-1"),
                Map.of("LD_PRELOAD", slow.toString(), "SLOW_START", marks.toString()), out, heard::add);
    }
}
