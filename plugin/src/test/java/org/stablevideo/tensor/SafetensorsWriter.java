package org.stablevideo.tensor;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BiFunction;

/** Writes safetensors files for tests: float32, in the order given. */
public final class SafetensorsWriter {

    private SafetensorsWriter() {}

    /**
     * Writes a file.
     *
     * @param shapes names and shapes
     * @param values gives the values of a tensor from its name and shape
     */
    public static void write(
            Path path, Map<String, String> metadata, Map<String, long[]> shapes, BiFunction<String, long[], float[]> values)
            throws IOException {
        SafetensorsOutput.write(path, metadata, shapes, values);
    }

    /** Writes a header and no data: the file is as long as it says, but takes no room. */
    public static Path sparse(Path path, Map<String, long[]> shapes) throws IOException {
        Gson gson = new Gson();
        JsonObject header = new JsonObject();
        long place = 0;
        for (var shape : shapes.entrySet()) {
            JsonObject entry = new JsonObject();
            entry.addProperty("dtype", "F16");
            entry.add("shape", gson.toJsonTree(shape.getValue()));
            entry.add("data_offsets", gson.toJsonTree(new long[] {place, place += 2 * Arrays.stream(shape.getValue()).reduce(1, (a, b) -> a * b)}));
            header.add(shape.getKey(), entry);
        }
        byte[] head = head(header.toString());
        Files.write(path, head);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), head.length + place - 1);
        }
        return path;
    }

    /** Length and text of a header. */
    static byte[] head(String json) {
        return SafetensorsOutput.head(json);
    }
}
