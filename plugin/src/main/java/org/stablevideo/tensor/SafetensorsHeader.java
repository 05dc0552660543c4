package org.stablevideo.tensor;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file, read with distrust: every number is bounded before it is used.
 *
 * @param entries tensors by name, in file order
 * @param metadata the file's own words about itself
 */
record SafetensorsHeader(Map<String, TensorEntry> entries, Map<String, String> metadata) {

    static final int MOST_TENSORS = 100_000;
    private static final int LONGEST_NAME = 1024;
    private static final int MOST_DIMENSIONS = 8;

    /** What is wrong with a header; the file adds its own name. */
    static final class Malformed extends Exception {
        Malformed(String message) {
            super(message);
        }
    }

    /**
     * Reads a header.
     *
     * @param json its text
     * @param dataBytes bytes of the file behind the header
     */
    static SafetensorsHeader parse(String json, long dataBytes) throws Malformed {
        Map<String, TensorEntry> entries = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        try (JsonReader reader = new JsonReader(new StringReader(json))) {
            reader.beginObject();
            while (reader.hasNext()) {
                String name = reader.nextName();
                if (name.equals("__metadata__")) {
                    reader.beginObject();
                    while (reader.hasNext()) {
                        metadata.put(reader.nextName(), reader.nextString());
                    }
                    reader.endObject();
                } else if (entries.put(name, entry(name, reader)) != null) {
                    throw new Malformed("it names the tensor " + name + " twice");
                }
                if (entries.size() > MOST_TENSORS || name.length() > LONGEST_NAME) {
                    throw new Malformed("its header is not that of a model");
                }
            }
            reader.endObject();
        } catch (IOException | IllegalStateException | ArithmeticException | NumberFormatException e) {
            throw new Malformed("its header cannot be read (" + e.getMessage() + ")");
        }
        checkRanges(entries.values().stream().sorted(Comparator.comparingLong(TensorEntry::begin)).toList(), dataBytes);
        return new SafetensorsHeader(entries, metadata);
    }

    private static TensorEntry entry(String name, JsonReader reader) throws IOException, Malformed {
        String type = null;
        long[] shape = null;
        long[] range = null;
        reader.beginObject();
        while (reader.hasNext()) {
            switch (reader.nextName()) {
                case "dtype" -> type = reader.nextString();
                case "shape" -> shape = numbers(reader, MOST_DIMENSIONS);
                case "data_offsets" -> range = numbers(reader, 2);
                default -> reader.skipValue();
            }
        }
        reader.endObject();
        if (type == null || shape == null || range == null || range.length != 2) {
            throw new Malformed("the tensor " + name + " lacks its type, shape or place");
        }
        TensorEntry entry = new TensorEntry(name, typeOf(name, type), shape, range[0], range[1]);
        if (Math.multiplyExact(entry.elements(), entry.type().bytes()) != range[1] - range[0]) {
            throw new Malformed("the tensor " + name + " has " + (range[1] - range[0]) + " bytes for " + entry.elements() + " x " + type);
        }
        return entry;
    }

    private static ElementType typeOf(String name, String type) throws Malformed {
        for (ElementType known : ElementType.values()) {
            if (known.name().equals(type)) {
                return known;
            }
        }
        throw new Malformed("the tensor " + name + " is of the type " + type + ", which this version does not read");
    }

    private static long[] numbers(JsonReader reader, int most) throws IOException, Malformed {
        List<Long> numbers = new ArrayList<>();
        reader.beginArray();
        while (reader.peek() != JsonToken.END_ARRAY) {
            long number = reader.nextLong();
            if (number < 0 || numbers.size() == most) {
                throw new Malformed("its header has a list that makes no sense");
            }
            numbers.add(number);
        }
        reader.endArray();
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    private static void checkRanges(List<TensorEntry> byPlace, long dataBytes) throws Malformed {
        long free = 0;
        for (TensorEntry entry : byPlace) {
            if (entry.begin() < free) {
                throw new Malformed("the tensor " + entry.name() + " overlaps another");
            }
            free = entry.end();
            if (free > dataBytes) {
                throw new Malformed("it ends early: the tensor " + entry.name() + " needs " + free + " bytes of data, the file has " + dataBytes);
            }
        }
    }
}
