package org.stablevideo.diffusion;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

/**
 * Frames to paint one after another, so that they agree (Pix2Video, Ceylan et al., ICCV 2023).
 *
 * @param key names this work: equal keys mean equal frames and settings, so that interrupted work can be taken up
 * @param prompt what the frames shall show
 * @param negative what they must not show, or empty
 * @param caption what they show now, for the inversion, or empty
 * @param size working size, both sides multiples of the model's stride
 * @param count number of frames, at least 1
 * @param frames the frames, of that size, each asked for several times
 * @param edges finds the edges of a frame, in [0, 255]
 * @param deep whether depth is kept instead of the edges, by models that can
 * @param control how strongly structure is kept, in [0, 2]
 * @param steps steps of the schedule, at least 1
 * @param guidance classifier-free guidance scale, at least 1
 * @param anchors the frame with which each shot begins, ascending from 0; the first picture of a shot is its anchor
 * @param attention what a frame looks at
 * @param guided whether latents are drawn towards those of the frame before
 * @param tuning steps for which the network first learns the shot ({@link ShotTuning}); 0 leaves it as it is
 */
public record ShotRequest(
        String key,
        String prompt,
        String negative,
        String caption,
        FrameSize size,
        int count,
        IntFunction<Picture> frames,
        Function<Picture, Plane> edges,
        boolean deep,
        double control,
        int steps,
        double guidance,
        List<Integer> anchors,
        FrameAttention attention,
        boolean guided,
        int tuning) {

    public ShotRequest {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(negative, "negative");
        Objects.requireNonNull(caption, "caption");
        Objects.requireNonNull(attention, "attention");
        anchors = List.copyOf(anchors);
        if (count < 1 || anchors.isEmpty() || anchors.get(0) != 0 || anchors.get(anchors.size() - 1) >= count) {
            throw new IllegalArgumentException("anchors " + anchors + " of " + count + " frames");
        }
        for (int i = 1; i < anchors.size(); i++) {
            if (anchors.get(i) <= anchors.get(i - 1)) {
                throw new IllegalArgumentException("anchors ascend, got " + anchors);
            }
        }
        if (steps < 1 || steps > NoiseSchedule.TIMESTEPS) {
            throw new IllegalArgumentException("steps must be in 1.." + NoiseSchedule.TIMESTEPS + ", got " + steps);
        }
        if (!(guidance >= 1 && guidance <= 50)) {
            throw new IllegalArgumentException("guidance must be in [1, 50], got " + guidance);
        }
        if (!(control >= 0 && control <= 2)) {
            throw new IllegalArgumentException("control must be in [0, 2], got " + control);
        }
    }
}
