package org.stablevideo.edit;

import java.nio.file.Path;
import java.util.List;
import org.stablevideo.diffusion.FrameAttention;
import org.stablevideo.diffusion.PaintDefaults;
import org.stablevideo.diffusion.PictureModel;
import org.stablevideo.diffusion.ShotRequest;
import org.stablevideo.frame.Picture;
import org.stablevideo.motion.ShotChanges;
import org.stablevideo.progress.Progress;

/**
 * Pix2Video (Ceylan et al., ICCV 2023): frames that look at each other while they are painted. It needs no atlas that holds, and takes its time: every
 * frame is painted. Always DDIM, whatever the request's sampler, and no seed: the noise is the shot's own.
 *
 * @param work folder where unfinished work waits to be taken up
 * @param attention what a frame looks at
 * @param guided whether latents are drawn towards those of the frame before
 * @param tuning steps for which the network first learns the shot, as Tune-A-Video has it; 0 for Pix2Video
 */
record Pix2VideoFrames(Path work, FrameAttention attention, boolean guided, int tuning) implements FramewiseEdit.Frames {

    @Override
    public List<Picture> paint(String id, Painter painter, Painter.Subject subject, FramewiseEdit.Shown shown, Progress progress) {
        PictureModel model = painter.model();
        PaintDefaults own = model.defaults();
        EditRequest request = painter.request();
        ShotRequest shot = new ShotRequest(
                id,
                subject.prompt(),
                request.negative().isBlank() ? own.negative() : request.negative().strip(),
                "",
                shown.size(),
                shown.count(),
                shown::frame,
                EdgeMap::of,
                subject.deep(),
                subject.control(),
                request.steps().orElse(own.steps()),
                request.guidance().orElse(own.guidance()),
                ShotChanges.starts(shown.clip(), Progress.NONE),
                attention,
                guided,
                tuning);
        return model.paintShot(shot, work.resolve(id + ".shot"), progress);
    }
}
