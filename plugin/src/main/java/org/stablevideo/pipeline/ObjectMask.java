package org.stablevideo.pipeline;

/**
 * Where a shot's objects are.
 *
 * @param path a matte clip, image or image sequence, or several with {@code |} between them; empty finds objects by motion
 * @param objects how many objects are told apart, at least 1
 * @param first frame of the mask that belongs to the shot's frame 0
 * @param frameCount number of frames of the whole clip that the mask belongs to
 */
public record ObjectMask(String path, int objects, int first, int frameCount) {}
