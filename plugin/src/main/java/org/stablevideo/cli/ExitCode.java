package org.stablevideo.cli;

/** What a command tells its caller. */
public final class ExitCode {

    /** Everything asked for is there. */
    public static final int DONE = 0;

    /** Nothing usable came out; the reason is on stderr. */
    public static final int FAILED = 1;

    /** The command line was not understood. */
    public static final int USAGE = 2;

    /** The file is there, but some of its frames are the source's. */
    public static final int INCOMPLETE = 3;

    /** The user stopped it. */
    public static final int CANCELLED = 130;

    private ExitCode() {}
}
