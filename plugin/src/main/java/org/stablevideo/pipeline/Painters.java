package org.stablevideo.pipeline;

import org.stablevideo.diffusion.PictureModel;
import org.stablevideo.diffusion.PictureModels;

/** Keeps the picture model that was used last, so that the next edit need not load it again. One edit at a time. */
final class Painters implements AutoCloseable {

    private final PictureModels models;
    private String loadedId = "";
    private PictureModel loaded;

    Painters(PictureModels models) {
        this.models = models;
    }

    /** Name and content hash of the model that a name means. */
    String id(String name) {
        return models.idOf(name);
    }

    /** Lends a model, closing the one of another name first; it stays open until the next call or {@link #close}. */
    synchronized PictureModel borrow(String name) {
        String id = id(name);
        if (loaded == null || !id.equals(loadedId)) {
            close();
            loaded = models.open(name);
            loadedId = id;
        }
        return loaded;
    }

    @Override
    public synchronized void close() {
        if (loaded != null) {
            loaded.close();
            loaded = null;
        }
    }
}
