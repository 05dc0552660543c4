package org.stablevideo.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.Layer;
import org.stablevideo.clip.Clip;
import org.stablevideo.diffusion.PictureModel;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.LayerEdit;

/**
 * StableVideo (Chai et al., ICCV 2023): objects are edited in key frames and gathered in their atlas, the background is edited in its atlas;
 * both are then sampled for every frame.
 */
public final class StableVideoEdit implements EditMethod {

    private static final Logger LOG = LoggerFactory.getLogger(StableVideoEdit.class);
    private static final double FOREGROUND_SHARE = 0.7;

    private final KeyframePainting way;

    /** The method of the paper. */
    public StableVideoEdit() {
        this(KeyframePainting.PROPAGATED);
    }

    /** The method, or one that the paper compares it with. */
    public StableVideoEdit(KeyframePainting way) {
        this.way = way;
    }

    @Override
    public Edit edit(String id, Clip clip, Atlas atlas, EditRequest request, PictureModel model, Progress progress) {
        atlas.requireFramesOf(clip);
        request.requireWords();
        boolean background = request.changesBackground();
        List<Integer> keyframes = request.changesObject() ? keyframes(clip, atlas, request, background) : List.of();
        Painter painter = new Painter(model, request);
        int first = way == KeyframePainting.PROPAGATED ? Math.min(1, keyframes.size()) : keyframes.size();
        painter.foretell(clip.size(), first + (background ? 1 : 0), keyframes.size() - first, progress);
        List<LayerEdit> layers = new ArrayList<>();
        double share = keyframes.isEmpty() ? 0 : background ? FOREGROUND_SHARE : 1;
        if (!keyframes.isEmpty() && way == KeyframePainting.ATLAS_ITSELF) {
            keyframes = List.of();
            layers.add(new BackgroundEdit(0, atlas.layers().get(0).texture(), painter, painter.foreground()).run(progress.part(0, share)));
        } else if (!keyframes.isEmpty()) {
            LOG.info("painting the object in frames {}", keyframes);
            layers.add(new ForegroundEdit(clip, atlas, 0, painter, way).run(keyframes, progress.part(0, share)));
        }
        if (background) {
            int last = atlas.layers().size() - 1;
            layers.add(new BackgroundEdit(last, atlas.background().texture(), painter, painter.background()).run(progress.part(share, 1)));
        }
        progress.report("edited", 1);
        return new Edit(id, atlas.id(), request, model.id(), keyframes, layers);
    }

    /** The frames to edit; empty when there is no object but a background to go on with. */
    private static List<Integer> keyframes(Clip clip, Atlas atlas, EditRequest request, boolean background) {
        boolean seen = atlas.foreground()
                .map(layer -> layer.opacity().stream().anyMatch(KeyframeChoice::shows))
                .orElse(false);
        if (!seen) {
            if (background) {
                LOG.warn("no object was found in the clip; only the background is edited");
                return List.of();
            }
            throw new ProblemException(new RequestInvalid(
                    "No object was found in the clip, so “" + shortened(request.foreground()) + "” has nothing to be laid on.",
                    "Give a mask of the object (mask=…), or write a background prompt instead."));
        }
        Layer layer = atlas.foreground().orElseThrow();
        if (request.keyframes().isEmpty()) {
            List<Integer> chosen = KeyframeChoice.of(clip, layer, atlas.solveSize());
            return chosen.isEmpty() ? firstShown(layer) : chosen;
        }
        for (int frame : request.keyframes()) {
            if (frame < 0 || frame >= atlas.frameCount()) {
                throw new ProblemException(new RequestInvalid(
                        "Key frame " + frame + " is outside the clip of " + atlas.frameCount() + " frames.",
                        "Choose key frames from 0 to " + (atlas.frameCount() - 1) + ", or leave them to coverage (keyframes=auto)."));
            }
        }
        List<Integer> shown = request.keyframes().stream()
                .distinct()
                .filter(frame -> KeyframeChoice.shows(layer.opacity().get(frame)))
                .toList();
        if (shown.size() < request.keyframes().size()) {
            LOG.warn("the object does not show in every key frame of {}; {} are painted", request.keyframes(), shown);
        }
        if (shown.isEmpty()) {
            throw new ProblemException(new RequestInvalid(
                    "The object shows in none of the key frames " + request.keyframes() + ".",
                    "Choose frames in which it is seen, or leave them to coverage (keyframes=auto)."));
        }
        return shown;
    }

    /** For objects too small to compare views of. */
    private static List<Integer> firstShown(Layer layer) {
        return IntStream.range(0, layer.opacity().size())
                .filter(frame -> KeyframeChoice.shows(layer.opacity().get(frame)))
                .boxed()
                .limit(1)
                .toList();
    }

    private static String shortened(String prompt) {
        int points = prompt.codePointCount(0, prompt.length());
        return points <= 60 ? prompt : prompt.substring(0, prompt.offsetByCodePoints(0, 57)) + "…";
    }
}
