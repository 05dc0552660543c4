package org.stablevideo.edit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.DenseMap;
import org.stablevideo.atlas.GridMap;
import org.stablevideo.atlas.Layer;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.BoxMean;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.frame.Resample;
import org.stablevideo.model.AggregationNetwork;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.Box;
import org.stablevideo.render.LayerEdit;

/**
 * Edits an object (section 3.2 and 3.3 of the paper): key frames are painted one after another, each from what the earlier ones say about it
 * through the atlas (equations 4–6), and merged into one texture (equation 7).
 *
 * <p>Deviations from the released code: key frames are carried into the atlas as meshes and not by triangulating scattered points; the median
 * heeds coverage; the crop is the same on every run; a key frame keeps the tone of what is known of it ({@link KnownTone}); the painting is brought to the shot's
 * resolution under its guidance before it is carried over.
 */
final class ForegroundEdit {

    private static final Logger LOG = LoggerFactory.getLogger(ForegroundEdit.class);
    private static final int LEAST_CROP = 64;

    /** Seeds between those of one object and of the next. */
    static final long SEEDS = 100_000;

    private static final int EPOCHS = 100;
    private static final double RATE = 3e-3;

    private final Clip clip;
    private final Atlas atlas;
    private final int index;
    private final Layer layer;
    private final Painter painter;
    private final KeyframePainting way;
    private final List<Canvas> parts = new ArrayList<>();
    private final List<AggregationNetwork.Target> targets = new ArrayList<>();
    private FrameSize working = new FrameSize(1, 1);
    private Picture before;

    ForegroundEdit(Clip clip, Atlas atlas, int index, Painter painter, KeyframePainting way) {
        this.clip = clip;
        this.atlas = atlas;
        this.index = index;
        this.layer = atlas.layers().get(index);
        this.painter = painter;
        this.way = way;
    }

    /** One key frame's crop: its pixels with the matte as weight, and where they lie in the atlas. */
    private record View(Canvas picture, float[] u, float[] v) {}

    /**
     * Edits.
     *
     * @param keyframes frames in which the object shows, in order of propagation; at least one where nothing is known
     * @param known the look that the edit goes on with: the first key frame, painted elsewhere
     */
    LayerEdit run(List<Integer> keyframes, Optional<SeamLook> known, Progress progress) {
        known.ifPresent(look -> parts.add(look.texels()));
        for (int i = 0; i < keyframes.size(); i++) {
            Progress part = progress.part(0.85 * i / keyframes.size(), 0.85 * (i + 1) / keyframes.size());
            paint(keyframes.get(i), i, part);
        }
        Canvas merged = AtlasMerge.median(parts).filled();
        if (keyframes.isEmpty()) {
            return finished(merged, progress);
        }
        Canvas refined = aggregate(merged, progress.part(0.85, 0.97));
        Canvas shot = Canvas.of(layer.texture().colour()).weighted(seen());
        double relief = Painter.relief(working);
        Canvas shaded = Relief.apply(refined, shot, shot.size().longSide(), relief, relief);
        return finished(known.map(look -> look.over(shaded)).orElse(shaded), progress);
    }

    private LayerEdit finished(Canvas texture, Progress progress) {
        Picture colour = texture.picture();
        byte[] whole = new byte[colour.size().area()];
        Arrays.fill(whole, (byte) 255);
        progress.report("object edited", 1);
        return new LayerEdit(index, colour, new Plane(colour.size(), whole));
    }

    private void paint(int frame, int order, Progress progress) {
        progress.report("painting key frame " + frame, 0);
        View view = view(frame);
        working = painter.workingSize(view.picture.size());
        Canvas small = view.picture.onBlack().resized(working);
        Optional<Canvas> carried = way == KeyframePainting.PROPAGATED && !parts.isEmpty() ? Optional.of(carried(view)) : Optional.empty();
        Optional<Picture> start = carried.map(known -> known.filled().weighted(view.picture.weight()).onBlack().resized(working).picture()).or(this::start);
        Picture painted = painter.paint(
                painter.foreground(index),
                small.picture(),
                start,
                painter.request().strength(),
                painter.request().seed() + SEEDS * index + (way.sharesNoise() ? 0 : order),
                progress.renamed(stage -> "painting key frame " + frame));
        before = painted;
        float[] matte = Resample.resize(view.picture.weight(), view.picture.size(), working);
        Canvas sharp = GuidedUpsampling.apply(Canvas.of(painted).weighted(inside(matte, working)), view.picture);
        Canvas toned = carried.map(known -> inToneOf(known, view, sharp)).orElse(sharp);
        Canvas edited = toned.weighted(view.picture.weight());
        parts.add(AtlasSplat.draw(edited, view.u, view.v, layer.texture().size()));
        targets.add(target(edited, view));
    }

