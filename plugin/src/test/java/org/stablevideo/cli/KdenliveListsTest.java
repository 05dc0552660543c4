package org.stablevideo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.model.ModelCatalogue;
import org.stablevideo.tensor.SafetensorsWriter;

/** The list of models in Kdenlive's panel follows the models that are there, by the real program in a home of its own. */
@Tag("melt")
class KdenliveListsTest {

    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();
    private Path effect;

    @BeforeEach
    void setUp() throws IOException, InterruptedException {
        effect = home.resolve("data/kdenlive/effects/stablevideo.xml");
        Files.createDirectory(home.resolve("run"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        stablevideo("setup");
        assertEquals("auto;pocket", models());
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        stablevideo("backend", "stop");
        stablevideo("setup", "--remove");
    }

    @Test
    void shouldFollowTheCommandsThatBringAndTakeModels() throws IOException, InterruptedException {
        Path others = Files.createDirectory(home.resolve("others"));
        checkpoint(others.resolve("comic.safetensors"));
        String said = stablevideo("models", "find", "--add", others.toString());
        assertEquals("auto;pocket;comic", models());
        assertTrue(said.contains("next start"), said);
        assertFalse(stablevideo("models", "find", "--add", others.toString()).contains("next start"), "nothing changed");

        Files.delete(others.resolve("comic.safetensors"));
        said = stablevideo("models", "remove", "sd15");
        assertEquals("auto;pocket", models());
        assertTrue(said.contains("next start"), said);

        stablevideo("setup", "--remove");
        checkpoint(others.resolve("comic.safetensors"));
        stablevideo("models", "remove", "sd15");
        assertFalse(Files.exists(effect), "what was not set up stays so");
    }

    /** The checksums of the catalogue's checkpoints are those of files of gigabytes; so what the server sends in place of another model is a small one. */
    @Test
    void shouldFollowAPull() throws IOException, InterruptedException {
        Path sent = home.resolve("sent.safetensors");
        checkpoint(sent);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        List<String> asked = new CopyOnWriteArrayList<>();
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().getPath());
            byte[] file = Files.readAllBytes(sent);
            exchange.sendResponseHeaders(200, file.length);
            exchange.getResponseBody().write(file);
            exchange.close();
        });
        server.start();
        try {
            environment.put("HF_ENDPOINT", "http://localhost:" + server.getAddress().getPort());
            environment.put("no_proxy", "localhost");
            String said = stablevideo("models", "pull", "clip");
            assertEquals(1, asked.size(), said);
            assertEquals("auto;pocket;" + ModelCatalogue.bundled().named("clip").get(0).file().replace(".safetensors", ""), models());
            assertTrue(said.contains("next start"), said);
            assertFalse(stablevideo("models", "pull", "clip").contains("next start"), "what is there changes nothing");
            stablevideo("models", "remove", "clip");
            assertEquals("auto;pocket", models());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void shouldFollowModelsThatCameByOtherPrograms() throws IOException, InterruptedException {
        checkpoint(Files.createDirectories(home.resolve("ComfyUI/models/checkpoints")).resolve("late.safetensors"));
        assertEquals("auto;pocket", models());
        stablevideo("backend", "start");
        long end = System.nanoTime() + 60_000_000_000L;
        while (!models().equals("auto;pocket;late") && System.nanoTime() < end) {
            Thread.sleep(250);
        }
        assertEquals("auto;pocket;late", models());
    }

    private static void checkpoint(Path file) throws IOException {
        SafetensorsWriter.sparse(file, Map.of(
                "model.diffusion_model.input_blocks.0.0.weight", new long[] {8, 4, 3, 3},
                "model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight", new long[] {8, 768}));
    }

    private String models() throws IOException {
        Matcher list = Pattern.compile("name=\"model\"[^>]*paramlist=\"([^\"]*)").matcher(Files.readString(effect));
        assertTrue(list.find());
        return list.group(1);
    }

    private String stablevideo(String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(System.getProperty("stablevideo.root") + "/packaging/stablevideo"));
        line.addAll(List.of(arguments));
        Path said = Files.createTempFile(home, "said", ".txt");
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().remove("STABLEVIDEO_MODELS");
        builder.environment().putAll(Map.of("HOME", home.toString(), "XDG_DATA_HOME", home.resolve("data").toString(), "XDG_STATE_HOME",
                home.resolve("state").toString(), "XDG_CONFIG_HOME", home.resolve("config").toString(), "STABLEVIDEO_RUNTIME", home.resolve("run").toString(),
                "STABLEVIDEO_CACHE", home.resolve("cache").toString(), "STABLEVIDEO_MEMORY", "512m", "JAVA_TOOL_OPTIONS", "-Duser.home=" + home));
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        String text = Files.readString(said, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), text);
        return text;
    }
}
