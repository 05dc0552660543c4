package org.stablevideo.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScriptTest {

    private static final String SCALE =
            """
            def scaled(self, x: Tensor, by: float) -> List[Tensor]:
              return [x * by, x + self.w["shift"]]
            """;

    @Test
    void shouldRunItsMethodsOverItsWeights() {
        try (Script script = Script.ofText("scale.ts", SCALE);
                NDManager scope = script.scope()) {
            script.take(Map.of("shift", scope.create(new float[] {10, 20})));
            var out = script.call(scope, "scaled", scope.create(new float[] {1, 2}), 3.0);
            assertArrayEquals(new float[] {3, 6}, out.get(0).toFloatArray());
            assertArrayEquals(new float[] {11, 22}, out.get(1).toFloatArray());
        }
    }

    @Test
    void shouldReadBfloat16BitsAsFloats() {
        try (Script script = Script.ofText("scale.ts", SCALE);
                NDManager scope = script.scope()) {
            ByteBuffer bits = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
            bits.putShort((short) (Float.floatToIntBits(1.5f) >>> 16)).putShort((short) (Float.floatToIntBits(-8f) >>> 16)).flip();
            NDArray disguised = scope.create(bits, new Shape(2), DataType.FLOAT16);
            script.takeBfloat16Bits(Map.of("shift", disguised), Precision.SINGLE);
            assertArrayEquals(new float[] {1.5f, -8f}, script.call(scope, "scaled", scope.create(new float[2]), 1.0).get(1).toFloatArray());
        }
    }

    @Test
    void shouldKeepNothingOfItsCalls() {
        try (Script script = Script.ofText("scale.ts", SCALE);
                NDManager watched = script.scope()) {
            script.take(Map.of("shift", watched.create(1f)));
            int before = watched.getManagedArrays().size();
            int parent = watched.getParentManager().getManagedArrays().size();
            for (int i = 0; i < 50; i++) {
                try (NDManager step = watched.newSubManager()) {
                    script.call(step, "scaled", step.create(new float[] {1, 2}), 3.0);
                }
            }
            assertEquals(before, watched.getManagedArrays().size());
            assertEquals(parent, watched.getParentManager().getManagedArrays().size());
        }
    }

    /** At this size and without our setting, MKL splits the sums among the threads: nine tenths of the results differed. */
    @Test
    void shouldSumInTheSameOrderOnAnyThreadCount() {
        int threads = TensorEngine.threads();
        try (Script script = Script.ofText("product.ts", "def product(self, x: Tensor, w: Tensor) -> Tensor:\n  return torch.linear(x, w, None)\n");
                NDManager scope = script.scope()) {
            NDArray x = scope.create(numbers(192 * 1152), new Shape(192, 1152));
            NDArray w = scope.create(numbers(288 * 1152), new Shape(288, 1152));
            float[] once = script.call(scope, "product", x, w).singletonOrThrow().toFloatArray();
            for (int n : new int[] {1, 2, 3, 16}) {
                TensorEngine.useThreads(n);
                assertArrayEquals(once, script.call(scope, "product", x, w).singletonOrThrow().toFloatArray(), n + " threads");
            }
        } finally {
            TensorEngine.useThreads(threads);
        }
    }

    private static float[] numbers(int count) {
        SplittableRandom random = new SplittableRandom(3);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextDouble() - 0.5f;
        }
        return numbers;
    }

    @Test
    void shouldNameTheTextThatDoesNotCompile() {
        var failure = assertThrows(IllegalStateException.class, () -> Script.ofText("broken.ts", "def f(self) -> int:\n  return x\n"));
        assertTrue(failure.getMessage().contains("broken.ts"), failure.getMessage());
    }

    @Test
    void shouldTellAShortageOfMemoryFromAMistake() {
        String greedy =
                """
                def greedy(self) -> Tensor:
                  return torch.zeros([1000000, 1000000, 100], dtype=6)
                def wrong(self) -> Tensor:
                  return torch.zeros([2, 3], dtype=6).view([7])
                """;
        try (Script script = Script.ofText("greedy", greedy); NDManager scope = script.scope()) {
            assertThrows(MemoryShortException.class, () -> script.call(scope, "greedy"));
            assertThrows(IllegalStateException.class, () -> script.call(scope, "wrong"));
        }
    }

    @Test
    void shouldKeepWeightsInThePrecisionAskedFor() {
        String text = "def size(self) -> Tensor:\n  return torch.full([1], float(self.w[\"a\"].element_size()))\n"
                + "def value(self) -> Tensor:\n  return self.w[\"a\"].to(6)\n";
        for (Precision precision : Precision.values()) {
            try (Script script = Script.ofText("precision", text); NDManager scope = script.scope()) {
                script.take(Map.of("a", scope.create(new float[] {1.00390625f, -3})), precision);
                assertEquals(precision.bytes(), script.call(scope, "size").singletonOrThrow().toFloatArray()[0]);
                float[] values = script.call(scope, "value").singletonOrThrow().toFloatArray();
                assertEquals(precision == Precision.BFLOAT16 ? 1 : 1.00390625f, values[0]);
                assertEquals(-3, values[1]);
            }
        }
    }
}
