package org.stablevideo.host;

import java.nio.file.Path;

/** Where this user's files are. */
public final class UserFolders {

    private UserFolders() {}

    /** Finished work that can be made anew: {@code $STABLEVIDEO_CACHE}, else {@code $XDG_CACHE_HOME/stablevideo}, else {@code ~/.cache/stablevideo}. */
    public static Path cache() {
        String own = System.getenv("STABLEVIDEO_CACHE");
        return own != null && !own.isBlank() ? Path.of(own) : below("XDG_CACHE_HOME", ".cache");
    }

    /** Log files: {@code $XDG_STATE_HOME/stablevideo}, else {@code ~/.local/state/stablevideo}. */
    public static Path state() {
        return below("XDG_STATE_HOME", ".local/state");
    }

    private static Path below(String variable, String otherwise) {
        String base = System.getenv(variable);
        Path folder = base != null && !base.isBlank() ? Path.of(base) : Path.of(System.getProperty("user.home")).resolve(otherwise);
        return folder.resolve("stablevideo");
    }
}
