package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;

/** Libraries for CUDA from a server of our own. */
class CudaLibrariesTest {

    private static final String PLACE = "/pytorch/9.9.9/";

    @TempDir Path data;
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private CudaLibraries libraries;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getRawPath();
            asked.add(path.substring(path.lastIndexOf('/') + 1));
            byte[] body = files.get(path);
            exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
            if (body != null) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
        URI source = URI.create("http://" + server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort() + PLACE);
        libraries = new CudaLibraries(data.resolve("stablevideo/cuda"), source, "9.9.9");
        list("cu128/linux-x86_64/native/lib/libc10.so.gz", "cu128/linux-x86_64/native/lib/libcudart-1%2B2.so.12.gz",
                "cu128/linux-x86_64/native/lib/libtorch_cuda.so.gz", "cu128/win-x86_64/native/lib/torch.dll.gz", "cpu/linux-x86_64/native/lib/libtorch.so.gz",
                "cu128/linux-x86_64/native/lib/../../../../evil.so.gz");
        library("libc10.so");
        library("libcudart-1%2B2.so.12");
        library("libtorch_cuda.so");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void shouldFetchAndUnpackAndTakeAway() throws IOException {
        assertFalse(libraries.isThere());
        libraries.fetch(Progress.NONE);
        assertTrue(libraries.isThere());
        try (var all = Files.list(libraries.folder().resolve("lib"))) {
            assertEquals(List.of("libc10.so", "libcudart-1+2.so.12", "libtorch_cuda.so"), all.map(f -> f.getFileName().toString()).sorted().toList());
        }
        assertArrayEquals("libc10.so".getBytes(StandardCharsets.UTF_8), Files.readAllBytes(libraries.folder().resolve("lib/libc10.so")));
        assertEquals("9.9.9 cu128\n", Files.readString(libraries.folder().resolve("version")));
        assertTrue(libraries.remove());
        assertFalse(libraries.isThere() || libraries.remove());
    }

    @Test
    void shouldContinueWhatBrokeOff() {
        Progress impatient = (stage, fraction) -> {
            if (fraction > 0.5) {
                throw new CancelledException();
            }
        };
        assertThrows(CancelledException.class, () -> libraries.fetch(impatient));
        assertFalse(libraries.isThere());
        asked.clear();
        libraries.fetch(Progress.NONE);
        assertTrue(libraries.isThere());
        assertFalse(asked.contains("libc10.so.gz"), "fetched before: " + asked);
    }

    @Test
    void shouldSayWhereThereIsNothing() {
        list("cpu/linux-x86_64/native/lib/libtorch.so.gz");
        ProblemException none = assertThrows(ProblemException.class, () -> libraries.fetch(Progress.NONE));
        assertTrue(none.problem() instanceof ModelMissing && none.getMessage().contains("9.9.9"), none.getMessage());
    }

    @Test
    void shouldFitTheEngine() {
        assertTrue(CudaLibraries.ofUser(data).version().matches("\\d+\\.\\d+\\.\\d+"));
        assertTrue(CudaLibraries.class.getResource("/jnilib/linux-x86_64/" + CudaLibraries.FLAVOUR + "/libdjl_torch.so") != null, "the engine has its part");
    }

    private void list(String... lines) {
        files.put(PLACE + "files.txt", (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void library(String name) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(name.getBytes(StandardCharsets.UTF_8));
        }
        files.put(PLACE + "cu128/linux-x86_64/native/lib/" + name + ".gz", packed.toByteArray());
    }
}
