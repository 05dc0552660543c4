package org.stablevideo.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.stablevideo.host.HostClip;
import org.stablevideo.pipeline.ClipSource;
import org.stablevideo.problem.ClipUnreadable;
import org.stablevideo.problem.ProblemException;
import picocli.CommandLine.Parameters;

/** The clip that a command works on. */
final class ClipOptions {

    @Parameters(index = "0", paramLabel = "IN", description = "Clip: anything melt opens.")
    private Path in;

    /**
     * The clip as the host sees it.
     *
     * @throws ProblemException with {@link ClipUnreadable} when there is no such file, or no pictures in it
     */
    ClipSource source() {
        Path file = file();
        if (!Files.isRegularFile(file)) {
            throw new ProblemException(new ClipUnreadable("There is no file " + file + ".", "Check the name."));
        }
        return HostClip.of(file.toString());
    }

    /** Its absolute path. */
    Path file() {
        return in.toAbsolutePath().normalize();
    }
}
