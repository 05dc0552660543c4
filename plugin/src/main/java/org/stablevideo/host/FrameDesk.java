package org.stablevideo.host;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.host.BridgeRequest.Status;
import org.stablevideo.job.Job;
import org.stablevideo.job.JobQueue;
import org.stablevideo.job.Outcome;
import org.stablevideo.pipeline.AppliedEdit;
import org.stablevideo.pipeline.EditPipeline;
import org.stablevideo.pipeline.EffectRequest;
import org.stablevideo.pipeline.PackedEdits;
import org.stablevideo.preset.EffectParameter;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.Problem;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.FrameRenderer;

/**
 * Decides what becomes of each frame: rendered where its edit is there; otherwise a render waits for the edit, a preview shows the source with a
 * mark. A problem shows the source with a mark and says why. Safe for any thread.
 */
final class FrameDesk {

    /** What an edit is made of; equal works share one job and one renderer. */
    private record Work(String clip, EditRequest request, String mask) {}

    private static final Logger LOG = LoggerFactory.getLogger(FrameDesk.class);
    private static final int NEWS_EVERY_MS = 500;
    private static final int FIRST_NEWS_MS = 200;

    private static final long LOOK_AGAIN_NS = 500_000_000L;

    private final EditPipeline pipeline;
    private final JobQueue<Boolean> jobs;
    private final Path cache;
    private final ClipProbe probe;
    private final RendererShelf shelf = new RendererShelf();
    private final SharedLooks looks = new SharedLooks();
    private final AppliedJobs applied = new AppliedJobs();
    private final QuickEdits quick = new QuickEdits();
    private final Cautions cautions = new Cautions();
    private final FailedWorks failures = new FailedWorks();
    private final KeptEdits kept;
    private final ConcurrentMap<Work, Long> missedAt = new ConcurrentHashMap<>();

    /**
     * A desk.
     *
     * @param cache folder for the frames of clips
     */
    FrameDesk(EditPipeline pipeline, JobQueue<Boolean> jobs, Path cache) {
        this.pipeline = pipeline;
        this.jobs = jobs;
        this.cache = cache;
        this.probe = new ClipProbe(cache);
        this.kept = new KeptEdits(pipeline);
    }

    /**
     * Answers one request, possibly after minutes.
     *
     * @param session number of the host's connection
     */
    void serve(int session, BridgeRequest request, String body) {
        try {
            answer(session, request, HostFrame.parse(body));
        } catch (ProblemException e) {
            fail(request, body, e.problem().sentence());
        } catch (RuntimeException | Error e) {
            LOG.error("a frame failed by our own mistake", e);
            fail(request, body, "StableVideo made a mistake (" + e + "). Its log file has the details; please report it with them.");
        }
    }

    /** The host of a session left: what only it wanted is given up. */
    void left(int session) {
        applied.release(session);
    }

    private void answer(int session, BridgeRequest request, HostFrame host) {
        EffectRequest effect = EffectRequest.read(host.parameters(), presets(host));
        boolean draws = effect.edit().isUndrawn() && host.waits();
        effect = draws ? effect.withSeed(host.draw()) : effect;
        if (host.analyses()) {
            apply(session, request, host, effect, draws ? OptionalLong.of(host.draw()) : OptionalLong.empty());
            return;
        }
        Optional<SourceClip> seen = source(request, host);
        if (seen.isEmpty()) {
            pass(request, host, "opening the clip");
            return;
        }
        SourceClip source = seen.get();
        ClipIdentity clip = source.part(host);
        Work work = new Work(clip.key(), effect.edit(), effect.mask());
        if (effect.render().mix() == 0 || !effect.edit().changesSomething()) {
            request.reply(Status.EDITED, false, "");
            return;
        }
        boolean ready = renderer(request, work, clip, host);
        if (draws && !ready) {
            request.progress("seed " + host.draw() + " was drawn: seed=" + host.draw() + " gives this edit again");
        }
        if (ready || (host.waits() && prepare(request, source, clip, work))) {
            render(request, host, effect, source, clip, work);
        } else if (request.isCancelled()) {
            request.reply(Status.PASSED, false, "cancelled");
        } else {
            show(request, host, source, clip, work);
        }
    }

