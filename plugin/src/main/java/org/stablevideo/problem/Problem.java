package org.stablevideo.problem;

/**
 * Something a user can act on. The code is also its anchor under “When it fails” in the README.
 *
 * <p>Every variant is a record in this file or in {@code problem}; a test walks all of them and finds their anchors.
 */
public sealed interface Problem
        permits ModelMissing, ModelInvalid, PresetInvalid, ClipUnreadable, MaskInvalid, AtlasInvalid, CacheFull, BackendGone,
                RequestInvalid, HostMissing, EditInvalid, MemoryShort {

    /** Stable, lower case with hyphens, never reused: {@code model-missing}. */
    String code();

    /** What happened, with names and numbers, one sentence. */
    String message();

    /** The next thing to do, one sentence. */
    String remedy();

    /** Message and remedy as one line for logs, the effect panel and the terminal. */
    default String sentence() {
        return message() + " " + remedy();
    }
}
