package org.stablevideo.edit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.atlas.Atlas;
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
    public Edit edit(String id, Clip clip, Atlas atlas, EditRequest request, Surroundings around, PictureModel model, Progress progress) {
        atlas.requireFramesOf(clip);
        request.requireWords();
        boolean background = request.changesBackground();
        List<Integer> objects = ShownObjects.of(atlas, request, background || around.more());
        Map<Integer, List<Integer>> keyframes = new LinkedHashMap<>();
        Map<Integer, SeamLook> looks = new HashMap<>();
        for (int object : objects) {
            around.origin().flatMap(origin -> SeamLook.of(atlas, object, origin)).ifPresent(look -> looks.put(object, look));
            keyframes.put(object, keyframes(clip, atlas, object, request, Optional.ofNullable(looks.get(object))));
        }
        Painter painter = new Painter(model, request);
        foretell(painter, clip, keyframes.values(), background, progress);
        List<LayerEdit> layers = new ArrayList<>();
        double share = objects.isEmpty() ? 0 : background ? FOREGROUND_SHARE : 1;
        for (int i = 0; i < objects.size(); i++) {
            int object = objects.get(i);
            Progress part = progress.part(share * i / objects.size(), share * (i + 1) / objects.size());
            if (way == KeyframePainting.ATLAS_ITSELF) {
                layers.add(new BackgroundEdit(object, atlas.layers().get(object).texture(), painter, painter.foreground(object)).run(Optional.empty(), false, part));
            } else {
                LOG.info("painting {} in frames {}", atlas.layers().get(object).name(), keyframes.get(object));
                layers.add(new ForegroundEdit(clip, atlas, object, painter, way).run(keyframes.get(object), Optional.ofNullable(looks.get(object)), part));
            }
        }
        if (background) {
            int last = atlas.layers().size() - 1;
            Optional<SeamLook> look = around.origin().flatMap(origin -> SeamLook.of(atlas, last, origin));
            layers.add(new BackgroundEdit(last, atlas.background().texture(), painter, painter.background()).run(
                    look, look.filter(known -> known.isEnough(atlas.background())).isPresent(), progress.part(share, 1)));
        }
        progress.report("edited", 1);
        List<Integer> painted = way == KeyframePainting.ATLAS_ITSELF
                ? List.of()
                : keyframes.values().stream().flatMap(List::stream).distinct().toList();
        return new Edit(id, atlas.id(), request, model.id(), painted, layers);
    }

    private void foretell(Painter painter, Clip clip, Collection<List<Integer>> keyframes, boolean background, Progress progress) {
        int all = keyframes.stream().mapToInt(List::size).sum();
        int first = way == KeyframePainting.PROPAGATED ? Math.min(all, keyframes.size()) : all;
        painter.foretell(clip.size(), first + (background ? 1 : 0), all - first, progress);
    }

    /** The frames in which an object is edited, at least one where nothing of its look is known. */
    private static List<Integer> keyframes(Clip clip, Atlas atlas, int object, EditRequest request, Optional<SeamLook> look) {
        if (look.filter(known -> known.isEnough(atlas.layers().get(object))).isPresent()) {
            return List.of();
        }
        if (request.keyframes().isEmpty()) {
            OptionalInt known = look.stream().mapToInt(SeamLook::frame).findFirst();
            List<Integer> chosen = KeyframeChoice.of(clip, atlas, object, known);
            return chosen.isEmpty() && look.isEmpty() ? firstShown(atlas, object) : chosen;
        }
        request.requireKeyframesBelow(atlas.frameCount());
        List<Integer> shown = request.keyframes().stream()
                .distinct()
                .filter(frame -> KeyframeChoice.shows(atlas.seen(object, frame)))
                .toList();
        if (shown.size() < request.keyframes().size()) {
            LOG.warn("the object does not show in every key frame of {}; {} are painted", request.keyframes(), shown);
        }
        if (shown.isEmpty()) {
            throw new ProblemException(new RequestInvalid(
                    "The object shows in none of the key frames that were asked for in this shot.",
                    "Choose frames in which it is seen, or leave them to coverage (keyframes=auto)."));
        }
        return shown;
    }

    /** For objects too small to compare views of. */
    private static List<Integer> firstShown(Atlas atlas, int object) {
        return IntStream.range(0, atlas.frameCount())
                .filter(frame -> KeyframeChoice.shows(atlas.seen(object, frame)))
                .boxed()
                .limit(1)
                .toList();
    }
}
