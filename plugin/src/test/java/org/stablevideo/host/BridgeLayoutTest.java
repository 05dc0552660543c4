package org.stablevideo.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is drawn twice, in C and in Java, is the same. */
class BridgeLayoutTest {

    @TempDir
    private Path folder;

    @BeforeAll
    static void needBridge() {
        Assumptions.assumeTrue(
                SourceTree.root().map(root -> Files.exists(root.resolve("native-bridge/target/mlt/libstablevideo_bridge.so"))).orElse(false),
                "the native bridge is not built");
    }

    @Test
    void shouldAgreeWithTheLibrary() {
        assertEquals(BridgeServer.EVENT_BYTES, BridgeLibrary.sv_event_bytes());
        assertEquals(BridgeLibrary.PROTOCOL_VERSION, BridgeLibrary.sv_protocol_version());
    }

    @Test
    void shouldOpenOneServerAFolder() {
        String runtime = folder.resolve("run").toString();
        try (BridgeServer server = BridgeServer.open(runtime, "{}").orElseThrow()) {
            assertEquals(Optional.empty(), BridgeServer.open(runtime, "{}"));
            assertEquals(Optional.empty(), server.next(10));
            assertEquals(0, server.sessions());
        }
        BridgeServer.open(runtime, "{}").orElseThrow().close();
    }
}
