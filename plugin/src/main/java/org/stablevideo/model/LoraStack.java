package org.stablevideo.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stablevideo.tensor.Patches;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.Weights;

/** Several LoRAs together; their additions are summed. Close it when the networks are loaded. */
public final class LoraStack implements AutoCloseable {

    private static final String FEW = "lcm";

    private final List<Lora> loras = new ArrayList<>();
    private final List<Path> files;

    /**
     * Opens LoRAs.
     *
     * @param files with their weights
     */
    public LoraStack(Map<Path, Double> files) {
        this.files = List.copyOf(files.keySet());
        try {
            files.forEach((path, weight) -> loras.add(new Lora(path, weight)));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** What they add to the UNet. */
    public Patches forUnet(Weights network) {
        return patches(Lora.Target.UNET, network);
    }

    /** What they add to the text encoder. */
    public Patches forText(Weights network) {
        return patches(Lora.Target.TEXT, network);
    }

    /** A card with the steps, guidance and sampler for which a distilled LoRA among them was made. */
    public ModelCard hurry(ModelCard card) {
        if (files.stream().anyMatch(LoraChoice::isConsistency)) {
            return card.hurried(FEW, 4, 1);
        }
        return files.stream().anyMatch(LoraChoice::isHyper) ? card.hurried("ddim-trailing", 8, 5) : card;
    }

    private record Addition(Lora lora, String layer) {}

    private Patches patches(Lora.Target target, Weights network) {
        Map<String, List<Addition>> additions = new LinkedHashMap<>();
        for (Lora lora : loras) {
            lora.fitted(target, network).forEach(
                    (tensor, layer) -> additions.computeIfAbsent(tensor, key -> new ArrayList<>()).add(new Addition(lora, layer)));
        }
        return new Patches() {
            @Override
            public boolean touches(String name) {
                return additions.containsKey(name);
            }

            @Override
            public void apply(Script script, String name) {
                additions.get(name).forEach(addition -> addition.lora.add(target, addition.layer, name, script));
            }
        };
    }

    @Override
    public void close() {
        loras.forEach(Lora::close);
    }
}
