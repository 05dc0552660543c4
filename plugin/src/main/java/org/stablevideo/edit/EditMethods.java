package org.stablevideo.edit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.stablevideo.diffusion.FrameAttention;
import org.stablevideo.model.EditLayerNetwork;
import org.stablevideo.model.ModelStore;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

/** All ways of editing by the name that a request gives: those for users, and those that they are compared with. */
public final class EditMethods {

    /** As in the paper. */
    private static final int TUNING = 500;

    private final Map<String, Supplier<EditMethod>> methods = new LinkedHashMap<>();

    /**
     * All methods.
     *
     * @param work folder where unfinished work waits to be taken up
     */
    public EditMethods(Path work) {
        this(work, ModelStore.ofUser());
    }

    /**
     * All methods.
     *
     * @param store where those look for weights that need more than a picture model
     */
    EditMethods(Path work, ModelStore store) {
        methods.put("auto", () -> new AutomaticEdit(new StableVideoEdit(), pix2video(work, FrameAttention.ANCHOR_AND_PREVIOUS, true)));
        methods.put("atlas", StableVideoEdit::new);
        methods.put("pix2video", () -> pix2video(work, FrameAttention.ANCHOR_AND_PREVIOUS, true));
        methods.put("independent", () -> new StableVideoEdit(KeyframePainting.INDEPENDENT));
        methods.put("fixed-latent", () -> new StableVideoEdit(KeyframePainting.FIXED_LATENT));
        methods.put("sequential", () -> new StableVideoEdit(KeyframePainting.SEQUENTIAL));
        methods.put("direct-atlas", () -> new StableVideoEdit(KeyframePainting.ATLAS_ITSELF));
        methods.put("sdedit", () -> FramewiseEdit.sdedit(false));
        methods.put("sdedit-fixed", () -> FramewiseEdit.sdedit(true));
        methods.put("tune-a-video", () -> tuneAVideo(work));
        methods.put("pix2video-previous", () -> pix2video(work, FrameAttention.PREVIOUS, true));
        methods.put("pix2video-anchor", () -> pix2video(work, FrameAttention.ANCHOR, true));
        methods.put("pix2video-unguided", () -> pix2video(work, FrameAttention.ANCHOR_AND_PREVIOUS, false));
        methods.put("pix2video-apart", () -> pix2video(work, FrameAttention.ITSELF, false));
        methods.put("text2live", () -> new Text2LiveEdit(store, EditLayerNetwork.Training.OF_PAPER));
    }

    /** Tune-A-Video: its frames look at the same two, nothing draws them to each other, and the network has learnt the shot. */
    private static EditMethod tuneAVideo(Path work) {
        return new FramewiseEdit(new Pix2VideoFrames(work, FrameAttention.ANCHOR_AND_PREVIOUS, false, TUNING));
    }

    private static EditMethod pix2video(Path work, FrameAttention attention, boolean guided) {
        return new FramewiseEdit(new Pix2VideoFrames(work, attention, guided, 0));
    }

    /** All names. */
    public List<String> names() {
        return new ArrayList<>(methods.keySet());
    }

    /**
     * A method.
     *
     * @throws ProblemException with {@link RequestInvalid} when there is none of that name
     */
    public EditMethod named(String name) {
        Supplier<EditMethod> method = methods.get(name);
        if (method == null) {
            throw new ProblemException(new RequestInvalid("There is no method “" + name + "”.", "Choose from " + String.join(", ", names()) + "."));
        }
        return method.get();
    }
}
