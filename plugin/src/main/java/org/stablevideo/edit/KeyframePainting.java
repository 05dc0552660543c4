package org.stablevideo.edit;

/** How the object's key frames are painted: the paper's way, and those it was compared with (StableVideo, section 4.4 and figure 11). */
public enum KeyframePainting {

    /** Each from what the earlier ones say about it through the atlas (equations 4–6): the method. */
    PROPAGATED,

    /** Each from noise of its own: only the prompt is shared. */
    INDEPENDENT,

    /** Each from the same noise. */
    FIXED_LATENT,

    /** Each from the one before as it stands, not carried through the atlas: picture to picture. */
    SEQUENTIAL,

    /** No key frames: the object's atlas itself is painted, as if it were a picture. */
    ATLAS_ITSELF;

    /**
     * Whether key frames get the same noise. The paper leaves open with which noise a key frame is taken from its start; the same one takes away a reason
     * for key frames to disagree.
     */
    boolean sharesNoise() {
        return this == FIXED_LATENT || this == PROPAGATED;
    }
}
