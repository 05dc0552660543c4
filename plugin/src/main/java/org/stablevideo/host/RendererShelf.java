package org.stablevideo.host;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.stablevideo.render.FrameRenderer;

/** The renderers used last, open. One that is pushed out while it renders is closed when it is done. Safe for any thread. */
final class RendererShelf implements AutoCloseable {

    private static final int PLACES = 4;

    private static final class Place {
        private final FrameRenderer renderer;
        private int users;
        private boolean out;

        Place(FrameRenderer renderer) {
            this.renderer = renderer;
        }
    }

    /** A renderer in use; close it as soon as the frame is done. */
    final class Loan implements AutoCloseable {
        private final Place place;

        private Loan(Place place) {
            this.place = place;
        }

        FrameRenderer renderer() {
            return place.renderer;
        }

        @Override
        public void close() {
            boolean last;
            synchronized (places) {
                place.users--;
                last = place.out && place.users == 0;
            }
            if (last) {
                place.renderer.close();
            }
        }
    }

    private final Map<Object, Place> places = new LinkedHashMap<>(8, 0.75f, true);

    /** The renderer of a piece of work, when it is here. */
    Optional<Loan> take(Object key) {
        synchronized (places) {
            Place place = places.get(key);
            if (place == null) {
                return Optional.empty();
            }
            place.users++;
            return Optional.of(new Loan(place));
        }
    }

    /** Takes a renderer over; where another one for the same work is here already, that one stays and the new one is closed. */
    void put(Object key, FrameRenderer renderer) {
        List<FrameRenderer> unused = new ArrayList<>();
        synchronized (places) {
            if (places.containsKey(key)) {
                unused.add(renderer);
            } else {
                places.put(key, new Place(renderer));
            }
            Iterator<Place> oldest = places.values().iterator();
            for (int excess = places.size() - PLACES; excess > 0; excess--) {
                pushOut(oldest.next(), unused);
                oldest.remove();
            }
        }
        unused.forEach(FrameRenderer::close);
    }

    private static void pushOut(Place place, List<FrameRenderer> unused) {
        place.out = true;
        if (place.users == 0) {
            unused.add(place.renderer);
        }
    }

    @Override
    public void close() {
        List<FrameRenderer> unused = new ArrayList<>();
        synchronized (places) {
            places.values().forEach(place -> pushOut(place, unused));
            places.clear();
        }
        unused.forEach(FrameRenderer::close);
    }
}
