package org.stablevideo.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.clip.ClipSpool;
import org.stablevideo.clip.SpooledClip;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.problem.ClipUnreadable;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;

/** Has melt run through a clip and writes what it delivers to a spool. Uses a bridge of its own, so it needs no running backend. */
final class FrameIntake {

    private static final Logger LOG = LoggerFactory.getLogger(FrameIntake.class);
    private static final long SILENCE_MS = 60_000;
    private static final int POLL_MS = 200;

    /** melt at times ends without a single frame; a second run then brings them. */
    private static final int RUNS = 2;

    private FrameIntake() {}

    /**
     * Spools a clip.
     *
     * @param file where the spool goes
     * @return the clip, to be closed by the caller
     * @throws ProblemException with {@link ClipUnreadable} when the host delivers no or too few pictures
     * @throws CancelledException when progress says so; melt is stopped then
     */
    static SpooledClip spool(SourceClip source, ClipIdentity identity, Path file, Progress progress) {
        progress.report("reading the clip", 0);
        long start = System.nanoTime();
        Path runtime = makeFolder();
        try (BridgeServer server = BridgeServer.open(runtime.toString(), "{}").orElseThrow();
                ClipSpool spool = ClipSpool.create(file, identity, source.size(), source.rate())) {
            for (int run = 0; run < RUNS && spool.count() == 0; run++) {
                run(server, source, spool, identity, runtime, progress);
            }
            requireAll(spool, identity, source);
            LOG.debug("spooled {} frames in {} ms", identity.frameCount(), (System.nanoTime() - start) / 1_000_000);
            return spool.finish();
        } finally {
            deleteFolder(runtime);
        }
    }

    private static void run(
            BridgeServer server, SourceClip source, ClipSpool spool, ClipIdentity identity, Path runtime, Progress progress) {
        Process melt = Melt.start(command(source, identity, runtime));
        try {
            receive(server, melt, source, spool, identity, progress);
        } finally {
            stop(melt);
        }
    }

    private static ProcessBuilder command(SourceClip source, ClipIdentity identity, Path runtime) {
        List<String> arguments = new ArrayList<>(List.of("-silent", source.resource()));
        if (source.pictures()) {
            arguments.add("ttl=1");
        }
        arguments.add("in=" + identity.firstFrame());
        arguments.add("out=" + (identity.firstFrame() + identity.frameCount() - 1));
        arguments.addAll(List.of("-attach-cut", "stablevideo", "analyse=1"));
        arguments.addAll(List.of("-consumer", "null", "all=1", "terminate_on_pause=1", "real_time=-1", "audio_off=1"));
        ProcessBuilder builder = Melt.command(arguments)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(runtime.resolve("melt.log").toFile());
        builder.environment().put("STABLEVIDEO_RUNTIME", runtime.toString());
        builder.environment().put("STABLEVIDEO_LAUNCHER", "/bin/false");
        builder.environment().remove("STABLEVIDEO_REPORT");
        return builder;
    }

    private static void receive(
            BridgeServer server, Process melt, SourceClip source, ClipSpool spool, ClipIdentity identity, Progress progress) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SILENCE_MS);
        while (spool.count() < identity.frameCount()) {
            Optional<BridgeEvent> event = server.next(POLL_MS);
            progress.report("reading the clip", (double) spool.count() / identity.frameCount());
            if (event.isPresent()) {
                deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SILENCE_MS);
                accept(event.get(), source, spool, identity);
            } else if (!melt.isAlive() || System.nanoTime() > deadline) {
                return;
            }
        }
    }

    private static void accept(BridgeEvent event, SourceClip source, ClipSpool spool, ClipIdentity identity) {
        if (event.request() == null) {
            return;
        }
        try {
            if (event.type() == BridgeEvent.Type.REQUEST) {
                HostFrame frame = HostFrame.parse(event.body());
                int index = frame.position() - identity.firstFrame();
                ByteBuffer pixels = event.request().pixels();
                requireSize(source, frame.size());
                if (index >= 0 && index < identity.frameCount() && !spool.has(index)) {
                    spool.put(index, pixels);
                }
            }
        } finally {
            event.request().reply(BridgeRequest.Status.PASSED, false, "");
        }
    }

    private static void requireSize(SourceClip source, FrameSize size) {
        if (!size.equals(source.size())) {
            throw new ProblemException(new ClipUnreadable(
                    "The host delivers " + source.resource() + " at " + size + " instead of " + source.size() + ".",
                    "Convert the clip to square pixels and an upright orientation first."));
        }
    }

    private static void requireAll(ClipSpool spool, ClipIdentity identity, SourceClip source) {
        int count = identity.frameCount();
        if (spool.count() == count) {
            return;
        }
        throw new ProblemException(new ClipUnreadable(
                "The host delivered only " + spool.count() + " of " + count + " frames of " + source.resource() + ".",
                "Check that melt plays the clip to its end."));
    }

    private static void stop(Process melt) {
        try {
            melt.destroy();
            if (!melt.waitFor(300, TimeUnit.MILLISECONDS)) {
                melt.destroyForcibly();
            }
        } catch (InterruptedException e) {
            melt.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static Path makeFolder() {
        try {
            return Files.createTempDirectory(Path.of("/tmp"), "stablevideo-intake");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void deleteFolder(Path folder) {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.debug("{} stays behind", folder, e);
        }
    }
}
