package org.stablevideo.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;

/**
 * Fetches one file into a part beside its place. What is there already is kept and continued, also by a later run; a connection that breaks or
 * stalls is made again. Whether the bytes are the right ones is for the caller to judge.
 */
final class Download {

    private static final Logger LOG = LoggerFactory.getLogger(Download.class);
    private static final int BUFFER = 1 << 20;
    private static final int MOST_REDIRECTS = 8;
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int OUT_OF_RANGE = 416;
    private static final int TOO_MANY = 429;

    private final HttpClient client;
    private final Duration patience;
    private final int attempts;
    private final String token;

    /**
     * A way to fetch.
     *
     * @param patience how long a server may be silent
     * @param attempts how often in a row a connection may fail without bringing anything
     * @param token sent to the first host as a bearer token; empty for none
     */
    Download(Duration patience, int attempts, String token) {
        this.patience = patience;
        this.attempts = attempts;
        this.token = token;
        client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience)
                .proxy(EnvironmentProxy.orElse(ProxySelector.getDefault()))
                .build();
    }

    /** As the user's environment says: the token is {@code $HF_TOKEN} or {@code $STABLEVIDEO_TOKEN}. */
    static Download ofUser() {
        String own = System.getenv("STABLEVIDEO_TOKEN");
        String token = own == null || own.isBlank() ? System.getenv("HF_TOKEN") : own;
        return new Download(Duration.ofSeconds(30), 5, token == null ? "" : token.strip());
    }

    /** A failure that another attempt may mend. */
    private static final class Interrupted extends IOException {
        Interrupted(String message) {
            super(message);
        }
    }

    /**
     * Fetches.
     *
     * @param address where from
     * @param part file that grows; it stays when this fails or is cancelled
     * @param bytes size that the file shall have, 0 where it is not known
     * @throws ProblemException model-missing, saying what happened and what to do
     * @throws CancelledException when progress says so
     */
    void fetch(URI address, Path part, long bytes, Progress progress) {
        int failures = 0;
        long before = -1;
        while (true) {
            try {
                once(address, part, bytes, progress);
                return;
            } catch (IOException e) {
                long now = size(part);
                failures = now > before ? 1 : failures + 1;
                before = now;
                LOG.info("{}: {}", address, e.toString());
                if (failures >= attempts) {
                    throw failed(address, reason(address, e), e);
                }
                pause(failures);
            }
        }
    }

    private static String reason(URI address, IOException e) {
        if (e instanceof ConnectException || e instanceof UnknownHostException) {
            return "there is no connection to " + address.getHost();
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private void once(URI address, Path part, long bytes, Progress progress) throws IOException {
        long have = size(part);
        if (bytes > 0 && have == bytes) {
            return;
        }
        if (bytes > 0 && have > bytes) {
            Files.delete(part);
            have = 0;
        }
        HttpResponse<InputStream> response = answer(address, have);
        try (InputStream in = response.body()) {
            int status = response.statusCode();
            if (status == OUT_OF_RANGE) {
                Files.delete(part);
                throw new Interrupted("the server has a shorter file; it is fetched anew");
            }
            if (status == TOO_MANY || status >= 500) {
                throw new Interrupted("the server answers " + status);
            }
            if (status != OK && status != PARTIAL) {
                throw refused(address, status);
            }
            boolean continued = status == PARTIAL && startOf(response.headers()) == have;
            if (!continued && status == PARTIAL) {
                Files.deleteIfExists(part);
                throw new Interrupted("the server continues at another place; the file is fetched anew");
            }
            long start = continued ? have : 0;
            long said = response.headers().firstValueAsLong("Content-Length").orElse(-1);
            demandSize(address, said < 0 ? -1 : start + said, bytes);
            copy(in, part, start, bytes > 0 ? bytes : said < 0 ? 0 : start + said, progress);
        }
    }

    private void copy(InputStream in, Path part, long start, long wanted, Progress progress) throws IOException {
        try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE); Stall stall = new Stall(in, patience)) {
            out.truncate(start);
            out.position(start);
            byte[] buffer = new byte[BUFFER];
            long at = start;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                stall.moved();
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                at += n;
                if (wanted > 0 && at > wanted) {
                    throw new Interrupted("the server sends more than " + wanted + " bytes");
                }
                progress.report("fetching", wanted > 0 ? (double) at / wanted : 0);
            }
            if (wanted > 0 && at < wanted) {
                throw new Interrupted("the connection ended after " + at + " of " + wanted + " bytes");
            }
        }
    }

    private HttpResponse<InputStream> answer(URI first, long have) throws IOException {
        URI address = first;
        for (int i = 0; i < MOST_REDIRECTS; i++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(patience).header("User-Agent", "StableVideo");
            if (have > 0) {
                request.header("Range", "bytes=" + have + "-");
            }
            if (!token.isEmpty() && sameHost(address, first)) {
                request.header("Authorization", "Bearer " + token);
            }
            HttpResponse<InputStream> response = send(request.build());
            Optional<String> next = response.headers().firstValue("Location");
            if (response.statusCode() / 100 != 3 || next.isEmpty()) {
                return response;
            }
            response.body().close();
            URI target = address.resolve(next.get());
            if (target.getScheme() == null || !target.getScheme().matches("https?") || "https".equals(address.getScheme()) && !"https".equals(target.getScheme())) {
                throw failed(first, "it leads to " + target + ", which is not safe", null);
            }
            address = target;
        }
        throw failed(first, "it leads in circles", null);
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException();
        }
    }

    private static boolean sameHost(URI a, URI b) {
        return a.getScheme().equals(b.getScheme()) && a.getAuthority().equals(b.getAuthority());
    }

    /** First byte of a partial answer: {@code Content-Range: bytes 100-199/200}; -1 where it does not say. */
    private static long startOf(HttpHeaders headers) {
        String range = headers.firstValue("Content-Range").orElse("").toLowerCase(Locale.ROOT);
        return range.matches("bytes \\d{1,18}-\\d+/.*") ? Long.parseLong(range.substring(6, range.indexOf('-'))) : -1;
    }

    private static void demandSize(URI address, long said, long wanted) {
        if (wanted > 0 && said >= 0 && said != wanted) {
            throw failed(address, "the server has a file of " + said + " bytes, it should have " + wanted, null);
        }
    }

    private static ProblemException refused(URI address, int status) {
        if (status == 401 || status == 403) {
            return new ProblemException(new ModelMissing(
                    "The server does not give " + address + " to everybody (it answers " + status + ").",
                    "Accept the licence on its page, make an access token there, and set HF_TOKEN to it."));
        }
        return failed(address, "the server answers " + status, null);
    }

    private static ProblemException failed(URI address, String what, IOException cause) {
        return new ProblemException(
                new ModelMissing(
                        "Fetching " + address + " failed: " + what + ".",
                        "Run the command again later; it continues where it stopped. Or fetch the file by other means and put it into a model folder."),
                cause);
    }

    private static long size(Path part) {
        try {
            return Files.exists(part) ? Files.size(part) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pause(int failures) {
        try {
            Thread.sleep(Math.min(patience.toMillis(), 250L << failures));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException();
        }
    }
}
