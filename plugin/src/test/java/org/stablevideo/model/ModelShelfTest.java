package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.problem.CacheFull;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.SafetensorsWriter;

/** Downloads from a server that drops connections, lies about lengths, redirects, stalls and sends wrong bytes. */
class ModelShelfTest {

    private static final Duration PATIENCE = Duration.ofMillis(800);

    @TempDir Path folder;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private byte[] model;

    /** How the server treats one request. */
    private interface Mood {
        void answer(HttpExchange exchange, long from) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        Path file = folder.resolve("source.safetensors");
        SafetensorsWriter.write(file, Map.of(), Map.of("unet.conv_in.weight", new long[] {50_000}), FormulaWeights::weights);
        model = Files.readAllBytes(file);
        Files.delete(file);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void shouldFetchAndCheck() {
        serve("/m", this::whole);
        List<String> stages = new CopyOnWriteArrayList<>();
        assertEquals(ModelShelf.State.GOOD, shelf().pull(card("/m", hash(model), model.length), (stage, share) -> stages.add(stage)));
        arrived();
        assertTrue(stages.contains("fetching") && stages.contains("checking"));
        assertEquals(ModelShelf.State.GOOD, shelf().pull(card("/m", hash(model), model.length), Progress.NONE));
        assertEquals(1, asked.size(), "what is there is not fetched again");
    }

    @Test
    void shouldContinueWhereAConnectionBroke() {
        serve("/m", (e, from) -> partly(e, from, 60_000), (e, from) -> partly(e, from, 70_000), this::whole);
        shelf().pull(card("/m", hash(model), model.length), Progress.NONE);
        arrived();
        assertEquals("none", asked.get(0).split(" ")[0]);
        assertTrue(asked.get(1).startsWith("bytes=") && asked.get(2).startsWith("bytes="), asked.toString());
        assertFalse(asked.get(2).startsWith("bytes=0-"), asked.toString());
    }

    @Test
    void shouldContinueAPartOfAnEarlierRun() throws IOException {
        Files.write(part(), Arrays.copyOf(model, 12_345));
        serve("/m", this::whole);
        shelf().pull(card("/m", hash(model), model.length), Progress.NONE);
        arrived();
        assertTrue(asked.get(0).startsWith("bytes=12345-"), asked.toString());
    }

    @Test
    void shouldBeginAgainWhereTheServerCannotContinue() throws IOException {
        Files.write(part(), new byte[1000]);
        serve("/m", (e, from) -> whole(e, 0));
        shelf().pull(card("/m", hash(model), model.length), Progress.NONE);
        arrived();
    }

    @Test
    void shouldBeginAgainWhereTheServerContinuesElsewhere() throws IOException {
        Files.write(part(), Arrays.copyOf(model, 1000));
        serve("/m", (e, from) -> {
            e.getResponseHeaders().add("Content-Range", "bytes 0-" + (model.length - 1) + "/" + model.length);
            send(e, 206, model, 0, model.length);
        }, this::whole);
        shelf().pull(card("/m", hash(model), 0), Progress.NONE);
        arrived();
    }

    @Test
    void shouldThrowAwayAPartThatIsTooLong() throws IOException {
        Files.write(part(), new byte[model.length + 10]);
        serve("/m", this::whole);
        shelf().pull(card("/m", hash(model), model.length), Progress.NONE);
        arrived();
        Files.delete(folder.resolve("m.safetensors"));
        Files.write(part(), new byte[model.length + 10]);
        serve("/n", (e, from) -> send(e, 416, new byte[0], 0, 0), this::whole);
        shelf().pull(card("/n", hash(model), 0), Progress.NONE);
        arrived();
    }

    @Test
    void shouldNoticeLiesAboutTheLength() {
        serve("/m", (e, from) -> send(e, 200, model, 0, model.length - 7));
        ProblemException lie = assertThrows(
                ProblemException.class, () -> shelf().pull(card("/m", hash(model), model.length), Progress.NONE));
        assertTrue(lie.getMessage().contains("bytes, it should have " + model.length), lie.getMessage());
        assertFalse(Files.exists(folder.resolve("m.safetensors")));
    }

    @Test
    void shouldThrowWrongBytesAway() {
        byte[] wrong = model.clone();
        wrong[wrong.length - 1] ^= 1;
        serve("/m", (e, from) -> send(e, 200, wrong, 0, wrong.length));
        ProblemException refusal = assertThrows(
                ProblemException.class, () -> shelf().pull(card("/m", hash(model), model.length), Progress.NONE));
        assertInstanceOf(ModelInvalid.class, refusal.problem());
        assertTrue(refusal.getMessage().contains(hash(model)), refusal.getMessage());
        assertFalse(Files.exists(part()));
        assertFalse(Files.exists(folder.resolve("m.safetensors")));
    }

    @Test
    void shouldRefuseAPageInPlaceOfAModel() {
        byte[] page = "<html>Please log in</html>".getBytes(StandardCharsets.UTF_8);
        serve("/m", (e, from) -> send(e, 200, page, 0, page.length));
        ProblemException refusal = assertThrows(ProblemException.class, () -> shelf().pull(card("/m", "", 0), Progress.NONE));
        assertTrue(refusal.getMessage().contains("web page"), refusal.getMessage());
        assertFalse(Files.exists(folder.resolve("m.safetensors")));
    }

