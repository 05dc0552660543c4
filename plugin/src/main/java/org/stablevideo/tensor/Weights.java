package org.stablevideo.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;

/**
 * A network's part of a file: its tensors by the names that the network's text uses. Only half, single and bfloat16 tensors count; others
 * (position numbers and the like) are left out.
 *
 * @param file open for as long as this is used
 * @param names the file's names by the network's, in file order
 */
public record Weights(SafetensorsFile file, Map<String, String> names) {

    /** Bytes of weights that are converted at once: the memory that loading needs beside the network. */
    private static final long BATCH = 64L << 20;

    public Weights {
        names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
    }

    /** The tensors whose names start with a prefix ({@code "unet."} or empty), by the rest of their names. */
    static Weights below(SafetensorsFile file, String prefix) {
        Map<String, String> names = new LinkedHashMap<>();
        file.entries().forEach((name, entry) -> {
            if (name.startsWith(prefix) && entry.type().isWeight()) {
                names.put(name.substring(prefix.length()), name);
            }
        });
        return new Weights(file, names);
    }

    /** The same tensors under other names. */
    public Weights renamed(UnaryOperator<String> rename) {
        Map<String, String> renamed = new LinkedHashMap<>();
        names.forEach((ours, theirs) -> renamed.put(rename.apply(ours), theirs));
        return new Weights(file, renamed);
    }

    /** The same tensors, but for those that others of the same file take the place of. */
    public Weights with(Weights others) {
        if (others.file != file) {
            throw new IllegalArgumentException("weights of " + file.path() + " with those of " + others.file.path());
        }
        Map<String, String> both = new LinkedHashMap<>(names);
        both.putAll(others.names);
        return new Weights(file, both);
    }

    /** Whether a network's tensor is there. */
    public boolean has(String name) {
        return names.containsKey(name);
    }

