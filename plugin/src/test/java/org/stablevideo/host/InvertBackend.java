package org.stablevideo.host;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.pipeline.ClipSource;
import org.stablevideo.pipeline.EditPipeline;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.RenderSettings;

/**
 * A backend whose edit is easy to check: it reads the whole clip as a real one does, then inverts every colour. Prompts steer it:
 * “stall” never answers, “die” ends the process at frame 10, “fail” lacks a model, “number” writes twice the frame's number as its colour,
 * “slow” takes 100 ms a frame, “seed” writes the seed's lowest byte, “weak” warns of its result, and “echo…” fails with length and hash of the prompt.
 */
public final class InvertBackend implements EditPipeline {

    private final Set<String> prepared = ConcurrentHashMap.newKeySet();

    /** Runs until it is told to stop. */
    public static void main(String[] arguments) {
        Backend.run(new InvertBackend(), null, Path.of(System.getenv("STABLEVIDEO_CACHE")), Duration.ofSeconds(60));
        System.exit(0);
    }

    @Override
    public Optional<FrameRenderer> find(ClipIdentity clip, EditRequest request, String mask) {
        return prepared.contains(clip.key() + request) ? Optional.of(renderer(clip, request)) : Optional.empty();
    }

    @Override
    public FrameRenderer prepare(ClipSource source, EditRequest request, String mask, Progress progress) {
        if (request.foreground().equals("fail")) {
            throw new ProblemException(new ModelMissing("The model “none” is not installed.", "Choose another."));
        }
        if (request.foreground().startsWith("echo")) {
            String heard = request.foreground().length() + ":" + request.foreground().hashCode();
            throw new ProblemException(new ModelMissing("Heard " + heard + ".", "Nothing to do."));
        }
        if (request.foreground().equals("weak")) {
            progress.warn("This is a weak edit.");
        }
        try (Clip clip = source.open(progress.part(0, 0.5))) {
            for (int i = 0; i < clip.frameCount(); i++) {
                clip.frame(i);
            }
            prepared.add(clip.identity().key() + request);
            return renderer(clip.identity(), request);
        }
    }

    private static FrameRenderer renderer(ClipIdentity clip, EditRequest request) {
        return new FrameRenderer() {
            @Override
            public int frameCount() {
                return clip.frameCount();
            }

            @Override
            public void render(int index, RgbFrame frame, RenderSettings settings) {
                act(request.foreground(), index);
                ByteBuffer pixels = frame.pixels();
                int colour = request.foreground().equals("seed") ? (int) request.seed() : index * 2;
                boolean plain = request.foreground().equals("seed") || request.foreground().equals("number");
                for (int i = 0; i < pixels.limit(); i++) {
                    pixels.put(i, (byte) (plain ? colour : ~pixels.get(i)));
                }
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
    }

    private static void act(String prompt, int index) {
        if (prompt.equals("die") && index >= 10) {
            Runtime.getRuntime().halt(9);
        }
        try {
            Thread.sleep(prompt.equals("stall") ? 3_600_000 : prompt.equals("slow") ? 100 : 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
