package org.stablevideo.host;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The source tree that this program runs from, when it was not installed. */
final class SourceTree {

    private SourceTree() {}

    /** Its top folder: named by the property {@code stablevideo.root}, else above the running classes. */
    static Optional<Path> root() {
        String named = System.getProperty("stablevideo.root");
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        try {
            Path at = Path.of(SourceTree.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            while (at != null && !Files.isDirectory(at.resolve("native-bridge"))) {
                at = at.getParent();
            }
            return Optional.ofNullable(at);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
