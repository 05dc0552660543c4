package org.stablevideo.cache;

import java.util.LinkedHashMap;
import java.util.Map;

/** Maps that remember what was used last. */
public final class RecentMap {

    private RecentMap() {}

    /**
     * A map for one thread at a time that forgets what was not asked for longest.
     *
     * @param most entries that it keeps
     */
    public static <K, V> Map<K, V> of(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }
}
