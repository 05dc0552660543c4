package org.stablevideo.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/** Weights that are a formula of name and index, the same in {@code make_goldens.py}. */
public final class FormulaWeights {

    private FormulaWeights() {}

    /** Uniform in [-1, 1). */
    public static float[] noise(String name, long... shape) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        int start = (int) crc.getValue();
        float[] noise = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < noise.length; i++) {
            int x = i * 0x9E3779B9 + start;
            x = (x ^ x >>> 16) * 0x85EBCA6B;
            x = (x ^ x >>> 13) * 0xC2B2AE35;
            x ^= x >>> 16;
            noise[i] = (float) (Integer.toUnsignedLong(x) / 2147483648.0 - 1);
        }
        return noise;
    }

    /** A tensor of a network: layers keep the variance of what they get. */
    public static float[] weights(String name, long[] shape) {
        float[] w = noise(name, shape);
        boolean scale = shape.length == 1 && name.contains("norm") && name.endsWith("weight");
        float factor = shape.length == 1 ? 0.1f : (float) Math.sqrt(3.0 / (w.length / shape[0]));
        for (int i = 0; i < w.length; i++) {
            w[i] = w[i] * factor + (scale ? 1 : 0);
        }
        return w;
    }
}