    @Test
    void shouldFollowRedirectsAndKeepTheTokenToItsHost() {
        serve("/m", (e, from) -> redirect(e, "http://localhost:" + server.getAddress().getPort() + "/far"));
        serve("/far", this::whole);
        new ModelShelf(folder, new Download(PATIENCE, 3, "secret")).pull(card("/m", hash(model), model.length), Progress.NONE);
        arrived();
        assertEquals(List.of("none Bearer secret", "none none"), asked);
    }

    @Test
    void shouldNotGoRoundInCircles() {
        serve("/m", (e, from) -> redirect(e, "/m"));
        ProblemException circle = assertThrows(ProblemException.class, () -> shelf().pull(card("/m", "", 0), Progress.NONE));
        assertTrue(circle.getMessage().contains("circles"), circle.getMessage());
        serve("/f", (e, from) -> redirect(e, "file:///etc/passwd"));
        assertTrue(assertThrows(ProblemException.class, () -> shelf().pull(card("/f", "", 0), Progress.NONE)).getMessage().contains("not safe"));
    }

    @Test
    void shouldWaitForABusyServerAndGiveUpOnADeadOne() {
        serve("/m", (e, from) -> send(e, 503, new byte[0], 0, 0), (e, from) -> send(e, 429, new byte[0], 0, 0), this::whole);
        shelf().pull(card("/m", hash(model), model.length), Progress.NONE);
        arrived();
        serve("/dead", (e, from) -> send(e, 500, new byte[0], 0, 0));
        ProblemException dead = assertThrows(ProblemException.class, () -> shelf().pull(other("/dead"), Progress.NONE));
        assertInstanceOf(ModelMissing.class, dead.problem());
        ModelCatalogue.Card nobody = new ModelCatalogue.Card("n", "lora", "N", "n.safetensors", "http://127.0.0.1:9/n", "", 0, "", List.of());
        assertThrows(ProblemException.class, () -> shelf().pull(nobody, Progress.NONE));
    }

    @Test
    void shouldBreakOffAStallAndContinue() {
        serve("/m", (e, from) -> {
            e.sendResponseHeaders(200, model.length);
            e.getResponseBody().write(model, 0, 30_000);
            e.getResponseBody().flush();
            sleep(3 * PATIENCE.toMillis());
        }, this::whole);
        long start = System.nanoTime();
        shelf().pull(card("/m", hash(model), model.length), Progress.NONE);
        arrived();
        assertTrue(System.nanoTime() - start < 3 * PATIENCE.toNanos(), "did not wait for the server");
        assertTrue(asked.get(1).startsWith("bytes="), asked.toString());
    }

    @Test
    void shouldBearAServerThatIsSlow() {
        serve("/m", (e, from) -> {
            e.sendResponseHeaders(200, model.length);
            for (int at = 0; at < model.length; at += 25_000) {
                e.getResponseBody().write(model, at, Math.min(25_000, model.length - at));
                e.getResponseBody().flush();
                sleep(PATIENCE.toMillis() / 4);
            }
            e.close();
        });
        shelf().pull(card("/m", hash(model), model.length), Progress.NONE);
        arrived();
        assertEquals(1, asked.size());
    }

    @Test
    void shouldKeepThePartWhenCancelled() throws IOException {
        serve("/m", (e, from) -> {
            e.sendResponseHeaders(200, model.length);
            e.getResponseBody().write(model, 0, 100_000);
            e.getResponseBody().flush();
            sleep(100);
            e.close();
        }, this::whole);
        Progress impatient = (stage, share) -> {
            if (share > 0) {
                throw new CancelledException();
            }
        };
        assertThrows(CancelledException.class, () -> shelf().pull(card("/m", hash(model), model.length), impatient));
        assertTrue(Files.size(part()) > 0);
        shelf().pull(card("/m", hash(model), model.length), Progress.NONE);
        arrived();
        assertTrue(asked.get(1).startsWith("bytes="), asked.toString());
    }

    @Test
    void shouldAskForATokenWhereOneIsNeeded() {
        serve("/m", (e, from) -> send(e, 401, new byte[0], 0, 0));
        ProblemException refusal = assertThrows(ProblemException.class, () -> shelf().pull(card("/m", "", 0), Progress.NONE));
        assertTrue(refusal.getMessage().contains("HF_TOKEN"), refusal.getMessage());
        assertEquals(1, asked.size(), "a refusal is final");
    }

    @Test
    void shouldLookForRoomFirst() {
        ProblemException full = assertThrows(ProblemException.class, () -> shelf().pull(card("/m", "", 1L << 60), Progress.NONE));
        assertInstanceOf(CacheFull.class, full.problem());
        assertEquals(List.of(), asked);
    }

