package org.stablevideo.edit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.DenseMap;
import org.stablevideo.atlas.GridMap;
import org.stablevideo.atlas.Layer;
import org.stablevideo.clip.Clip;
import org.stablevideo.diffusion.PictureModel;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.frame.Resample;
import org.stablevideo.model.AggregationNetwork.Target;
import org.stablevideo.model.EditLayerNetwork;
import org.stablevideo.model.ModelStore;
import org.stablevideo.model.PictureFiles;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.Box;
import org.stablevideo.render.LayerEdit;
import org.stablevideo.tensor.SafetensorsFile;

/**
 * Text2LIVE (Bar-Tal et al., ECCV 2022): no picture model paints; a generator learns under the eye of CLIP to lay an edit layer, colour and opacity, over the
 * atlas, seen through the frames. What the paper trains at 2000 texels is trained here at {@value #TEXELS}, and brought to the shot's resolution under its guidance.
 *
 * @param store where the weights of CLIP are looked for
 * @param training how long, and how large
 */
record Text2LiveEdit(ModelStore store, EditLayerNetwork.Training training) implements EditMethod {

    /** CLIP as the paper has it, then others. */
    static final List<String> CLIP = List.of(
            "clip-vit-base-patch32.safetensors", "clip-vit-base-patch32", "clip-vit-base-patch16.safetensors", "clip-vit-base-patch16",
            "clip-vit-large-patch14.safetensors", "clip-vit-large-patch14");

    private static final int TEXELS = 256;
    private static final int MOST_FRAMES = 48;

    @Override
    public String weights() {
        return ModelStore.idOf(weightsFile());
    }

    private Path weightsFile() {
        return store.find(CLIP)
                .flatMap(path -> Files.isDirectory(path) ? PictureFiles.network(path) : java.util.Optional.of(path))
                .orElseThrow(() -> new ProblemException(new ModelMissing(
                        "The method text2live needs the weights of CLIP, which are not installed.",
                        "Fetch them (stablevideo models pull clip), or put clip-vit-base-patch32 of transformers into a model folder;"
                                + " the other methods of compare need none.")));
    }

    @Override
    public Edit edit(String id, Clip clip, Atlas atlas, EditRequest request, Surroundings around, PictureModel model, Progress progress) {
        atlas.requireFramesOf(clip);
        request.requireWords();
        int last = atlas.layers().size() - 1;
        List<Integer> painted = new ArrayList<>(ShownObjects.of(atlas, request, request.changesBackground() || around.more()));
        if (request.changesBackground()) {
            painted.add(last);
        }
        Path file = weightsFile();
        List<LayerEdit> layers = new ArrayList<>();
        for (int i = 0; i < painted.size(); i++) {
            int index = painted.get(i);
            String prompt = index == last ? request.background() : request.prompts().of(index);
            Progress part = progress.part((double) i / painted.size(), (i + 1.0) / painted.size());
            layers.add(layer(file, clip, atlas, index, prompt, request.seed() + (index == last ? 1 : ForegroundEdit.SEEDS * index), part));
        }
        return new Edit(id, atlas.id(), request, model.id() + "+" + ModelStore.idOf(file), List.of(), layers);
    }

    private LayerEdit layer(Path file, Clip clip, Atlas atlas, int index, String prompt, long seed, Progress progress) {
        try (SafetensorsFile weights = SafetensorsFile.open(file); EditLayerNetwork network = new EditLayerNetwork(weights)) {
            List<Target> frames = frames(clip, atlas, index, network.side());
            Layer layer = atlas.layers().get(index);
            Canvas texture = Canvas.of(layer.texture().colour());
            double scale = Math.min(1, (double) TEXELS / texture.size().longSide());
            FrameSize small = new FrameSize(
                    (int) Math.max(8, Math.round(texture.size().width() * scale)), (int) Math.max(8, Math.round(texture.size().height() * scale)));
            EditLayerNetwork.EditLayer painted = network.fit(small, texture.resized(small).planes(), frames, prompt, seed, training, progress);
            Picture large = GuidedUpsampling.apply(Canvas.of(small, painted.colour()), texture).picture();
            return new LayerEdit(index, large, opacity(Resample.resize(painted.opacity(), small, texture.size()), texture.size()));
        }
    }

    /** Every second frame, or fewer of a long clip, in which the layer shows: a square around it, as far as the frame reaches. */
    private static List<Target> frames(Clip clip, Atlas atlas, int index, int side) {
        boolean object = index < atlas.layers().size() - 1;
        FrameSize size = atlas.solveSize();
        FrameSize square = new FrameSize(side, side);
        Layer layer = atlas.layers().get(index);
        List<Box> boxes = object ? Crop.around(layer, size) : Crop.whole(size, atlas.frameCount());
        int[] shown = IntStream.range(0, boxes.size()).filter(t -> !object || KeyframeChoice.shows(layer.opacity().get(t))).toArray();
        int apart = Math.max(2, (shown.length + MOST_FRAMES - 1) / MOST_FRAMES);
        List<Target> out = new ArrayList<>();
        for (int i = 0; i < shown.length; i += apart) {
            int t = shown[i];
            Box own = boxes.get(t);
            int longer = Math.max(own.width(), own.height());
            Box box = own.grown(0, longer, size);
            Canvas picture = Canvas.of(clip.frame(t).copy()).resized(size).weighted(ShotRenderer.share(atlas, index, t, size));
            Canvas part = Crop.of(picture, box).resized(square);
            DenseMap map = GridMap.dense(layer.mapping().get(t), size, size);
            float[] u = Resample.resize(Crop.cut(map.u(), size, box), box.size(), square);
            float[] v = Resample.resize(Crop.cut(map.v(), size, box), box.size(), square);
            out.add(ForegroundEdit.target(part, u, v, layer.texture().size()));
        }
        return out;
    }

    private static Plane opacity(float[] values, FrameSize size) {
        byte[] out = new byte[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) Math.round(255 * Math.max(0, Math.min(1, values[i])));
        }
        return new Plane(size, out);
    }
}
