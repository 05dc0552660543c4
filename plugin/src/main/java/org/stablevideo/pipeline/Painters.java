package org.stablevideo.pipeline;

import org.stablevideo.diffusion.PictureModel;
import org.stablevideo.diffusion.PictureModels;
import org.stablevideo.edit.EditRequest;

/** Keeps the picture model that was used last, so that the next edit need not load it again. One edit at a time. */
final class Painters implements AutoCloseable {

    private final PictureModels models;
    private String loadedId = "";
    private PictureModel loaded;

    Painters(PictureModels models) {
        this.models = models;
    }

    /** Name and content hash of the model that a request means. */
    String id(EditRequest request) {
        return models.idOf(request.model(), request.lora());
    }

    /** Lends a model, closing another one first; it stays open until the next call or {@link #close}. */
    synchronized PictureModel borrow(EditRequest request) {
        String id = id(request);
        if (loaded == null || !id.equals(loadedId)) {
            close();
            loaded = models.open(request.model(), request.lora());
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
