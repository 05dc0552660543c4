package org.stablevideo.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ProblemException;

/**
 * A network's part of a file: the tensors whose names start with a prefix, by the rest of their names. Only half, single and bfloat16 tensors
 * count; others (position numbers and the like) are left out.
 *
 * @param file open for as long as this is used
 * @param prefix {@code "unet."} or empty
 */
public record Weights(SafetensorsFile file, String prefix) {

    /** The names without the prefix, with their shapes, in file order. */
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        file.entries().forEach((name, entry) -> {
            if (name.startsWith(prefix) && entry.type().isWeight()) {
                shapes.put(name.substring(prefix.length()), entry.shape());
            }
        });
        return shapes;
    }

    /** Shape of a tensor that a network cannot do without. */
    public long[] shapeOf(String name) {
        TensorEntry entry = file.entries().get(prefix + name);
        if (entry == null) {
            throw new ProblemException(new ModelInvalid(
                    "The model file " + file.path() + " lacks the tensor " + prefix + name + ".",
                    "Choose a model of the Stable Diffusion 1.5 family in the layout of diffusers, or the bundled one (model=pocket)."));
        }
        return entry.shape();
    }

    /** How many consecutive numbers from 0 have a tensor {@code head + number + tail}. */
    public int count(String head, String tail) {
        int n = 0;
        while (file.entries().containsKey(prefix + head + n + tail)) {
            n++;
        }
        return n;
    }

    /** Copies all tensors into a network, as float32. */
    public void pourInto(Script script) {
        try (NDManager scope = script.scope()) {
            Map<String, NDArray> plain = new LinkedHashMap<>();
            Map<String, NDArray> bfloat16 = new LinkedHashMap<>();
            file.entries().forEach((name, entry) -> {
                if (name.startsWith(prefix) && entry.type().isWeight()) {
                    DataType type = entry.type() == ElementType.F32 ? DataType.FLOAT32 : DataType.FLOAT16;
                    NDArray mapped = scope.create(file.bytes(name), new Shape(entry.shape()), type);
                    (entry.type() == ElementType.BF16 ? bfloat16 : plain).put(name.substring(prefix.length()), mapped);
                }
            });
            script.take(plain);
            script.takeBfloat16Bits(bfloat16);
        }
    }

    /** One tensor as numbers, any of the weight types. */
    public float[] floats(String name) {
        TensorEntry entry = file.entries().get(prefix + name);
        ByteBuffer bytes = file.bytes(prefix + name);
        float[] floats = new float[Math.toIntExact(entry.elements())];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = switch (entry.type()) {
                case F32 -> bytes.getFloat(4 * i);
                case F16 -> fromHalf(bytes.getShort(2 * i));
                case BF16 -> Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
                case I64 -> bytes.getLong(8 * i);
                case I32 -> bytes.getInt(4 * i);
                case F64, I16, I8, U8, BOOL -> throw new IllegalArgumentException(name + " is " + entry.type());
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
