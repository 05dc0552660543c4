package org.stablevideo.edit;

import java.util.ArrayList;
import java.util.List;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.clip.Clip;
import org.stablevideo.diffusion.PictureModel;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.Box;

/**
 * Edits that paint every frame: the object in a crop that follows it, the background in the whole frame, each under its own prompt. How the frames
 * of a layer are painted is up to the {@link Frames}.
 */
public final class FramewiseEdit implements EditMethod {

    /** Paints the frames of one layer. */
    interface Frames {

        /**
         * Paints.
         *
         * @param id names this work, the same when it is tried again
         * @param subject prompt and control
         * @param shown the frames to be painted, at working size; an object is shown on black
         * @return one picture a frame, of that size
         */
        List<Picture> paint(String id, Painter painter, Painter.Subject subject, Shown shown, Progress progress);
    }

    /**
     * Frames that are cut out of a clip when they are asked for, so that any length fits into memory.
     *
     * @param clip the clip
     * @param atlas its atlas
     * @param layer which layer is painted
     * @param boxes where, one a frame
     * @param size working size
     */
    record Shown(Clip clip, Atlas atlas, int layer, List<Box> boxes, FrameSize size) {

        int count() {
            return boxes.size();
        }

        Picture frame(int index) {
            Canvas frame = Canvas.of(clip.frame(index).copy());
            boolean object = layer < atlas.layers().size() - 1;
            Canvas part = object ? frame.weighted(ShotRenderer.share(atlas, layer, index, frame.size())) : frame;
            return Crop.of(part, boxes.get(index)).onBlack().resized(size).picture();
        }
    }

    private final Frames frames;

    FramewiseEdit(Frames frames) {
        this.frames = frames;
    }

    /**
     * SDEdit (Meng et al. 2022), the plain baseline: every frame is noised to the request's strength and denoised under the prompt and its edges, for
     * itself.
     *
     * @param fixed whether all frames get the same noise
     */
    public static FramewiseEdit sdedit(boolean fixed) {
        return new FramewiseEdit((id, painter, subject, shown, progress) -> {
            List<Picture> pictures = new ArrayList<>();
            for (int t = 0; t < shown.count(); t++) {
                Picture picture = shown.frame(t);
                double from = (double) t / shown.count();
                pictures.add(painter.paint(
                        subject, picture, java.util.Optional.of(picture), painter.request().strength(), painter.request().seed() + (fixed ? 0 : t),
                        progress.part(from, from + 1.0 / shown.count()).renamed(stage -> "painting frames")));
            }
            return pictures;
        });
    }

    @Override
    public Edit edit(String id, Clip clip, Atlas atlas, EditRequest request, Surroundings around, PictureModel model, Progress progress) {
        atlas.requireFramesOf(clip);
        List<Integer> objects = ShownObjects.of(atlas, request, request.changesBackground() || around.more());
        int last = atlas.layers().size() - 1;
        List<Integer> layers = new ArrayList<>(objects);
        if (request.changesBackground()) {
            layers.add(last);
        }
        Painter painter = new Painter(model, request);
        painter.foretell(clip.size(), 0, clip.frameCount() * layers.size(), progress);
        List<PaintedShot> shots = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            int layer = layers.get(i);
            List<Box> boxes = layer == last ? Crop.whole(clip.size(), clip.frameCount()) : Crop.around(atlas.layers().get(layer), clip.size());
            Painter.Subject subject = layer == last ? painter.background() : painter.foreground(layer);
            Progress part = progress.part((double) i / layers.size(), (i + 1.0) / layers.size());
            PaintedShot shot = paint(id + "-" + layer, painter, subject, clip, atlas, layer, boxes, part);
            shots.add(around.origin().map(origin -> ColourMatch.goingOn(shot, atlas, origin)).orElse(shot));
        }
        progress.report("edited", 1);
        return new Edit(id, atlas.id(), request, model.id(), List.of(), List.of(), shots);
    }

    private PaintedShot paint(
            String id, Painter painter, Painter.Subject subject, Clip clip, Atlas atlas, int layer, List<Box> boxes, Progress progress) {
        Box largest = boxes.stream().max(java.util.Comparator.comparingInt(box -> box.width() * box.height())).orElseThrow();
        FrameSize working = painter.workingSize(largest.size());
        Shown shown = new Shown(clip, atlas, layer, boxes, working);
        return new PaintedShot(layer, clip.size(), boxes, frames.paint(id, painter, subject, shown, progress));
    }
}
