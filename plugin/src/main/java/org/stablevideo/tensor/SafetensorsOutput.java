package org.stablevideo.tensor;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BiFunction;

/** Writes safetensors files, as {@link SafetensorsFile} reads them: single precision, in the order given. */
public final class SafetensorsOutput {

    private SafetensorsOutput() {}

    /**
     * Writes a file.
     *
     * @param shapes names and shapes
     * @param values gives the values of a tensor from its name and shape
     */
    public static void write(
            Path path, Map<String, String> metadata, Map<String, long[]> shapes, BiFunction<String, long[], float[]> values)
            throws IOException {
        Gson gson = new Gson();
        JsonObject header = new JsonObject();
        header.add("__metadata__", gson.toJsonTree(metadata));
        long place = 0;
        for (var shape : shapes.entrySet()) {
            long bytes = 4 * Arrays.stream(shape.getValue()).reduce(1, (a, b) -> a * b);
            JsonObject entry = new JsonObject();
            entry.addProperty("dtype", "F32");
            entry.add("shape", gson.toJsonTree(shape.getValue()));
            entry.add("data_offsets", gson.toJsonTree(new long[] {place, place += bytes}));
            header.add(shape.getKey(), entry);
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 20)) {
            out.write(head(header.toString()));
            for (var shape : shapes.entrySet()) {
                float[] numbers = values.apply(shape.getKey(), shape.getValue());
                ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(numbers);
                out.write(bytes.array());
            }
        }
    }

    /** Length and text of a header. */
    static byte[] head(String json) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).array();
    }
}
