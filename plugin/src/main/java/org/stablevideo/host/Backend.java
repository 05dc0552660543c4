package org.stablevideo.host;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.atlas.SolverChoice;
import org.stablevideo.job.JobQueue;
import org.stablevideo.pipeline.EditPipeline;
import org.stablevideo.tensor.TensorEngine;

/** The user's one backend: serves host processes until it is told to stop or nobody has needed it for a while. */
public final class Backend {

    /** Minutes without hosts and work after which it ends; the property {@code stablevideo.idle.minutes} overrides. */
    private static final int IDLE_MINUTES = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Backend.class);
    private static final int TICK_MS = 1000;

    private record Asked(int session, int requestId) {}

    private final BridgeServer server;
    private final FrameDesk desk;
    private final JobQueue<Boolean> jobs = new JobQueue<>();
    private final Map<Asked, BridgeRequest> open = new ConcurrentHashMap<>();
    private final ExecutorService frames;
    private final AtomicInteger answered = new AtomicInteger();
    private final long startedAt = System.nanoTime();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopping;

    private Backend(BridgeServer server, EditPipeline pipeline, Path cache) {
        this.server = server;
        this.desk = new FrameDesk(pipeline, jobs, cache);
        AtomicInteger number = new AtomicInteger();
        this.frames = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "frame-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Runs the backend of this user in the foreground, with its log file, until it is stopped.
     *
     * @return false when another one runs already, which is then left alone
     * @throws org.stablevideo.problem.ProblemException when it cannot listen
     */
    public static boolean run(EditPipeline pipeline) {
        BackendLog.open();
        return run(pipeline, null, UserFolders.cache(), Duration.ofMinutes(Long.getLong("stablevideo.idle.minutes", IDLE_MINUTES)));
    }

    /** As {@link #run(EditPipeline)}, in folders of the caller's choice and with whatever logging there is. */
    static boolean run(EditPipeline pipeline, String runtimeDir, Path cache, Duration idle) {
        JsonObject welcome = new JsonObject();
        welcome.addProperty("backend.pid", ProcessHandle.current().pid());
        Optional<BridgeServer> server = BridgeServer.open(runtimeDir, welcome.toString());
        if (server.isEmpty()) {
            LOG.info("another backend runs already");
            return false;
        }
        Backend backend = new Backend(server.get(), pipeline, cache);
        Thread onSignal = new Thread(backend::stopAndWait, "stop");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            backend.serve(idle);
        } finally {
            backend.close();
            removeHook(onSignal);
        }
        return true;
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("the program is ending already");
        }
    }

    private void serve(Duration idle) {
        LOG.info("backend {} listens", ProcessHandle.current().pid());
        long lastUse = System.nanoTime();
        while (!stopping) {
            server.next(TICK_MS).ifPresent(this::handle);
            if (server.sessions() > 0 || !open.isEmpty() || !jobs.states().isEmpty()) {
                lastUse = System.nanoTime();
            } else if (System.nanoTime() - lastUse > idle.toNanos()) {
                LOG.info("nobody has needed the backend for {} min", idle.toMinutes());
                stopping = true;
            }
        }
    }

    private void handle(BridgeEvent event) {
        switch (event.type()) {
            case HELLO -> LOG.info("host {} came", event.session());
            case REQUEST -> begin(event);
            case CANCEL -> cancel(event.session(), event.requestId());
            case BYE -> {
                LOG.info("host {} left", event.session());
                cancel(event.session(), 0);
                desk.left(event.session());
            }
            case STATUS -> event.request().reply(BridgeRequest.Status.EDITED, false, status().toString());
            case STOP -> {
                LOG.info("asked to stop");
                event.request().reply(BridgeRequest.Status.EDITED, false, status().toString());
                stopping = true;
            }
            default -> throw new IllegalStateException("event " + event.type());
        }
    }

    private void begin(BridgeEvent event) {
        Asked asked = new Asked(event.session(), event.requestId());
        open.put(asked, event.request());
        try {
            frames.execute(() -> serve(asked, event));
        } catch (OutOfMemoryError e) {
            LOG.error("no thread is left for a frame", e);
            open.remove(asked);
            event.request().reply(BridgeRequest.Status.FAILED, false, "The backend has no room for another frame. Use fewer render threads.");
        }
    }

    private void serve(Asked asked, BridgeEvent event) {
        try {
            desk.serve(asked.session(), event.request(), event.body());
            answered.incrementAndGet();
        } finally {
            open.remove(asked);
        }
    }

    /** Cancels one request, or all of a session when the number is 0. */
    private void cancel(int session, int requestId) {
        open.forEach((asked, request) -> {
            if (asked.session() == session && (requestId == 0 || asked.requestId() == requestId)) {
                request.cancel();
            }
        });
    }

    private JsonObject status() {
        JsonObject status = new JsonObject();
        status.addProperty("pid", ProcessHandle.current().pid());
        status.addProperty("protocol", BridgeLibrary.sv_protocol_version());
        status.addProperty("seconds", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedAt));
        status.addProperty("device", TensorEngine.wanted());
        status.addProperty("solver", SolverChoice.wanted().text());
        status.addProperty("hosts", server.sessions());
        status.addProperty("frames", answered.get());
        JsonArray list = new JsonArray();
        jobs.states().forEach(state -> list.add(state.text()));
        status.add("jobs", list);
        status.addProperty("log", BackendLog.file().toString());
        return status;
    }

    private void stopAndWait() {
        stopping = true;
        server.wake();
        try {
            ended.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves the hosts, which turn to the next backend at once, cancels what is at work and waits a little for it. */
    private void close() {
        server.hangUp();
        jobs.close();
        open.values().forEach(BridgeRequest::cancel);
        frames.shutdown();
        try {
            if (frames.awaitTermination(5, TimeUnit.SECONDS)) {
                desk.close();
                server.close();
            } else {
                LOG.warn("work that does not stop is left behind");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            LOG.info("backend ends");
            ended.countDown();
        }
    }
}
