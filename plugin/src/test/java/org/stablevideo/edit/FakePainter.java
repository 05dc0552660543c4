package org.stablevideo.edit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.stablevideo.diffusion.PaintDefaults;
import org.stablevideo.diffusion.PaintRequest;
import org.stablevideo.diffusion.PictureModel;
import org.stablevideo.diffusion.ShotRequest;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.DrawnShot;

/** Paints a formula of the picture's position where there is nothing to start from, and gives a start back unchanged. */
final class FakePainter implements PictureModel {

    final List<PaintRequest> asked = new ArrayList<>();
    final List<ShotRequest> shots = new ArrayList<>();
    private final DrawnShot.Paint paint;

    /** @param paint colour at a position, both coordinates in [0, 1] */
    FakePainter(DrawnShot.Paint paint) {
        this.paint = paint;
    }

    @Override
    public String id() {
        return "fake-1";
    }

    @Override
    public FrameSize workingSize(FrameSize picture, boolean quick) {
        double scale = Math.min(64.0 / Math.min(picture.width(), picture.height()), 128.0 / picture.longSide());
        return new FrameSize(side(picture.width() * scale), side(picture.height() * scale));
    }

    private static int side(double pixels) {
        return (int) Math.max(1, Math.round(pixels / 8)) * 8;
    }

    @Override
    public PaintDefaults defaults() {
        return new PaintDefaults(7, 3.5, 0.8, 0.6, "best quality", "", "blurry");
    }

    @Override
    public Picture paint(PaintRequest request, Progress progress) {
        progress.report("painting", 0.5);
        asked.add(request);
        FrameSize size = request.size();
        return request.start().orElseGet(() -> DrawnShot.picture(
                size, (x, y) -> paint.at((x + 0.5) / size.width(), (y + 0.5) / size.height())));
    }

    @Override
    public List<Picture> paintShot(ShotRequest request, Path journal, Progress progress) {
        shots.add(request);
        return IntStream.range(0, request.count()).mapToObj(request.frames()::apply).toList();
    }

    @Override
    public void close() {
        // nothing was opened
    }
}