    @Test
    void shouldPinWhatItDoesNotKnowAndNoticeDamage() throws IOException {
        serve("/m", this::whole);
        ModelCatalogue.Card card = card("/m", "", 0);
        assertEquals(ModelShelf.State.ABSENT, shelf().verify(card, Progress.NONE));
        assertEquals(ModelShelf.State.PINNED, shelf().pull(card, Progress.NONE));
        assertEquals(ModelShelf.State.GOOD, shelf().verify(card, Progress.NONE));
        Path file = folder.resolve("m.safetensors");
        byte[] damaged = Files.readAllBytes(file);
        damaged[damaged.length - 5] ^= 4;
        Files.write(file, damaged);
        assertEquals(ModelShelf.State.DAMAGED, shelf().verify(card, Progress.NONE));
        assertTrue(shelf().remove(card));
        assertFalse(shelf().remove(card));
        assertEquals(ModelShelf.State.GOOD, shelf().pull(card, Progress.NONE), "the pin stays");
    }

    @Test
    void shouldUseTheProxiesOfTheEnvironment() {
        Map<String, String> variables = Map.of("HTTPS_PROXY", "http://proxy.example:8080", "http_proxy", "other.example", "no_proxy", "local.example,.inside");
        EnvironmentProxy proxies = new EnvironmentProxy(variables::get, null);
        assertEquals("proxy.example:8080", shown(proxies, "https://models.example/a"));
        assertEquals("other.example:3128", shown(proxies, "http://models.example/a"));
        for (String direct : new String[] {"https://local.example/a", "https://a.inside/a", "http://127.0.0.1/a"}) {
            assertEquals("direct", shown(proxies, direct));
        }
    }

    @Test
    void shouldHaveCompleteCards() {
        ModelCatalogue catalogue = ModelCatalogue.bundled();
        for (ModelCatalogue.Card card : catalogue.files()) {
            assertTrue(card.sha256().isEmpty() || card.sha256().matches("[0-9a-f]{64}"), card.id());
            assertTrue(URI.create(card.url()).getScheme().equals("https") && card.file().endsWith(".safetensors"), card.id());
            assertFalse(card.licence().isEmpty() || card.title().isEmpty() || card.role().isEmpty(), card.id());
        }
        catalogue.sets().forEach((name, ids) -> assertEquals(ids.size(), catalogue.named(name).size(), name));
        assertThrows(ProblemException.class, () -> catalogue.named("nothing"));
    }

    private static String shown(EnvironmentProxy proxies, String address) {
        Proxy proxy = proxies.select(URI.create(address)).get(0);
        InetSocketAddress at = (InetSocketAddress) proxy.address();
        return at == null ? "direct" : at.getHostString() + ":" + at.getPort();
    }

    private ModelShelf shelf() {
        return new ModelShelf(folder, new Download(PATIENCE, 3, ""));
    }

    private Path part() {
        return folder.resolve("m.safetensors.part");
    }

    private ModelCatalogue.Card card(String path, String sha256, long bytes) {
        return new ModelCatalogue.Card("m", "lora", "M", "m.safetensors", address(path), sha256, bytes, "CC0", List.of());
    }

    private ModelCatalogue.Card other(String path) {
        return new ModelCatalogue.Card("o", "lora", "O", "o.safetensors", address(path), "", 0, "CC0", List.of());
    }

    private String address(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private void arrived() {
        try {
            assertArrayEquals(model, Files.readAllBytes(folder.resolve("m.safetensors")));
            assertFalse(Files.exists(part()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Answers requests for a path in the moods given, the last one for ever. */
    private void serve(String path, Mood... moods) {
        Queue<Mood> left = new ConcurrentLinkedQueue<>(List.of(moods));
        server.createContext(path, exchange -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            String token = exchange.getRequestHeaders().getFirst("Authorization");
            asked.add((range == null ? "none" : range) + " " + (token == null ? "none" : token));
            Mood mood = left.size() > 1 ? left.poll() : left.peek();
            mood.answer(exchange, range == null ? 0 : Long.parseLong(range.replaceAll("[^0-9]", "")));
        });
    }

    private void whole(HttpExchange exchange, long from) throws IOException {
        if (from > 0) {
            exchange.getResponseHeaders().add("Content-Range", "bytes " + from + "-" + (model.length - 1) + "/" + model.length);
        }
        send(exchange, from > 0 ? 206 : 200, model, (int) from, model.length - (int) from);
    }

    /** Promises the rest, sends some of it, hangs up. */
    private void partly(HttpExchange exchange, long from, int bytes) throws IOException {
        if (from > 0) {
            exchange.getResponseHeaders().add("Content-Range", "bytes " + from + "-" + (model.length - 1) + "/" + model.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, model.length - from);
        exchange.getResponseBody().write(model, (int) from, bytes);
        exchange.getResponseBody().flush();
        exchange.close();
    }

    private static void redirect(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().add("Location", to);
        send(exchange, 302, new byte[0], 0, 0);
    }

    private static void send(HttpExchange exchange, int status, byte[] bytes, int from, int length) throws IOException {
        exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
        if (length > 0) {
            exchange.getResponseBody().write(bytes, from, length);
        }
        exchange.close();
    }

    private static void sleep(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
