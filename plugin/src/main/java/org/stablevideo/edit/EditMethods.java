package org.stablevideo.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

/** All ways of editing by the name that a request gives: those for users, and those that they are compared with. */
public final class EditMethods {

    private final Map<String, Supplier<EditMethod>> methods = new LinkedHashMap<>();

    public EditMethods() {
        methods.put("auto", StableVideoEdit::new);
        methods.put("atlas", StableVideoEdit::new);
        methods.put("independent", () -> new StableVideoEdit(KeyframePainting.INDEPENDENT));
        methods.put("fixed-latent", () -> new StableVideoEdit(KeyframePainting.FIXED_LATENT));
        methods.put("sequential", () -> new StableVideoEdit(KeyframePainting.SEQUENTIAL));
        methods.put("direct-atlas", () -> new StableVideoEdit(KeyframePainting.ATLAS_ITSELF));
        methods.put("sdedit", () -> FramewiseEdit.sdedit(false));
        methods.put("sdedit-fixed", () -> FramewiseEdit.sdedit(true));
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
