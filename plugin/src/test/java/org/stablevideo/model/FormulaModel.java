package org.stablevideo.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.stablevideo.tensor.SafetensorsWriter;

/** A whole picture model of small networks whose weights are a formula; it predicts velocity. */
public final class FormulaModel {

    private FormulaModel() {}

    /** Letters as features: enough to tell prompts apart. */
    public static final class Letters implements TextEncoder {
        @Override
        public int width() {
            return 48;
        }

        @Override
        public float[] encode(String text) {
            return FormulaWeights.noise(text, 5, 48);
        }

        @Override
        public void close() {}
    }

    /** Writes its file into a folder. */
    public static Path write(Path folder) throws IOException {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        Gson gson = new Gson();
        try (Reader reader = new InputStreamReader(ModelCard.class.getResourceAsStream("goldens.json"), StandardCharsets.UTF_8)) {
            gson.fromJson(reader, JsonObject.class).getAsJsonObject("shapes").entrySet()
                    .forEach(e -> shapes.put(e.getKey(), gson.fromJson(e.getValue(), long[].class)));
        }
        Path path = folder.resolve("formula.safetensors");
        Map<String, String> card = Map.of("prediction", "v", "scaling_factor", "0.8", "short_side", "20", "text_tokens", "5");
        SafetensorsWriter.write(path, card, shapes, FormulaWeights::weights);
        return path;
    }

    /** What a UNet of it says of some noise under some words; closes it. */
    static float[] answer(LatentUNet network) {
        try (LatentUNet unet = network; NDManager scope = unet.scope()) {
            return unet.forward(
                            scope, scope.create(FormulaWeights.noise("x", 1, 4, 8, 12), new Shape(1, 4, 8, 12)), scope.create(new float[] {501}),
                            scope.create(FormulaWeights.noise("text", 1, 5, 48), new Shape(1, 5, 48)), new NDList())
                    .toFloatArray();
        }
    }
}
