package org.stablevideo.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.stablevideo.problem.HostMissing;
import org.stablevideo.problem.ProblemException;

/** The host's command line, which opens whatever the host can open. */
public final class Melt {

    private Melt() {}

    /**
     * A process of melt, prepared: stdin closed, our filter to be found.
     *
     * @param arguments what follows the program's name
     */
    public static ProcessBuilder command(List<String> arguments) {
        List<String> line = new ArrayList<>();
        String own = System.getenv("STABLEVIDEO_MELT");
        line.add(own != null && !own.isBlank() ? own : "melt");
        line.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(line).redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        Map<String, String> environment = builder.environment();
        environment.put("SDL_AUDIODRIVER", "dummy");
        if (!environment.containsKey("MLT_REPOSITORY")) {
            SourceTree.root()
                    .map(root -> root.resolve("native-bridge/target/mlt-repository"))
                    .filter(Files::isDirectory)
                    .map(Path::toString)
                    .ifPresent(folder -> environment.put("MLT_REPOSITORY", folder));
        }
        return builder;
    }

    /**
     * Starts it.
     *
     * @throws ProblemException with {@link HostMissing} when there is no melt
     */
    static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new ProblemException(
                    new HostMissing(
                            "melt cannot be started (" + e.getMessage() + ").",
                            "Install it (apt install melt), or set STABLEVIDEO_MELT to its path."),
                    e);
        }
    }
}
