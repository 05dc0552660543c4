package org.stablevideo.pipeline;

/**
 * Where a shot's object is.
 *
 * @param path a matte clip, image or image sequence; empty finds the object by motion
 * @param first frame of the mask that belongs to the shot's frame 0
 * @param frameCount number of frames of the whole clip that the mask belongs to
 */
public record ObjectMask(String path, int first, int frameCount) {}
