package org.stablevideo.motion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

/** Carries the object painted on one frame through the whole clip: along the motion, cut out anew in every frame. */
final class PaintedFrame {

    /** Share of the matte carried on that the fresh cut may change in one frame. */
    private static final float RENEWAL = 0.6f;

    private PaintedFrame() {}

    /**
     * Carries.
     *
     * @param painted the object on frame {@code at}, at solve size; kept as it is there
     */
    static List<Plane> carry(SolveFrames frames, ClipFlow flow, Plane painted, int at, Progress progress) {
        CoarseClip clip = CoarseClip.of(frames, flow, progress.part(0, 0.1));
        float[][] maps = new float[clip.count()][];
        maps[at] = reduce(painted, clip);
        Progress carrying = progress.part(0.1, 0.8);
        int done = 1;
        for (int way = -1; way <= 1; way += 2) {
            for (int t = at + way; t >= 0 && t < clip.count(); t += way) {
                maps[t] = next(clip, maps[t - way], t, way);
                carrying.report("carrying the mask", ++done / (double) clip.count());
            }
        }
        float[][] steady = TrackSmoothing.along(clip, maps, 2);
        Plane[] mattes = new Plane[clip.count()];
        FrameWorkers.each(clip.count(), "softening edges", progress.part(0.8, 1),
                t -> mattes[t] = t == at ? painted : SoftEdges.refine(frames, t, clip, steady[t]));
        return new ArrayList<>(Arrays.asList(mattes));
    }

    private static float[] reduce(Plane painted, CoarseClip clip) {
        int w = clip.size().width();
        float[] map = new float[clip.size().area()];
        for (int i = 0; i < map.length; i++) {
            int x = Math.min(painted.size().width() - 1, i % w * clip.factor());
            int y = Math.min(painted.size().height() - 1, i / w * clip.factor());
            map[i] = (painted.values()[y * painted.size().width() + x] & 255) / 255f;
        }
        return map;
    }

    /** The matte of frame t from the one of frame t − way. */
    private static float[] next(CoarseClip clip, float[] previous, int t, int way) {
        int w = clip.size().width();
        int h = clip.size().height();
        FlowField back = clip.step(t, -way);
        float[] carried = new float[w * h];
        for (int y = 0, i = 0; y < h; y++) {
            for (int x = 0; x < w; x++, i++) {
                carried[i] = TrackSmoothing.sample(previous, w, h, x + back.dx(x, y), y + back.dy(x, y));
            }
        }
        float[] smooth = new GuidedFilter(clip.size(), clip.rgb()[t], 4, 1e-3).filter(carried);
        float[] cut = FrameCut.cut(clip.size(), clip.rgb()[t], smooth);
        float[] map = new float[w * h];
        for (int i = 0; i < map.length; i++) {
            float sure = (back.confidence()[i] & 255) / 255f;
            float renewal = RENEWAL * (1 - 0.6f * sure);
            map[i] = Math.max(0, Math.min(1, (1 - renewal) * smooth[i] + renewal * cut[i]));
        }
        return map;
    }
}
