package org.stablevideo.host;

import java.nio.file.Files;
import java.nio.file.Path;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.clip.SpooledClip;
import org.stablevideo.pipeline.ClipSource;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;

/** A clip whose frames melt delivers: spooled to {@code frames/} in the cache the first time, taken from there afterwards. */
public final class HostClip implements ClipSource {

    private static final Object SPOOLING = new Object();

    private final SourceClip source;
    private final ClipIdentity identity;
    private final Path folder;

    HostClip(SourceClip source, ClipIdentity identity, Path cache) {
        this.source = source;
        this.identity = identity;
        this.folder = cache.resolve("frames");
    }

    /**
     * The whole clip.
     *
     * @param resource what melt opens: a path or a resource of its own
     * @throws ProblemException with {@link org.stablevideo.problem.ClipUnreadable} when it is missing or has no pictures
     */
    public static HostClip of(String resource) {
        String known = ContentHash.isFile(resource) ? Path.of(resource).toAbsolutePath().normalize().toString() : resource;
        SourceClip source = new ClipProbe(UserFolders.cache()).probe(known);
        return new HostClip(source, source.whole(), UserFolders.cache());
    }

    /**
     * The part of a clip that is analysed when a timeline uses frames {@code first} to {@code last}: all of it, unless it is long.
     *
     * @param resource what melt opens
     * @param first first frame, at the clip's own rate
     * @param last last frame, included
     */
    public static HostClip of(String resource, int first, int last) {
        HostClip whole = of(resource);
        return new HostClip(whole.source, whole.source.part(first, last), UserFolders.cache());
    }

    @Override
    public ClipIdentity identity() {
        return identity;
    }

    @Override
    public Clip open(Progress progress) {
        Path file = folder.resolve(identity.key() + ".rgb");
        synchronized (SPOOLING) {
            if (Files.exists(file)) {
                try {
                    return SpooledClip.open(file);
                } catch (ProblemException e) {
                    // a spool that cannot be read is made anew and replaced
                }
            }
            return FrameIntake.spool(source, identity, file, progress);
        }
    }
}
