package org.stablevideo.pipeline;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.diffusion.PictureModel;
import org.stablevideo.diffusion.PictureModels;
import org.stablevideo.edit.EditRequest;

/**
 * Keeps the picture model that was used last, so that the next edit need not load it again; its networks leave memory when nobody has painted for a
 * while, and at once when a painting broke off. One edit at a time.
 */
final class Painters implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Painters.class);
    private static final Duration IDLE = Duration.ofSeconds(90);

    private final PictureModels models;
    private final Duration idle;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "idle networks");
        thread.setDaemon(true);
        return thread;
    });
    private String loadedId = "";
    private PictureModel loaded;
    private ScheduledFuture<?> rest;

    Painters(PictureModels models) {
        this(models, IDLE);
    }

    /**
     * Painters.
     *
     * @param idle how long networks that nobody uses stay in memory
     */
    Painters(PictureModels models, Duration idle) {
        this.models = models;
        this.idle = idle;
    }

    /** Name and content hash of the model that a request means. */
    String id(EditRequest request) {
        return models.idOf(request.model(), request.lora());
    }

    /** Paints with the model that a request means, closing another one first. */
    synchronized <T> T paint(EditRequest request, Function<PictureModel, T> work) {
        if (rest != null) {
            rest.cancel(false);
        }
        PictureModel model = model(request);
        boolean done = false;
        try {
            T made = work.apply(model);
            done = true;
            return made;
        } finally {
            if (done) {
                rest = clock.schedule(this::putAway, idle.toMillis(), TimeUnit.MILLISECONDS);
            } else {
                putAway();
            }
        }
    }

    private PictureModel model(EditRequest request) {
        String id = id(request);
        if (loaded == null || !id.equals(loadedId)) {
            closeModel();
            loaded = models.open(request.model(), request.lora());
            loadedId = id;
        }
        return loaded;
    }

    private synchronized void putAway() {
        if (loaded != null) {
            LOG.debug("networks of {} leave memory", loadedId);
            loaded.putAway();
        }
    }

    private void closeModel() {
        if (loaded != null) {
            loaded.close();
            loaded = null;
        }
    }

    @Override
    public synchronized void close() {
        clock.shutdownNow();
        closeModel();
    }
}
