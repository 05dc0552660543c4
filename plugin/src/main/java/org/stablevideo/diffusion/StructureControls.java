package org.stablevideo.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.stablevideo.diffusion.ControlChoice.Kind;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.model.ControlNet;
import org.stablevideo.model.DepthEstimator;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;

/**
 * What holds a painting to the structure of the shot: a ControlNet for edges, and one for depth where a request brings a scene.
 *
 * @param edges for edges, or empty
 * @param depth for depth, or empty
 */
record StructureControls(Optional<OnDemand<ControlNet>> edges, Optional<Depth> depth) implements AutoCloseable {

    /**
     * Depth control.
     *
     * @param control the ControlNet
     * @param estimator tells how near things are
     */
    record Depth(OnDemand<ControlNet> control, OnDemand<DepthEstimator> estimator) {

        private void putAway() {
            control.putAway();
            estimator.putAway();
        }
    }

    /** Edges alone, with a network that is loaded already. */
    static StructureControls ofEdges(Optional<ControlNet> network) {
        return new StructureControls(network.map(OnDemand::of), Optional.empty());
    }

    /** What a request asks for, or by itself depth where there is a scene, else edges. */
    List<GuidedDenoiser.Structure> asked(NDManager scope, PaintRequest request) {
        List<ControlChoice> choices = request.controls().isEmpty() ? own(request) : request.controls();
        List<GuidedDenoiser.Structure> structures = new ArrayList<>();
        if (!choices.isEmpty() && choices.stream().noneMatch(choice -> choice.kind() == Kind.EDGES)) {
            edges.ifPresent(OnDemand::putAway);
        }
        if (!choices.isEmpty() && choices.stream().noneMatch(choice -> choice.kind() == Kind.DEPTH)) {
            depth.ifPresent(Depth::putAway);
        }
        for (ControlChoice choice : choices) {
            if (choice.strength() > 0) {
                structures.add(choice.kind() == Kind.DEPTH ? deep(scope, request, choice) : lined(scope, request, choice));
            }
        }
        return structures;
    }

    private List<ControlChoice> own(PaintRequest request) {
        if (depth.isPresent() && request.scene().isPresent()) {
            return List.of(new ControlChoice(Kind.DEPTH, request.control(), 0, 1));
        }
        return edges.isPresent() && request.structure().isPresent() ? List.of(new ControlChoice(Kind.EDGES, request.control(), 0, 1)) : List.of();
    }

    private GuidedDenoiser.Structure deep(NDManager scope, PaintRequest request, ControlChoice choice) {
        Depth own = depth.orElseThrow(() -> missing("depth", "the ControlNet for depth and Depth Anything (stablevideo models pull depth depth-anything)"));
        NDArray near = own.estimator.get().near(scope, colours(scope, request.scene().orElseThrow()));
        own.estimator.putAway();
        ControlNet network = own.control.get();
        return new GuidedDenoiser.Structure(network, network.hint(scope, near.tile(new long[] {1, 3, 1, 1})), choice);
    }

    private GuidedDenoiser.Structure lined(NDManager scope, PaintRequest request, ControlChoice choice) {
        ControlNet network = edges.orElseThrow(() -> missing("edges", "a model with a network for edges")).get();
        return new GuidedDenoiser.Structure(network, network.hint(scope, grey(scope, request.structure().orElseThrow())), choice);
    }

    private static ProblemException missing(String what, String fetch) {
        return new ProblemException(new ModelMissing("This model cannot keep " + what + " here.", "Use " + fetch + ", or leave “control” empty."));
    }

    /**
     * Structure that was found before.
     *
     * @param plane edges, or nearness where depth is kept, in [0, 255]
     * @param deep whether depth is kept where this can
     */
    Optional<GuidedDenoiser.Structure> of(NDManager scope, Plane plane, boolean deep, double strength) {
        Optional<OnDemand<ControlNet>> network = deep && depth.isPresent() ? depth.map(Depth::control) : edges;
        return strength == 0 ? Optional.empty() : network.map(one -> structure(scope, one.get(), grey(scope, plane), strength));
    }

    /** Hears the least and the greatest nearness of a picture. */
    interface Range {
        void of(float least, float most);
    }

    /** Tells the range of nearness in a picture, in the estimator's own measure. */
    void range(Picture picture, Range range) {
        DepthEstimator estimator = depth.orElseThrow().estimator().get();
        try (NDManager scope = estimator.scope()) {
            NDArray near = estimator.relative(scope, colours(scope, picture));
            range.of(near.min().getFloat(), near.max().getFloat());
        }
    }

    /** How near everything is in a picture, where 0 is as far as anything in the clip and 255 as near. */
    Plane near(Picture picture, float least, float most) {
        DepthEstimator estimator = depth.orElseThrow().estimator().get();
        try (NDManager scope = estimator.scope()) {
            float[] near = estimator.relative(scope, colours(scope, picture)).toFloatArray();
            byte[] values = new byte[near.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (byte) Math.round(255 * Math.min(1, Math.max(0, (near[i] - least) / Math.max(1e-6f, most - least))));
            }
            return new Plane(picture.size(), values);
        }
    }

    private static GuidedDenoiser.Structure structure(NDManager scope, ControlNet network, NDArray hint, double strength) {
        return new GuidedDenoiser.Structure(network, network.hint(scope, hint), strength);
    }

    /** A plane as a picture of shape (1, 3, H, W), in [0, 1]. */
    private static NDArray grey(NDManager scope, Plane plane) {
        int area = plane.size().area();
        float[] values = new float[3 * area];
        for (int i = 0; i < area; i++) {
            values[i] = (plane.values()[i] & 255) / 255f;
        }
        System.arraycopy(values, 0, values, area, area);
        System.arraycopy(values, 0, values, 2 * area, area);
        return scope.create(values, new Shape(1, 3, plane.size().height(), plane.size().width()));
    }

    /** A picture of shape (1, 3, H, W), in [0, 1]. */
    private static NDArray colours(NDManager scope, Picture picture) {
        int area = picture.size().area();
        float[] values = new float[3 * area];
        for (int i = 0; i < 3 * area; i++) {
            values[i % 3 * area + i / 3] = (picture.rgb()[i] & 255) / 255f;
        }
        return scope.create(values, new Shape(1, 3, picture.height(), picture.width()));
    }

    /** Frees what can be loaded again. */
    void putAway() {
        edges.ifPresent(OnDemand::putAway);
        depth.ifPresent(Depth::putAway);
    }

    @Override
    public void close() {
        edges.ifPresent(OnDemand::close);
        depth.ifPresent(d -> {
            d.control.close();
            d.estimator.close();
        });
    }
}