    /** The presets of this user, and those that travelled with the clip where it names one. */
    private static PresetLibrary presets(HostFrame host) {
        PresetLibrary standard = PresetLibrary.standard();
        return host.parameters().containsKey(EffectParameter.PRESET.key()) ? standard.with(PackedEdits.foldersOf(host.resource())) : standard;
    }

    /** A preview without its edit: the source with what is going on, or with what went wrong. */
    private void show(BridgeRequest request, HostFrame host, SourceClip source, ClipIdentity clip, Work work) {
        Optional<Job<Boolean>> running = jobs.find(work);
        Optional<Problem> failure = failures.of(work);
        if (running.isEmpty() && failure.isPresent()) {
            throw new ProblemException(failure.get());
        }
        if (running.isEmpty() && !work.request().isUndrawn()) {
            quick.wanted(clip.key(), work, () -> pipeline.isQuick(clip, work.request(), work.mask()), () -> submit(source, clip, work));
        }
        String words = host.wasApplied() ? "changed since: press Apply" : "not edited yet: press Apply";
        pass(request, host, running.map(job -> job.state().brief()).orElse(words));
    }

    /** The clip that a frame is from; empty when the host could not open it in time for a preview. */
    private Optional<SourceClip> source(BridgeRequest request, HostFrame host) {
        String resource = host.resource();
        Optional<SourceClip> known = probe.known(resource);
        return known.isPresent() ? known : SharedLooks.await(request, host, "opening the clip", looks.ask(resource, () -> probe.probe(resource)));
    }

    /** Whether the renderer is on the shelf now. */
    private boolean renderer(BridgeRequest request, Work work, ClipIdentity clip, HostFrame host) {
        Optional<RendererShelf.Loan> present = shelf.take(work);
        if (present.isPresent()) {
            present.get().close();
            return true;
        }
        Long missed = missedAt.get(work);
        if (!host.waits() && missed != null && System.nanoTime() - missed < LOOK_AGAIN_NS) {
            return false;
        }
        return SharedLooks.await(request, host, "opening the edit", looks.ask(work, () -> find(work, clip))).orElse(false);
    }

    private boolean find(Work work, ClipIdentity clip) {
        Optional<FrameRenderer> found = pipeline.find(clip, work.request(), work.mask());
        if (found.isEmpty()) {
            if (missedAt.size() > 1000) {
                missedAt.clear();
            }
            missedAt.put(work, System.nanoTime());
            return false;
        }
        shelf.put(work, found.get());
        return true;
    }

    private void render(BridgeRequest request, HostFrame host, EffectRequest effect, SourceClip source, ClipIdentity clip, Work work) {
        if (effect.besideClip() && host.waits()) {
            guarded(work, () -> kept.keepOnce(shown(host, effect, clip)));
        }
        RgbFrame frame = new RgbFrame(host.size(), request.pixels());
        int index = source.frameAt(host.position(), host) - clip.firstFrame();
        int within = Math.max(0, Math.min(index, clip.frameCount() - 1));
        Letterbox box = Letterbox.of(host.size(), source.aspect(), host.frameAspect());
        try (RendererShelf.Loan loan = shelf.take(work).orElseThrow(() -> new IllegalStateException("renderer was pushed out"))) {
            box.apply(frame, part -> loan.renderer().render(within, part, effect.render()));
        }
        request.reply(Status.EDITED, true, cautions.tell(work, host.process()));
    }

    private static ProjectEdits.Shown shown(HostFrame host, EffectRequest effect, ClipIdentity clip) {
        return new ProjectEdits.Shown(clip, effect.edit(), effect.mask(), host.preset());
    }