    /** What a key frame that is not carried through the atlas starts from. */
    private Optional<Picture> start() {
        return way == KeyframePainting.SEQUENTIAL && before != null ? Optional.of(Canvas.of(before).resized(working).picture()) : Optional.empty();
    }

    /** Equation 5: the earlier key frames as this one sees them; the weight says where they show it. What they do not show comes from what they show beside it. */
    private Canvas carried(View view) {
        return AtlasSplat.sample(AtlasMerge.median(parts), view.u, view.v, view.picture.size());
    }

    /** Compared at the shot's resolution, where both have lost the small painting's dark rim: compared before, each painting would end brighter than what it goes on with. */
    private static Canvas inToneOf(Canvas known, View view, Canvas painted) {
        float[] both = new float[known.weight().length];
        for (int i = 0; i < both.length; i++) {
            both[i] = Math.min(1, known.weight()[i]) * view.picture.weight()[i];
        }
        return KnownTone.of(painted, known.weighted(both));
    }

    private View view(int frame) {
        FrameSize size = clip.size();
        Plane matte = atlas.seen(index, frame);
        Box box = Box.of(matte, 128);
        double sx = (double) size.width() / matte.size().width();
        double sy = (double) size.height() / matte.size().height();
        Box own = new Box(
                (int) (box.left() * sx),
                (int) (box.top() * sy),
                (int) Math.min(size.width(), Math.ceil(box.right() * sx)),
                (int) Math.min(size.height(), Math.ceil(box.bottom() * sy)));
        Box crop = own.grown(8 + Math.max(own.width(), own.height()) / 12, LEAST_CROP, size);
        Canvas picture = Canvas.of(clip.frame(frame).copy());
        DenseMap map = GridMap.dense(layer.mapping().get(frame), atlas.solveSize(), size);
        float[][] colour = new float[3][];
        for (int k = 0; k < 3; k++) {
            colour[k] = Crop.cut(picture.colour()[k], size, crop);
        }
        float[] weight = Crop.cut(Resample.resize(matte.shares(), matte.size(), size), size, crop);
        return new View(new Canvas(crop.size(), colour, weight), Crop.cut(map.u(), size, crop), Crop.cut(map.v(), size, crop));
    }

    /**
     * Which painted pixels can be trusted: those away from the matte's border, where a small painting has already faded into the black around it.
     * A thing too thin to have an inside keeps its matte.
     */
    static float[] inside(float[] matte, FrameSize size) {
        float[] blurred = BoxMean.of(matte, size, 2);
        float[] out = new float[matte.length];
        float most = 0;
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.max(0, Math.min(1, (blurred[i] - 0.6f) / 0.35f)) * matte[i];
            most = Math.max(most, out[i]);
        }
        return most > 0.5f ? out : matte;
    }

    private AggregationNetwork.Target target(Canvas edited, View view) {
        float[] u = Resample.resize(view.u, edited.size(), working);
        float[] v = Resample.resize(view.v, edited.size(), working);
        return target(edited.resized(working), u, v, layer.texture().size());
    }

    /**
     * What a picture says of a texture.
     *
     * @param picture colours, and how far each pixel belongs to the layer
     * @param u texel column for each pixel
     * @param v texel row for each pixel
     */
    static AggregationNetwork.Target target(Canvas picture, float[] u, float[] v, FrameSize texture) {
        float[] grid = new float[2 * u.length];
        for (int i = 0; i < u.length; i++) {
            grid[2 * i] = 2 * u[i] / Math.max(1, texture.width() - 1) - 1;
            grid[2 * i + 1] = 2 * v[i] / Math.max(1, texture.height() - 1) - 1;
        }
        return new AggregationNetwork.Target(picture.size(), picture.planes(), picture.weight(), grid);
    }

    private Canvas aggregate(Canvas merged, Progress progress) {
        FrameSize size = merged.size();
        try (AggregationNetwork network = new AggregationNetwork()) {
            AggregationNetwork.Fit fit = network.fit(size, merged.planes(), targets, EPOCHS, RATE, progress);
            if (fit.losses().length > 0) {
                LOG.info("key frames differ from their merged atlas by {} levels", String.format(Locale.ROOT, "%.2f", 255 * fit.losses()[0] / targets.size()));
            }
            return Canvas.of(size, fit.atlas());
        }
    }

    private float[] seen() {
        byte[] coverage = layer.texture().coverage().values();
        float[] out = new float[coverage.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (coverage[i] & 255) / 255f + 0.001f;
        }
        return out;
    }
}
