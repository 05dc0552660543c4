package org.stablevideo.tensor;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The number format in which this machine computes large networks fastest: measured once, by a product of matrices in single precision and in
 * bfloat16. Processors that have it gain three to eight times, others lose as much, so that the answer does not change from run to run.
 * {@code $STABLEVIDEO_PRECISION} ({@code single}, {@code bfloat16}) overrides it.
 */
public final class FastPrecision {

    private static final Logger LOG = LoggerFactory.getLogger(FastPrecision.class);
    private static final int SIDE = 768;
    private static final int ROUNDS = 4;

    /** The two take turns, so that a busy moment does not decide. */
    private static final int TURNS = 4;

    private static final double LEAST_GAIN = 1.4;
    private static final int PRODUCTS = 2;
    private static final Map<Precision, Double> PACES = new ConcurrentHashMap<>();

    private static final String PRODUCT =
            """
            def product(self, x: Tensor, dtype: int) -> Tensor:
              a = x.to(dtype)
              for i in range(2):
                a = torch.matmul(a, a) * 0.01
              return a[:1, :1].to(6)
            """;

    private FastPrecision() {}

    private static final class Measured {
        static final Precision ANSWER = measure();
    }

    /** The fastest precision for large networks. */
    public static Precision ofThisMachine() {
        String wanted = System.getenv("STABLEVIDEO_PRECISION");
        if (wanted != null && !wanted.isBlank() && !wanted.equals("auto")) {
            return Precision.valueOf(wanted.strip().toUpperCase(Locale.ROOT));
        }
        return TensorEngine.onGpu() ? Precision.HALF : Measured.ANSWER;
    }

    /** Additions and multiplications a second of a large product of matrices on this machine: what no network exceeds. Measured once. */
    public static double operations(Precision precision) {
        return 2.0 * PRODUCTS * SIDE * SIDE * SIDE / PACES.computeIfAbsent(precision, FastPrecision::pace);
    }

    private static Precision measure() {
        double single = Double.MAX_VALUE;
        double bfloat16 = Double.MAX_VALUE;
        for (int turn = 0; turn < TURNS; turn++) {
            single = Math.min(single, pace(Precision.SINGLE));
            bfloat16 = Math.min(bfloat16, pace(Precision.BFLOAT16));
        }
        PACES.putIfAbsent(Precision.SINGLE, single);
        PACES.putIfAbsent(Precision.BFLOAT16, bfloat16);
        LOG.info("a product of matrices takes {} ms in single precision, {} ms in bfloat16", ms(single), ms(bfloat16));
        return single > LEAST_GAIN * bfloat16 ? Precision.BFLOAT16 : Precision.SINGLE;
    }

    private static double pace(Precision precision) {
        try (Script script = Script.ofText("precision", PRODUCT)) {
            return seconds(script, precision);
        }
    }

    private static double seconds(Script script, Precision precision) {
        double best = Double.MAX_VALUE;
        try (NDManager scope = script.scope()) {
            var x = scope.ones(new Shape(SIDE, SIDE));
            for (int i = 0; i < ROUNDS; i++) {
                long start = System.nanoTime();
                script.call(scope, "product", x, precision.dtype()).singletonOrThrow().toFloatArray();
                best = Math.min(best, (System.nanoTime() - start) / 1e9);
            }
        }
        return best;
    }

    private static String ms(double seconds) {
        return String.format(Locale.ROOT, "%.1f", 1000 * seconds);
    }
}
