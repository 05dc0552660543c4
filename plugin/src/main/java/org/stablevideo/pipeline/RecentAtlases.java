package org.stablevideo.pipeline;

import java.util.Map;
import java.util.Optional;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.cache.RecentMap;

/** The atlases used last, in memory; others come from the shelf. Safe for several threads. */
final class RecentAtlases {

    private static final int MOST = 2;

    private final Stages shelf;
    private final Map<String, Atlas> recent = RecentMap.of(MOST);

    RecentAtlases(Stages shelf) {
        this.shelf = shelf;
    }

    Optional<Atlas> find(String id) {
        synchronized (recent) {
            Atlas atlas = recent.get(id);
            if (atlas != null) {
                return Optional.of(atlas);
            }
        }
        Optional<Atlas> atlas = shelf.findAtlas(id);
        atlas.ifPresent(this::remember);
        return atlas;
    }

    void remember(Atlas atlas) {
        synchronized (recent) {
            recent.put(atlas.id(), atlas);
        }
    }
}
