package org.stablevideo.edit;

import java.util.Arrays;
import java.util.Optional;
import org.stablevideo.atlas.AtlasTexture;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.LayerEdit;

/**
 * Edits a layer by its atlas, as backgrounds are: it is painted once, from noise, over its own edges, and brought to the atlas's resolution under its guidance.
 *
 * <p>A panorama longer than {@value #LONGEST} times its height is painted twice where that shows more: first squeezed as a whole, which fixes what is
 * where, then in overlapping tiles that start from it, so that each is painted in a shape that models know.
 */
final class BackgroundEdit {

    /** Tone is wider than a seventh of the atlas: a window of this share to either side. */
    private static final int TONE = 14;

    private static final double LONGEST = 2.2;
    private static final double TILE = 1.6;
    private static final double TILE_STRENGTH = 0.65;

    /** Tiles are worth their time where they are painted this many times as finely as the whole. */
    private static final double WORTH = 1.3;

    /** How much is painted anew beside a look that is known. */
    private static final double BESIDE_STRENGTH = 0.8;

    private final int index;
    private final Painter painter;
    private final Painter.Subject subject;
    private final Canvas shot;
    private FrameSize working = new FrameSize(1, 1);

    BackgroundEdit(int index, AtlasTexture texture, Painter painter, Painter.Subject subject) {
        this.index = index;
        this.painter = painter;
        this.subject = subject;
        byte[] coverage = texture.coverage().values();
        float[] seen = new float[coverage.length];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = (coverage[i] & 255) / 255f + 0.001f;
        }
        shot = Canvas.of(texture.colour()).weighted(seen);
    }

    /**
     * Edits.
     *
     * @param known the look that the edit goes on with
     * @param enough whether nothing has to be painted beside it
     */
    LayerEdit run(Optional<SeamLook> known, boolean enough, Progress progress) {
        progress.report("painting the background", 0);
        if (enough) {
            return finished(known.orElseThrow().texels().filled(), progress);
        }
        Optional<Canvas> start = known.map(look -> look.texels().filled());
        boolean wide = shot.size().width() >= shot.size().height();
        double aspect = (double) shot.size().longSide() / shot.size().shortSide();
        Canvas painted;
        if (aspect <= LONGEST || !tilesShowMore(wide)) {
            painted = paint(shot, shot.size(), start, BESIDE_STRENGTH, 0, progress.part(0, 0.9));
        } else {
            int across = (int) Math.ceil((aspect - TILE) / (TILE * 0.75)) + 1;
            FrameSize squeezed = wide
                    ? new FrameSize((int) (shot.size().height() * LONGEST), shot.size().height())
                    : new FrameSize(shot.size().width(), (int) (shot.size().width() * LONGEST));
            Canvas whole = start.orElseGet(
                    () -> paint(shot.resized(squeezed), shot.size(), Optional.empty(), 1, 0, progress.part(0, 0.9 / (across + 1))));
            painted = tiles(whole, wide, across, progress.part(0.9 / (across + 1), 0.9));
        }
        Canvas shaded = Relief.apply(painted, shot, 1 + shot.size().longSide() / TONE, 0, Painter.relief(working));
        return finished(known.map(look -> look.over(shaded)).orElse(shaded), progress);
    }

    private LayerEdit finished(Canvas texture, Progress progress) {
        Picture colour = texture.picture();
        byte[] all = new byte[colour.size().area()];
        Arrays.fill(all, (byte) 255);
        progress.report("background painted", 1);
        return new LayerEdit(index, colour, new Plane(colour.size(), all));
    }

    /** Paints one picture and brings it to the size wanted, guided by what it shows. */
    private Canvas paint(Canvas shown, FrameSize wanted, Optional<Canvas> start, double strength, long order, Progress progress) {
        working = subject.deep() && start.isEmpty() ? painter.sceneSize(shown.size()) : painter.workingSize(shown.size());
        FrameSize size = working;
        Picture painted = painter.paint(
                subject,
                shown.resized(size).picture(),
                start.map(canvas -> canvas.resized(size).picture()),
                strength,
                painter.request().seed() + 1000 + order,
                progress.renamed(stage -> "painting the background"));
        return GuidedUpsampling.apply(Canvas.of(painted), shown.resized(wanted));
    }

    /** They do where they are painted clearly more finely, or by a model that paints whole scenes otherwise than their parts. */
    private boolean tilesShowMore(boolean wide) {
        FrameSize size = shot.size();
        FrameSize whole = painter.workingSize(size);
        FrameSize tile = wide ? new FrameSize(tileLength(), size.height()) : new FrameSize(size.width(), tileLength());
        return !whole.equals(painter.sceneSize(size)) || painter.workingSize(tile).shortSide() > WORTH * whole.shortSide();
    }

    private int tileLength() {
        return (int) Math.min(shot.size().longSide(), Math.round(TILE * shot.size().shortSide()));
    }

    private Canvas tiles(Canvas whole, boolean wide, int count, Progress progress) {
        FrameSize size = shot.size();
        int length = size.longSide();
        int tile = tileLength();
        Canvas sum = Canvas.blank(size);
        for (int i = 0; i < count; i++) {
            int from = count == 1 ? 0 : (int) Math.round((double) i * (length - tile) / (count - 1));
            Canvas part = cut(shot, wide, from, tile);
            Canvas painted = paint(
                    part,
                    part.size(),
                    Optional.of(cut(whole, wide, from, tile)),
                    TILE_STRENGTH,
                    i + 1L,
                    progress.part((double) i / count, (i + 1.0) / count));
            add(sum, painted, wide, from);
        }
        for (int i = 0; i < sum.weight().length; i++) {
            for (int k = 0; k < 3; k++) {
                sum.colour()[k][i] /= sum.weight()[i];
            }
            sum.weight()[i] = 1;
        }
        return sum;
    }

    private static Canvas cut(Canvas from, boolean wide, int start, int length) {
        FrameSize size = wide ? new FrameSize(length, from.size().height()) : new FrameSize(from.size().width(), length);
        Canvas out = Canvas.blank(size);
        for (int y = 0; y < size.height(); y++) {
            int at = (y + (wide ? 0 : start)) * from.size().width() + (wide ? start : 0);
            for (int k = 0; k < 3; k++) {
                System.arraycopy(from.colour()[k], at, out.colour()[k], y * size.width(), size.width());
            }
            System.arraycopy(from.weight(), at, out.weight(), y * size.width(), size.width());
        }
        return out;
    }

    /** Adds a tile with a weight that falls towards its ends, so that neighbours blend. */
    private static void add(Canvas sum, Canvas tile, boolean wide, int from) {
        FrameSize size = tile.size();
        int length = wide ? size.width() : size.height();
        for (int y = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++) {
                int along = wide ? x : y;
                float weight = Math.min(along + 1, length - along) / (float) length;
                int to = (y + (wide ? 0 : from)) * sum.size().width() + x + (wide ? from : 0);
                sum.weight()[to] += weight;
                for (int k = 0; k < 3; k++) {
                    sum.colour()[k][to] += weight * tile.colour()[k][y * size.width() + x];
                }
            }
        }
    }
}