    /** An edit that cannot be put beside its clip is an edit all the same. */
    private void guarded(Work work, Runnable keeping) {
        try {
            keeping.run();
        } catch (ProblemException e) {
            LOG.warn("an edit is not beside its clip: {}", e.problem().sentence());
            cautions.hear(work, Progress.NONE).warn("It could not be put beside the clip. " + e.problem().sentence());
        }
    }

    /** Has the edit made and waits for it; false when it was cancelled. */
    private boolean prepare(BridgeRequest request, SourceClip source, ClipIdentity clip, Work work) {
        failures.refuse(work);
        Job<Boolean> job = submit(source, clip, work);
        try {
            // what was said before, such as the seed, is heard first: a host that is slow to listen hears only the last word
            Optional<Outcome<Boolean>> outcome = job.await(FIRST_NEWS_MS);
            while (outcome.isEmpty() && !request.isCancelled() && request.progress(job.state().text())) {
                outcome = job.await(NEWS_EVERY_MS);
            }
            return outcome.isPresent() && failures.settle(work, outcome.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            job.leave();
        }
    }

    private Job<Boolean> submit(SourceClip source, ClipIdentity clip, Work work) {
        return jobs.submit(work, progress -> {
            shelf.put(work, pipeline.prepare(new HostClip(source, clip, cache), work.request(), work.mask(), cautions.hear(work, progress)));
            return true;
        });
    }

    private static void pass(BridgeRequest request, HostFrame host, String why) {
        CornerMark.draw(new RgbFrame(host.size(), request.pixels()), why);
        request.reply(Status.PASSED, true, why);
    }

    private static void fail(BridgeRequest request, String body, String why) {
        boolean marked = false;
        try {
            HostFrame host = HostFrame.parse(body);
            if (!host.analyses()) {
                CornerMark.draw(new RgbFrame(host.size(), request.pixels()), "StableVideo: failed");
                marked = true;
            }
        } catch (RuntimeException e) {
            LOG.debug("the mark could not be drawn", e);
        }
        request.reply(Status.FAILED, marked, why);
    }

    /**
     * A host runs through the clip to have it edited. Each frame waits until the work is as far as the frame is in the clip, so that the host's own
     * count of frames tells its user how far it is; the last one brings the name of the results.
     *
     * @param drawn the seed, where it was drawn for this run
     */
    private void apply(int session, BridgeRequest request, HostFrame host, EffectRequest effect, OptionalLong drawn) {
        Optional<SourceClip> seen = source(request, host);
        if (seen.isEmpty()) {
            request.reply(Status.PASSED, false, "cancelled");
            return;
        }
        SourceClip source = seen.get();
        ClipIdentity clip = source.part(host);
        Work work = new Work(clip.key(), effect.edit(), effect.mask());
        boolean last = host.position() >= host.out();
        if (!renderer(request, work, clip, host) && !reached(request, work, applied.hold(session, work, () -> submit(source, clip, work)), host.share())) {
            request.reply(Status.PASSED, false, last ? "cancelled" : "");
            return;
        }
        if (last) {
            applied.release(session);
            if (effect.besideClip()) {
                guarded(work, () -> kept.keep(shown(host, effect, clip)));
            }
        }
        AppliedEdit edit = new AppliedEdit(clip.frameCount(), clip.contentHash().substring(0, 8), drawn);
        request.reply(last ? Status.RESULTS : Status.PASSED, false, last ? edit.text() : "");
    }

    /** Waits until a job is done, or as far as a share of it; false when the request was cancelled or the job came to nothing. */
    private boolean reached(BridgeRequest request, Work work, Job<Boolean> job, double share) {
        try {
            Optional<Outcome<Boolean>> outcome = job.await(0);
            while (outcome.isEmpty() && (share >= 1 || job.state().fraction() < share)) {
                if (request.isCancelled() || !request.progress(job.state().text())) {
                    return false;
                }
                outcome = job.await(NEWS_EVERY_MS);
            }
            return outcome.isEmpty() || failures.settle(work, outcome.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Frees the renderers. */
    void close() {
        quick.close();
        looks.close();
        shelf.close();
    }
}