    /** The network's names with their shapes, in file order. */
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        names.forEach((ours, theirs) -> shapes.put(ours, file.entries().get(theirs).shape()));
        return shapes;
    }

    /** Number of all weights. */
    public long parameters() {
        return names.values().stream().mapToLong(name -> file.entries().get(name).elements()).sum();
    }

    /** Shape of a tensor that a network cannot do without. */
    public long[] shapeOf(String name) {
        String theirs = names.get(name);
        if (theirs == null) {
            throw new ProblemException(new ModelInvalid(
                    "The model file " + file.path() + " lacks the tensor " + name + ".",
                    "Choose a model of the Stable Diffusion 1.5 family, or the bundled one (model=pocket)."));
        }
        return file.entries().get(theirs).shape();
    }

    /** How many consecutive numbers from 0 have a tensor {@code head + number + tail}. */
    public int count(String head, String tail) {
        int n = 0;
        while (names.containsKey(head + n + tail)) {
            n++;
        }
        return n;
    }

    /** Copies all tensors into a network, in single precision. */
    public void pourInto(Script script) {
        pourInto(script, Precision.SINGLE, Patches.NONE, false);
    }

    /**
     * Copies all tensors into a network.
     *
     * @param precision how the network keeps them
     * @param patches what is added to them, in single precision, before they are rounded
     * @param packed whether the network is for predicting alone, as fast as the processor can ({@link Script#pack})
     */
    public void pourInto(Script script, Precision precision, Patches patches, boolean packed) {
        List<List<String>> batches = batches();
        CompletableFuture<Map<String, ByteBuffer>> ahead = read(batches.get(0));
        for (int i = 0; i < batches.size(); i++) {
            Map<String, ByteBuffer> read = joined(ahead);
            ahead = i + 1 < batches.size() ? read(batches.get(i + 1)) : ahead;
            pour(script, read, precision, patches, packed);
        }
    }

    private List<List<String>> batches() {
        List<List<String>> batches = new ArrayList<>();
        List<String> batch = new ArrayList<>();
        long bytes = 0;
        for (Map.Entry<String, String> name : names.entrySet()) {
            batch.add(name.getKey());
            bytes += 4 * file.entries().get(name.getValue()).elements();
            if (bytes >= BATCH) {
                batches.add(batch);
                batch = new ArrayList<>();
                bytes = 0;
            }
        }
        batches.add(batch);
        return batches;
    }

    /** Reads tensors while others are converted: pages of a mapped file are slow to touch for the first time. */
    private CompletableFuture<Map<String, ByteBuffer>> read(List<String> batch) {
        return CompletableFuture.supplyAsync(() -> {
            Map<String, ByteBuffer> read = new LinkedHashMap<>();
            batch.forEach(name -> read.put(name, file.bytes(names.get(name)).load()));
            return read;
        });
    }

    private static <T> T joined(CompletableFuture<T> work) {
        try {
            return work.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ProblemException problem) {
                throw problem;
            }
            throw e;
        }
    }

    private void pour(Script script, Map<String, ByteBuffer> batch, Precision precision, Patches patches, boolean packed) {
        try (NDManager scope = script.scope()) {
            Map<String, NDArray> plain = new LinkedHashMap<>();
            Map<String, NDArray> bfloat16 = new LinkedHashMap<>();
            Map<String, NDArray> patched = new HashMap<>();
            Map<String, NDArray> patchedBfloat16 = new HashMap<>();
            for (String name : batch.keySet()) {
                boolean bits = file.entries().get(names.get(name)).type() == ElementType.BF16;
                Map<String, NDArray> unpatched = bits ? bfloat16 : plain;
                Map<String, NDArray> withPatch = bits ? patchedBfloat16 : patched;
                (patches.touches(name) ? withPatch : unpatched).put(name, array(scope, names.get(name), batch.get(name)));
            }
            script.take(plain, precision);
            script.takeBfloat16Bits(bfloat16, precision);
            script.take(patched, Precision.SINGLE);
            script.takeBfloat16Bits(patchedBfloat16, Precision.SINGLE);
            for (String name : batch.keySet()) {
                if (patches.touches(name)) {
                    patches.apply(script, name);
                    script.round(name, precision);
                }
            }
        }
        batch.values().forEach(MappedPages::leave);
        if (packed) {
            script.pack();
        }
    }

    /** A tensor as it lies in the file; bfloat16 in the guise of float16. */
    private NDArray array(NDManager scope, String name, ByteBuffer bytes) {
        TensorEntry entry = file.entries().get(name);
        DataType type = entry.type() == ElementType.F32 ? DataType.FLOAT32 : DataType.FLOAT16;
        return scope.create(bytes, new Shape(entry.shape()), type);
    }

    /** One tensor as numbers, any of the weight types and whole numbers of 8, 32 and 64 bits; by the network's name or, where that has no such weight, the file's. */
    public float[] floats(String name) {
        TensorEntry entry = file.entries().get(names.getOrDefault(name, name));
        ByteBuffer bytes = file.bytes(entry.name());
        float[] floats = new float[Math.toIntExact(entry.elements())];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = switch (entry.type()) {
                case F32 -> bytes.getFloat(4 * i);
                case F16 -> fromHalf(bytes.getShort(2 * i));
                case BF16 -> Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
                case I64 -> bytes.getLong(8 * i);
                case I32 -> bytes.getInt(4 * i);
                case I8 -> bytes.get(i);
                case F64, I16, U8, BOOL -> throw new IllegalArgumentException(name + " is " + entry.type());
            };
        }
        return floats;
    }

    private static float fromHalf(short bits) {
        int exponent = bits >> 10 & 31;
        int fraction = bits & 1023;
        float magnitude;
        if (exponent == 0) {
            magnitude = fraction * 0x1p-24f;
        } else if (exponent == 31) {
            magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        } else {
            magnitude = Float.intBitsToFloat(exponent + 112 << 23 | fraction << 13);
        }
        return bits < 0 ? -magnitude : magnitude;
    }
}
