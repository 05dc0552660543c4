package org.stablevideo.diffusion;

import java.util.EnumMap;
import java.util.Map;
import org.stablevideo.model.LatentUNet;

/** The UNets of a model, all of one build: the one that every model has, and what it may have beside it for one kind of painting each. */
final class UNets implements AutoCloseable {

    private final Map<Kind, OnDemand<LatentUNet>> networks;

    /** What a UNet is for. */
    enum Kind {
        /** Everything for which there is no other. */
        WHOLE("unet."),
        /** Whole scenes. */
        SCENES("scene."),
        /** What {@link #WHOLE} says under the model's guidance, said at once (Meng et al. 2023, stage one). */
        GUIDED("unet_guided."),
        /** The same of {@link #SCENES}. */
        GUIDED_SCENES("scene_guided.");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }

        /** Of the names that its tensors, or what it adds to another's, have in a file of the bundled model's format. */
        String prefix() {
            return prefix;
        }
    }

    private UNets(Map<Kind, OnDemand<LatentUNet>> networks) {
        this.networks = networks;
    }

    /** A model with one UNet. */
    UNets(OnDemand<LatentUNet> whole) {
        this(Map.of(Kind.WHOLE, whole));
    }

    /** The same and one more. */
    UNets with(Kind kind, OnDemand<LatentUNet> network) {
        Map<Kind, OnDemand<LatentUNet>> more = new EnumMap<>(networks);
        more.put(kind, network);
        return new UNets(more);
    }

    boolean has(Kind kind) {
        return networks.containsKey(kind);
    }

    /** The one of a kind; where the model has none, that for everything. */
    OnDemand<LatentUNet> of(Kind kind) {
        return networks.getOrDefault(kind, networks.get(Kind.WHOLE));
    }

    /** The one that every model has. */
    OnDemand<LatentUNet> whole() {
        return of(Kind.WHOLE);
    }

    void putAway() {
        networks.values().forEach(OnDemand::putAway);
    }

    @Override
    public void close() {
        networks.values().forEach(OnDemand::close);
    }
}
