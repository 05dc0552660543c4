package org.stablevideo.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.stablevideo.frame.Picture;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.Script;
import org.stablevideo.tensor.Weights;

/**
 * CLIP whole ({@code clip_image.ts}, {@code clip_text.ts}): pictures and texts as directions in one space, whose dot product says how well they fit.
 * Close it to free the weights.
 */
public final class ClipModel implements AutoCloseable {

    private final Script script;
    private final ClipEye eye;

    /**
     * Copies the weights of a file in the naming of transformers, any vision transformer of OpenAI's (ViT-B/32, B/16, L/14).
     *
     * @throws org.stablevideo.problem.ProblemException model-invalid when it holds something else
     */
    public ClipModel(SafetensorsFile file) {
        Weights weights = file.weights("");
        eye = ClipEye.of(weights);
        script = Script.ofResources(ClipModel.class, "clip_image.ts", "clip_text.ts", "blocks.ts");
        weights.pourInto(script);
    }

    /** A text's direction; what is longer than the network reads is left out. */
    public float[] text(String text) {
        return eye.text(script, text);
    }

    /** A picture's direction; of long ones the middle is seen. */
    public float[] picture(Picture picture) {
        int area = picture.size().area();
        float[] values = new float[3 * area];
        for (int i = 0; i < values.length; i++) {
            values[i % 3 * area + i / 3] = (picture.rgb()[i] & 255) / 255f;
        }
        try (NDManager scope = script.scope()) {
            return script.call(scope, "see", scope.create(values, new Shape(1, 3, picture.height(), picture.width())), eye.side())
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    @Override
    public void close() {
        script.close();
    }
}
