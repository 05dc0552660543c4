package org.stablevideo.edit;

import org.stablevideo.atlas.Atlas;

/** A part of a clip that is edited: what is needed to render it, and what the next part goes on from. */
public record EditedPart(Atlas atlas, Edit edit) {}
